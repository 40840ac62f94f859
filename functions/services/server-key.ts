import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { PublicJwk } from "#protocol/v1.ts";

export interface ServerKey {
  readonly privateKey: CryptoKey;
  readonly jwk: PublicJwk;
}

const StoredKey = PublicJwk.extend({ d: z.string().min(1) });

/** The key that signs tickets; made on the first start, readable by its owner only. */
export async function loadServerKey(directory: string): Promise<ServerKey> {
  const stored = StoredKey.parse(
    JSON.parse(
      await readOrMake(join(directory, "server-key.json"), async () => {
        const pair = (await crypto.subtle.generateKey("Ed25519", true, [
          "sign",
          "verify",
        ])) as CryptoKeyPair;
        const { kty, crv, x, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
        return JSON.stringify({ kty, crv, x, d });
      }),
    ),
  );
  const { d, ...jwk } = stored;
  const privateKey = await crypto.subtle.importKey("jwk", { ...jwk, d }, "Ed25519", false, [
    "sign",
  ]);
  return { privateKey, jwk };
}

/** The secret under cookies and tracking codes, where the settings name none. */
export async function loadSecret(directory: string): Promise<string> {
  return readOrMake(join(directory, "secret"), async () => randomBytes(32).toString("base64url"));
}

/** `wx`: of two processes that start at once, one makes the file and the other reads it. */
async function readOrMake(path: string, make: () => Promise<string>): Promise<string> {
  try {
    await writeFile(path, await make(), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return (await readFile(path, "utf8")).trim();
}
