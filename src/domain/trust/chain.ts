/**
 * Events of one stream as stored bytes, each naming the hash of the one before it. Whoever holds
 * the bytes can tell that none was changed, dropped, added or moved; the head names them all.
 */
import { z } from "zod";
import { AppError } from "../errors.ts";
import { canonicalJson, type Json, sha256Hex } from "./canonical.ts";

export interface Stored<Event> {
  readonly v: 1;
  readonly stream: string;
  readonly version: number;
  readonly at: string;
  /** Hash of the event before; the empty string at version 1. */
  readonly prev: string;
  readonly event: Event;
}

export interface Sealed<Event> {
  readonly bytes: string;
  readonly hash: string;
  readonly stored: Stored<Event>;
}

const Envelope = z.strictObject({
  v: z.literal(1),
  stream: z.string().min(1),
  version: z.int().positive(),
  at: z.iso.datetime(),
  prev: z.string(),
  event: z.unknown(),
});

/** Sealing and opening streams of one kind of event. */
export function chainOf<Event>(schema: z.ZodType<Event>) {
  return {
    /** Appends events to a stream whose head is `head` at `version` (0 and "" for a new stream). */
    async seal(
      stream: string,
      after: { readonly version: number; readonly head: string },
      at: Date,
      events: readonly Event[],
    ): Promise<Sealed<Event>[]> {
      const sealed: Sealed<Event>[] = [];
      let prev = after.head;
      for (const [index, event] of events.entries()) {
        const version = after.version + index + 1;
        const stored = { v: 1 as const, stream, version, at: at.toISOString(), prev, event };
        const bytes = canonicalJson(stored as unknown as Json);
        prev = await sha256Hex(bytes);
        sealed.push({ bytes, hash: prev, stored });
      }
      return sealed;
    },

    /** Reads a whole stream. Throws INTERNAL where a link does not hold. */
    async open(
      stream: string,
      rows: readonly { readonly bytes: string; readonly hash: string }[],
    ): Promise<Sealed<Event>[]> {
      const opened: Sealed<Event>[] = [];
      let prev = "";
      for (const [index, { bytes, hash }] of rows.entries()) {
        const envelope = Envelope.parse(JSON.parse(bytes));
        const links =
          envelope.stream === stream &&
          envelope.version === index + 1 &&
          envelope.prev === prev &&
          (await sha256Hex(bytes)) === hash;
        if (!links) {
          throw new AppError("INTERNAL", `event chain of ${stream} breaks at version ${index + 1}`);
        }
        prev = hash;
        opened.push({ bytes, hash, stored: { ...envelope, event: schema.parse(envelope.event) } });
      }
      return opened;
    },
  };
}

/** A salted commitment: content can be erased without breaking the chain, and not guessed from it. */
export function commitmentOf(salt: string, json: string): Promise<string> {
  return sha256Hex(`${salt}\n${json}`);
}
