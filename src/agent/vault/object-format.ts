/**
 * How an object lies on disk, so that it can be read without this program.
 *
 * The plain stream is compressed with zstd (one frame sequence as of `zstd -d`), cut into pieces of
 * 1 MiB, the last one shorter (0 … 1 MiB), and each piece is sealed with AES-256-GCM:
 *
 *   header   64 bytes
 *     0   8  "PULIHOBJ"
 *     8   1  version, 1
 *     9   1  compression, 1 = zstd
 *    10   2  zero
 *    12   4  plain bytes a piece, big endian: 1048576
 *    16  16  id of the vault's key: HKDF-SHA-256(key, salt empty, info "pulih-objects-key-id")
 *    32  32  salt, random for each object
 *   pieces, each: ciphertext (as long as its plain bytes), then the tag, 16 bytes
 *
 * key of the object  HKDF-SHA-256(key, salt, info "pulih-object-v1"), 32 bytes
 * nonce              12 bytes, big endian: number of the piece, from 0
 * additional data    header (64) ‖ number of the piece (8, big endian) ‖ 1 for the last piece, else 0
 *
 * Since every object has a key of its own, a counter is a safe nonce. The number and the mark of the
 * last piece are sealed in, so a piece left out, moved, repeated, added or cut off is found, and a
 * header that was changed as well.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { AppError } from "#domain/errors.ts";

const MAGIC = Buffer.from("PULIHOBJ", "latin1");
const VERSION = 1;
const COMPRESSION_ZSTD = 1;
const CIPHER = "aes-256-gcm";

export const HEADER_BYTES = 64;
export const PIECE_BYTES = 1024 * 1024;
export const TAG_BYTES = 16;

export function keyId(vaultKey: Buffer): Buffer {
  return derive(vaultKey, Buffer.alloc(0), "pulih-objects-key-id", 16);
}

export function headerOf(vaultKey: Buffer, salt: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header, 0);
  header.writeUInt8(VERSION, 8);
  header.writeUInt8(COMPRESSION_ZSTD, 9);
  header.writeUInt32BE(PIECE_BYTES, 12);
  keyId(vaultKey).copy(header, 16);
  salt.copy(header, 32);
  return header;
}

/** Seals and opens the pieces of one object. */
export interface PieceCipher {
  seal(plain: Buffer, index: number, isLast: boolean): readonly [Buffer, Buffer];
  /** VAULT_CORRUPT unless these are the very bytes sealed as this piece. */
  open(sealed: Buffer, index: number, isLast: boolean): Buffer;
}

/** VAULT_CORRUPT where the header is not one of this format and key. */
export function cipherFor(vaultKey: Buffer, header: Buffer): PieceCipher {
  const salt = header.subarray(32, HEADER_BYTES);
  if (header.length !== HEADER_BYTES || !header.equals(headerOf(vaultKey, salt))) {
    throw new AppError("VAULT_CORRUPT", "the object's header is damaged");
  }
  const key = derive(vaultKey, salt, "pulih-object-v1", 32);
  return {
    seal: (plain, index, isLast) => {
      const cipher = createCipheriv(CIPHER, key, nonce(index));
      cipher.setAAD(additional(header, index, isLast));
      const sealed = cipher.update(plain);
      cipher.final();
      return [sealed, cipher.getAuthTag()];
    },
    open: (sealed, index, isLast) => {
      if (sealed.length < TAG_BYTES) throw damaged(index);
      const end = sealed.length - TAG_BYTES;
      const decipher = createDecipheriv(CIPHER, key, nonce(index), { authTagLength: TAG_BYTES });
      decipher.setAAD(additional(header, index, isLast));
      decipher.setAuthTag(sealed.subarray(end));
      const plain = decipher.update(sealed.subarray(0, end));
      try {
        decipher.final();
      } catch {
        throw damaged(index);
      }
      return plain;
    },
  };
}

function damaged(index: number): AppError {
  return new AppError("VAULT_CORRUPT", `piece ${index} of the object is damaged`);
}

function nonce(index: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(index), 4);
  return bytes;
}

function additional(header: Buffer, index: number, isLast: boolean): Buffer {
  const tail = Buffer.alloc(9);
  tail.writeBigUInt64BE(BigInt(index), 0);
  tail.writeUInt8(isLast ? 1 : 0, 8);
  return Buffer.concat([header, tail]);
}

function derive(key: Buffer, salt: Buffer, info: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync("sha256", key, salt, info, bytes));
}

/**
 * Frees a buffer that is done with: the collector sees memory outside its heap late, and under load
 * a hundred megabytes of sealed pieces would wait for it.
 */
export function release(block: Buffer): void {
  const { buffer } = block;
  const isWhole = block.byteLength === buffer.byteLength;
  if (isWhole && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
