import { createHash, randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import { AppError } from "#domain/errors.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { readFrom } from "../process/fd-stream.ts";
import { openPipe } from "../process/pipe.ts";
import { objectError } from "./object-failure.ts";
import { cipherFor, HEADER_BYTES, headerOf, PIECE_BYTES } from "./object-format.ts";
import type { ObjectDraft, ObjectStore } from "./object-store.ts";
import type { VaultWriter } from "./vault.ts";

/** Dumps hold much that does not compress; higher levels cost more time than they save space. */
const ZSTD_LEVEL = 1;
const ZSTD_CHUNK_BYTES = 64 * 1024;

export interface ObjectWriting {
  readonly vault: string;
  readonly store: ObjectStore;
  readonly key: Buffer;
}

/** Writes an object as a draft and keeps it when the stream is known to be whole. */
export async function openObjectWriter(
  where: ObjectWriting,
  signal?: AbortSignal,
): Promise<VaultWriter> {
  const id = randomBytes(16).toString("hex");
  const draft = await where.store.create(`objects/${id}`);
  const pipe = await openPipe().catch(async (error) => {
    await draft.discard();
    throw error;
  });
  const source = readFrom(pipe.readFd);
  // Only `source` reads: when storing fails the producer is stopped by SIGPIPE.
  pipe.closeRead();

  let failure: AppError | null = null;
  let committing: Promise<Receipt> | null = null;
  let aborting: Promise<void> | null = null;
  let taken = 0;
  const count = (bytes: number): void => {
    taken = bytes;
  };
  const stored = store(source, draft, where.key, count).catch((error) => {
    failure = objectError("write", error, "VAULT_WRITE_FAILED");
    throw failure;
  });
  stored.catch(() => undefined);

  const onAbort = (): void => {
    void abort().catch(() => undefined);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();

  return {
    fd: pipe.writeFd,
    commit: () => {
      committing ??= commit();
      return committing;
    },
    abort,
    failure: () => failure,
    taken: () => taken,
  };

  async function commit(): Promise<Receipt> {
    if (aborting) throw cancelled();
    try {
      pipe.closeWrite();
      const { bytes, sha256, storedBytes } = await stored;
      if (bytes === 0) throw new AppError("ENGINE_DUMP_INCOMPLETE", "the stream is empty");
      await draft.keep();
      return { vault: where.vault, kind: "objects", object: id, bytes, sha256, storedBytes };
    } catch (error) {
      await removeTraces();
      throw aborting ? cancelled() : objectError("commit", error, "VAULT_WRITE_FAILED");
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  function abort(): Promise<void> {
    aborting ??= stop();
    return aborting;
  }

  async function stop(): Promise<void> {
    // A commit that is past the reading may still win; then there is nothing to undo.
    const before = failure;
    source.destroy();
    if (committing) await committing.catch(() => undefined);
    else await removeTraces();
    // What a destroyed source does to the pipeline is not the store's failure.
    failure = before;
    signal?.removeEventListener("abort", onAbort);
  }

  async function removeTraces(): Promise<void> {
    await stored.catch(() => undefined);
    pipe.closeWrite();
    await draft.discard();
  }
}

interface Stored {
  readonly bytes: number;
  readonly sha256: string;
  readonly storedBytes: number;
}

async function store(
  source: Readable,
  draft: ObjectDraft,
  key: Buffer,
  taken: (bytes: number) => void,
): Promise<Stored> {
  const hash = createHash("sha256");
  let bytes = 0;
  let storedBytes = HEADER_BYTES;
  const header = headerOf(key, randomBytes(32));
  const cipher = cipherFor(key, header);
  await draft.write(Buffer.from(header));
  const compress = createZstdCompress({
    chunkSize: ZSTD_CHUNK_BYTES,
    params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
  });
  await pipeline(
    source,
    async function* measure(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        taken(bytes);
        hash.update(chunk);
        yield chunk;
      }
    },
    compress,
    async (chunks: AsyncIterable<Buffer>) => {
      let index = 0;
      for await (const { piece, isLast } of piecesOf(chunks)) {
        for (const block of cipher.seal(piece, index, isLast)) {
          storedBytes += block.length;
          await draft.write(block);
        }
        index += 1;
      }
    },
  );
  return { bytes, sha256: hash.digest("hex"), storedBytes };
}

/** Pieces of full length, then the last one: which one that is shows only when no more bytes come. */
async function* piecesOf(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly piece: Buffer; readonly isLast: boolean }> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    let offset = 0;
    while (offset < chunk.length) {
      if (filled === PIECE_BYTES) {
        yield { piece, isLast: false };
        filled = 0;
      }
      const taken = chunk.copy(piece, filled, offset);
      filled += taken;
      offset += taken;
    }
  }
  yield { piece: piece.subarray(0, filled), isLast: true };
}

function cancelled(): AppError {
  return new AppError("JOB_CANCELLED", "the stream was aborted");
}
