/**
 * Events of one request as stored bytes, each naming the hash of the one before it. Whoever holds
 * the bytes can tell that none was changed, dropped, added or moved; the head names them all.
 */
import { z } from "zod";
import { AppError } from "../errors.ts";
import { WorkflowEvent } from "../workflow/types.ts";
import { canonicalJson, type Json, sha256Hex } from "./canonical.ts";

const StoredEvent = z.strictObject({
  v: z.literal(1),
  stream: z.string().min(1),
  version: z.int().positive(),
  at: z.iso.datetime(),
  /** Hash of the event before; the empty string at version 1. */
  prev: z.string(),
  event: WorkflowEvent,
});
export type StoredEvent = z.infer<typeof StoredEvent>;

export interface SealedEvent {
  readonly bytes: string;
  readonly hash: string;
  readonly stored: StoredEvent;
}

/** Appends events to a stream whose head is `head` at `version` (0 and "" for a new stream). */
export async function seal(
  stream: string,
  after: { readonly version: number; readonly head: string },
  at: Date,
  events: readonly WorkflowEvent[],
): Promise<SealedEvent[]> {
  const sealed: SealedEvent[] = [];
  let prev = after.head;
  for (const [index, event] of events.entries()) {
    const stored: StoredEvent = {
      v: 1,
      stream,
      version: after.version + index + 1,
      at: at.toISOString(),
      prev,
      event,
    };
    const bytes = canonicalJson(stored as unknown as Json);
    prev = await sha256Hex(bytes);
    sealed.push({ bytes, hash: prev, stored });
  }
  return sealed;
}

/** Reads a whole stream. Throws INTERNAL where a link does not hold. */
export async function openChain(
  stream: string,
  rows: readonly { readonly bytes: string; readonly hash: string }[],
): Promise<SealedEvent[]> {
  const opened: SealedEvent[] = [];
  let prev = "";
  for (const [index, row] of rows.entries()) {
    const stored = StoredEvent.parse(JSON.parse(row.bytes));
    const links =
      stored.stream === stream &&
      stored.version === index + 1 &&
      stored.prev === prev &&
      (await sha256Hex(row.bytes)) === row.hash;
    if (!links) {
      throw new AppError("INTERNAL", `event chain of ${stream} breaks at version ${index + 1}`);
    }
    prev = row.hash;
    opened.push({ bytes: row.bytes, hash: row.hash, stored });
  }
  return opened;
}

/** A salted commitment: content can be erased without breaking the chain, and not guessed from it. */
export function commitmentOf(salt: string, json: string): Promise<string> {
  return sha256Hex(`${salt}\n${json}`);
}
