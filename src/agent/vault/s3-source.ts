import { setTimeout as wait } from "node:timers/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { AppError } from "#domain/errors.ts";
import type { ObjectSource } from "./object-store.ts";
import { s3Error, statusOf } from "./s3-client.ts";
import type { S3Place } from "./s3-draft.ts";

/** Asked for at once when an object is read on; twice as much lies in memory. */
const WINDOW_BYTES = 8 * 1024 * 1024;
const ATTEMPTS = 4;
const PAUSE_MS = 500;

interface Window {
  readonly start: number;
  readonly data: Promise<Buffer>;
}

/**
 * Reads an object by ranges, the next one while the last is used. A connection that breaks costs
 * one range, not the whole reading; `etag` keeps all of them of the same object.
 */
export function sourceOf(
  client: S3Client,
  place: S3Place,
  of: { readonly bytes: number; readonly etag: string | undefined },
): ObjectSource {
  const stop = new AbortController();
  let current: { readonly start: number; readonly data: Buffer } = {
    start: 0,
    data: Buffer.alloc(0),
  };
  let ahead: Window | null = null;

  return {
    bytes: of.bytes,
    read: async (into, position) => {
      let filled = 0;
      while (filled < into.length && position + filled < of.bytes) {
        const at = position + filled;
        if (at < current.start || at >= end()) await move(at, into.length - filled);
        if (current.data.length === 0) break;
        filled += current.data.copy(into, filled, at - current.start);
      }
      return into.subarray(0, filled);
    },
    close: async () => {
      stop.abort();
      await ahead?.data.catch(() => undefined);
    },
  };

  function end(): number {
    return current.start + current.data.length;
  }

  /** What follows is read in windows; what is looked at here and there only as far as was asked. */
  async function move(start: number, asked: number): Promise<void> {
    const isReadingOn = start === end() && start > 0;
    const window = ahead?.start === start ? ahead : open(start, isReadingOn ? WINDOW_BYTES : asked);
    current = { start, data: await window.data };
    ahead = isReadingOn && end() < of.bytes ? open(end(), WINDOW_BYTES) : null;
  }

  function open(start: number, length: number): Window {
    const last = Math.min(start + length, of.bytes) - 1;
    const data = fetchRange(`bytes=${start}-${last}`);
    // A window that is not used any more may fail unseen.
    data.catch(() => undefined);
    return { start, data };
  }

  async function fetchRange(range: string): Promise<Buffer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await client.send(
          new GetObjectCommand({ ...place, Range: range, IfMatch: of.etag }),
          { abortSignal: stop.signal },
        );
        const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      } catch (error) {
        if (statusOf(error) === 412) {
          throw new AppError("VAULT_CORRUPT", "the object was replaced while it was read");
        }
        // The client tries again until an answer begins; a body that breaks off is ours to ask for again.
        const isOver = stop.signal.aborted || attempt === ATTEMPTS || statusOf(error) !== undefined;
        if (isOver) throw s3Error("read", error, "VAULT_UNREACHABLE");
        await wait(PAUSE_MS * attempt);
      }
    }
  }
}
