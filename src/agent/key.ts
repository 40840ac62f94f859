/**
 * The agent's own Ed25519 key, made on its host and never sent anywhere, and what enrolment told it:
 * its name and the server's key. Both lie in the agent's data folder, readable by the agent only.
 */
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { importPublicKey, thumbprint } from "#protocol/jws.ts";
import { PublicJwk } from "#protocol/v1.ts";
import { writeDurably } from "./journal/write-durably.ts";

export const KEY_FILE = "agent-key.json";
export const IDENTITY_FILE = "identity.json";

const PrivateJwk = PublicJwk.extend({ d: z.string().min(1) });
const Identity = z.strictObject({
  agent: z.string().min(1),
  server: z.strictObject({ jwk: PublicJwk }),
});

/** Who the agent is to the portal. */
export type Identity = z.infer<typeof Identity>;

export interface AgentKey {
  readonly jwk: PublicJwk;
  /** RFC 7638; names the key before the portal has named the agent. */
  readonly thumbprint: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** The key of this data folder; null where none was made yet. INPUT_CONFIG where others can read it. */
export async function loadKey(data: string): Promise<AgentKey | null> {
  const path = join(data, KEY_FILE);
  const jwk = await readPrivate(path, PrivateJwk);
  if (!jwk) return null;
  const { d: _secret, ...publicJwk } = jwk;
  return {
    jwk: publicJwk,
    thumbprint: await thumbprint(publicJwk),
    privateKey: await crypto.subtle
      .importKey("jwk", jwk, "Ed25519", false, ["sign"])
      .catch((cause) => {
        throw broken(path, "pulihkan berkas ini dari cadangannya", cause);
      }),
    publicKey: await importPublicKey(publicJwk),
  };
}

/** The key of this data folder, made now if there is none; a key that exists is never replaced. */
export async function loadOrCreateKey(data: string): Promise<AgentKey> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const present = await loadKey(data);
  if (present) return present;
  const pair = (await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const { kty, crv, x, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const text = `${JSON.stringify(PrivateJwk.parse({ kty, crv, x, d }))}\n`;
  await writeDurably(join(data, KEY_FILE), text, { exclusive: true }).catch((error: unknown) => {
    // Another process made it at the same moment: then that one holds.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
  const made = await loadKey(data);
  if (!made) throw new AppError("INTERNAL", "the key file vanished");
  return made;
}

/** What enrolment wrote; null before it. */
export function loadIdentity(data: string): Promise<Identity | null> {
  return readPrivate(join(data, IDENTITY_FILE), Identity);
}

export function saveIdentity(data: string, identity: Identity): Promise<void> {
  return writeDurably(join(data, IDENTITY_FILE), `${JSON.stringify(Identity.parse(identity))}\n`);
}

async function readPrivate<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw broken(path, "beri pemilik proses agen hak baca", error);
  });
  if (!file) return null;
  try {
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0) {
      throw broken(path, `dapat dibaca pengguna lain; jalankan: chmod 600 ${path}`);
    }
    return schema.parse(JSON.parse(await file.readFile("utf8")));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw broken(path, "isinya tidak terbaca; pulihkan berkas ini dari cadangannya", cause);
  } finally {
    await file.close();
  }
}

/** The cause of a parse failure may quote the file, so only its kind is kept. */
function broken(path: string, pesan: string, cause?: unknown): AppError {
  const kind = cause instanceof Error ? `: ${cause.name}` : "";
  return new AppError("INPUT_CONFIG", `${path} cannot be used${kind}`, {
    problems: [{ field: path, pesan: `${path}: ${pesan}` }],
  });
}
