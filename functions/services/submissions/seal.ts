import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { AppError } from "#domain/errors.ts";

/**
 * A form that was begun but not sent. Whoever has its link may read it, and nobody else, the
 * operator of the database included: the row is found by the SHA-256 of the secret in the link, and
 * sealed with a key that is made from the secret and stored nowhere (HKDF-SHA256, AES-256-GCM).
 */
const TOKEN_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

export type SealedPart = "answers" | "letter";

export function newToken(random: (length: number) => Uint8Array): string {
  return Buffer.from(random(TOKEN_BYTES)).toString("base64url");
}

/** The name of the row. DRAFT_UNKNOWN for what cannot be a token, as for one that leads nowhere. */
export function hashOf(token: string): string {
  return createHash("sha256").update(bytesOf(token)).digest("hex");
}

export function seal(
  token: string,
  part: SealedPart,
  plain: Uint8Array,
  random: (length: number) => Uint8Array,
): Buffer {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(token, part), nonce);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** DRAFT_UNKNOWN where the bytes were changed or belong to another token. */
export function open(token: string, part: SealedPart, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv(CIPHER, keyOf(token, part), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]);
  } catch (cause) {
    throw new AppError("DRAFT_UNKNOWN", "the sealed draft does not open", { cause });
  }
}

function keyOf(token: string, part: SealedPart): Buffer {
  const info = `pulih submission draft v1 ${part}`;
  return Buffer.from(hkdfSync("sha256", bytesOf(token), new Uint8Array(), info, 32));
}

function bytesOf(token: string): Buffer {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== TOKEN_BYTES) throw new AppError("DRAFT_UNKNOWN", "not a token");
  return bytes;
}
