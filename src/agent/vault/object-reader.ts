import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { AppError } from "#domain/errors.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { writeTo } from "../process/fd-stream.ts";
import { openPipe } from "../process/pipe.ts";
import { objectError } from "./object-failure.ts";
import { cipherFor, HEADER_BYTES, PIECE_BYTES, TAG_BYTES } from "./object-format.ts";
import { heldReader } from "./reader.ts";
import type { VaultReader } from "./vault.ts";

const ZSTD_CHUNK_BYTES = 64 * 1024;

/** Delivers an object piece by piece, each one authenticated before its bytes go out. */
export async function openObjectReader(
  path: string,
  key: Buffer,
  receipt: Receipt,
  signal?: AbortSignal,
): Promise<VaultReader> {
  const file = await openObject(path);
  const pipe = await openPipe().catch(async (error) => {
    await file.close();
    throw error;
  });
  const stop = new AbortController();
  const ends = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const whole = deliver(file, key, receipt, writeTo(pipe.writeFd), ends);
  return heldReader(pipe, whole, async () => stop.abort());
}

/** Reads an object to its end as a reader would, without handing it out. */
export async function verifyObject(
  path: string,
  key: Buffer,
  receipt: Receipt,
  signal?: AbortSignal,
): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await deliver(await openObject(path), key, receipt, nowhere, signal);
}

async function openObject(path: string): Promise<FileHandle> {
  return open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      throw new AppError("VAULT_BACKUP_UNKNOWN", "there is no such object");
    }
    throw objectError("open", error, "VAULT_UNREACHABLE");
  });
}

/** Closes the file in any case. Rejects with VAULT_* or JOB_CANCELLED. */
async function deliver(
  file: FileHandle,
  key: Buffer,
  receipt: Receipt,
  sink: Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await copyOut(file, key, receipt, sink, signal);
  } catch (error) {
    if (signal?.aborted) throw new AppError("JOB_CANCELLED", "reading was aborted");
    throw objectError("read", error, "VAULT_UNREACHABLE");
  } finally {
    await file.close();
  }
}

async function copyOut(
  file: FileHandle,
  key: Buffer,
  receipt: Receipt,
  sink: Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(
    () => plainPieces(file, key),
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

async function* plainPieces(file: FileHandle, key: Buffer): AsyncGenerator<Buffer> {
  const { size } = await file.stat();
  const cipher = cipherFor(key, await readExactly(file, Buffer.alloc(HEADER_BYTES), 0));
  const sealed = Buffer.allocUnsafe(PIECE_BYTES + TAG_BYTES);
  let position = HEADER_BYTES;
  for (let index = 0; ; index += 1) {
    const left = size - position;
    const isLast = left <= sealed.length;
    const piece = await readExactly(
      file,
      sealed.subarray(0, Math.min(left, sealed.length)),
      position,
    );
    yield cipher.open(piece, index, isLast);
    if (isLast) return;
    position += piece.length;
  }
}

/** Shorter only where the file ends; the cipher refuses that. */
async function readExactly(file: FileHandle, into: Buffer, position: number): Promise<Buffer> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return into.subarray(0, filled);
}
