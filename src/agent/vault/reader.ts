import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { AppError } from "#domain/errors.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { readFrom } from "../process/fd-stream.ts";
import type { Pipe } from "../process/pipe.ts";
import type { VaultReader } from "./vault.ts";

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

/** Reads a stream to its proven end and compares it with the receipt. */
export async function verifyByReading(
  reader: VaultReader,
  receipt: Receipt,
): Promise<{ readonly bytes: number }> {
  const source = readFrom(reader.fd);
  try {
    const [found] = await Promise.all([
      measure(source, receipt.sha256 !== null),
      // On failure EOF never comes.
      reader.done.catch((error: unknown) => {
        source.destroy();
        throw error;
      }),
    ]);
    const isSame = receipt.sha256 === null || found.sha256 === receipt.sha256;
    if (found.bytes !== receipt.bytes || !isSame) {
      throw new AppError("VAULT_CORRUPT", "the stored stream is not the one of the receipt", {
        detail: { bytes: found.bytes, expected: receipt.bytes },
      });
    }
    return { bytes: found.bytes };
  } finally {
    source.destroy();
    await reader.close();
  }
}

async function measure(
  source: Readable,
  withHash: boolean,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (withHash) hash.update(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
}
