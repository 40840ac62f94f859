import { AppError } from "#domain/errors.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { readFrom } from "../process/fd-stream.ts";
import type { Host } from "../process/host.ts";
import { openPipe, type Pipe } from "../process/pipe.ts";
import { TAIL_BYTES } from "./tail.ts";
import type { ReadBack, VaultReader } from "./vault.ts";

const LOOK_FOR_READERS_MS = 100;

/**
 * A reader over a pipe whose write end the vault holds: the consumer sees EOF only after `whole`
 * has resolved. After a failure or an early close the write end stays open until no process can
 * read any more, so that a consumer that was not ended yet waits instead of taking a cut stream
 * for a whole one; the caller ends the consumer.
 */
export function heldReader(
  pipe: Pipe,
  whole: Promise<void>,
  stop: () => Promise<void>,
): VaultReader {
  let closed: Promise<void> | null = null;
  const done = whole.then(() => pipe.closeWrite());
  // A caller that ends the consumer first looks at `done` later.
  done.catch(() => undefined);
  const close = async (): Promise<void> => {
    await stop();
    await whole.catch(() => undefined);
    pipe.closeRead();
    closeWriteWhenUnread(pipe);
  };
  return {
    fd: pipe.readFd,
    done,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

function closeWriteWhenUnread(pipe: Pipe): void {
  if (!pipe.hasReader()) {
    pipe.closeWrite();
    return;
  }
  setTimeout(() => closeWriteWhenUnread(pipe), LOOK_FOR_READERS_MS).unref();
}

/**
 * Reads a stream to its proven end and compares its length with the receipt's. Its bytes do not
 * pass through here: `tail -c +n` throws away all but the last few, and how many are left tells
 * whether there were as many as there should be.
 */
export async function verifyByReading(
  host: Host,
  reader: VaultReader,
  receipt: Receipt,
): Promise<ReadBack> {
  const skipped = Math.max(0, receipt.bytes - TAIL_BYTES);
  try {
    const tail = await restAfter(host, reader, skipped);
    if (skipped + tail.length !== receipt.bytes) {
      throw new AppError("VAULT_CORRUPT", "the stored stream is not the one of the receipt", {
        detail: { expected: receipt.bytes, isLonger: tail.length > TAIL_BYTES },
      });
    }
    return { bytes: receipt.bytes, tail };
  } finally {
    await reader.close();
  }
}

/** What comes after the first `skipped` bytes; of more than is expected only a little. */
async function restAfter(host: Host, reader: VaultReader, skipped: number): Promise<Buffer> {
  const out = await openPipe();
  const rest = readFrom(out.readFd);
  try {
    const running = await host.spawn(["tail", "-c", `+${skipped + 1}`], {
      stdin: { fd: reader.fd },
      stdout: { fd: out.writeFd },
    });
    const kept = lastOf(rest);
    kept.catch(() => undefined);
    // Where the vault fails no EOF ever comes, and what was read counts for nothing.
    await reader.done.catch(async (error: unknown) => {
      running.kill();
      await running.exit;
      throw error;
    });
    const ended = await running.exit;
    out.closeWrite();
    if (ended.code !== 0) {
      throw new AppError("VAULT_UNREACHABLE", "the stream was not read to its end", {
        detail: { exitCode: ended.code, signal: ended.signal },
      });
    }
    return await kept;
  } finally {
    rest.destroy();
    out.closeRead();
    out.closeWrite();
  }
}

/** One byte more than expected is enough to know; the others are let go. */
async function lastOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (kept.length <= TAIL_BYTES) kept = Buffer.concat([kept, chunk.subarray(0, TAIL_BYTES + 1)]);
  }
  return kept;
}
