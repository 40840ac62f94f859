import { createHash } from "node:crypto";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { AppError } from "#domain/errors.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { writeTo } from "../process/fd-stream.ts";
import { openPipe } from "../process/pipe.ts";
import { objectError } from "./object-failure.ts";
import { cipherFor, HEADER_BYTES, PIECE_BYTES, TAG_BYTES } from "./object-format.ts";
import type { ObjectSource, ObjectStore } from "./object-store.ts";
import { heldReader } from "./reader.ts";
import { tailOf } from "./tail.ts";
import type { ReadBack, VaultReader } from "./vault.ts";

const ZSTD_CHUNK_BYTES = 64 * 1024;
const SEALED_BYTES = PIECE_BYTES + TAG_BYTES;

/** Where an object lies and what it is sealed with. */
export interface ObjectReading {
  readonly store: ObjectStore;
  readonly name: string;
  readonly key: Buffer;
}

/** Delivers an object piece by piece, each one authenticated before its bytes go out. */
export async function openObjectReader(
  from: ObjectReading,
  receipt: Receipt,
  signal?: AbortSignal,
): Promise<VaultReader> {
  const source = await openObject(from);
  const pipe = await openPipe().catch(async (error) => {
    await source.close();
    throw error;
  });
  const stop = new AbortController();
  const ends = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const sink: Writable & { readonly bytesWritten?: number } = writeTo(pipe.writeFd);
  const whole = deliver(source, from.key, receipt, sink, ends);
  const reader = heldReader(pipe, whole, async () => stop.abort());
  return { ...reader, given: () => sink.bytesWritten ?? 0 };
}

/** Reads an object to its end as a reader would, without handing it out. */
export async function verifyObject(
  from: ObjectReading,
  receipt: Receipt,
  signal?: AbortSignal,
): Promise<ReadBack> {
  let tail: Buffer = Buffer.alloc(0);
  const nowhere = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      tail = tailOf(tail, chunk);
      done();
    },
  });
  await deliver(await openObject(from), from.key, receipt, nowhere, signal);
  return { bytes: receipt.bytes, tail };
}

async function openObject({ store, name }: ObjectReading): Promise<ObjectSource> {
  const source = await store.open(name);
  if (source === null) throw new AppError("VAULT_BACKUP_UNKNOWN", "there is no such object");
  return source;
}

/** Closes the source in any case. Rejects with VAULT_* or JOB_CANCELLED. */
async function deliver(
  source: ObjectSource,
  key: Buffer,
  receipt: Receipt,
  sink: Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await copyOut(source, key, receipt, sink, signal);
  } catch (error) {
    if (signal?.aborted) throw new AppError("JOB_CANCELLED", "reading was aborted");
    throw objectError("read", error, "VAULT_UNREACHABLE");
  } finally {
    await source.close();
  }
}

async function copyOut(
  source: ObjectSource,
  key: Buffer,
  receipt: Receipt,
  sink: Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(
    () => plainPieces(source, key),
    createZstdDecompress({ chunkSize: ZSTD_CHUNK_BYTES }),
    async function* measure(chunks: Readable) {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        hash.update(chunk);
        yield chunk;
      }
    },
    sink,
    ...(signal ? [{ signal }] : []),
  );
  if (bytes !== receipt.bytes || hash.digest("hex") !== receipt.sha256) {
    throw new AppError("VAULT_CORRUPT", "the object is not the one of the receipt");
  }
}

async function* plainPieces(source: ObjectSource, key: Buffer): AsyncGenerator<Buffer> {
  const cipher = cipherFor(key, await source.read(Buffer.alloc(HEADER_BYTES), 0));
  const sealed = Buffer.allocUnsafe(SEALED_BYTES);
  for (let index = 0; ; index += 1) {
    const { piece, isLast } = await pieceAt(source, sealed, index);
    yield cipher.open(piece, index, isLast);
    if (isLast) return;
  }
}

/** An object has at least one piece; where even that one is missing the cipher says so. */
export function pieceCount(bytes: number): number {
  return Math.max(1, Math.ceil((bytes - HEADER_BYTES) / SEALED_BYTES));
}

/** Reads one sealed piece into a buffer of that size; the last one is shorter. */
export async function pieceAt(
  source: ObjectSource,
  into: Buffer,
  index: number,
): Promise<{ readonly piece: Buffer; readonly isLast: boolean }> {
  const position = HEADER_BYTES + index * SEALED_BYTES;
  const length = Math.min(into.length, Math.max(0, source.bytes - position));
  return {
    piece: await source.read(into.subarray(0, length), position),
    isLast: index === pieceCount(source.bytes) - 1,
  };
}
