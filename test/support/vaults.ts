/** Throw-away vaults of each kind below a directory. Free of any test runner. */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { VaultConfig } from "#agent/config.ts";

/** Kinds that need no server. */
export type VaultKinds = "restic" | "objects";

export function vaultConfigAt(directory: string, jenis: VaultKinds): VaultConfig {
  const secret = join(directory, "secret");
  const store = join(directory, "store");
  return VaultConfig.parse(
    jenis === "restic"
      ? { alias: "gudang", jenis, repositori: store, berkasSandi: secret }
      : { alias: "gudang", jenis, direktori: store, berkasKunci: secret },
  );
}

/** Folder of a store on the local disk. */
export function storeOf(config: VaultConfig): string {
  if (config.jenis === "objects-s3") throw new Error("a bucket is no folder");
  return config.jenis === "restic" ? config.repositori : config.direktori;
}

export function withSecret(config: VaultConfig, file: string): VaultConfig {
  return config.jenis === "restic"
    ? { ...config, berkasSandi: file }
    : { ...config, berkasKunci: file };
}

/** 32 random bytes in base64: a key for `objects`, a password for `restic`. */
export async function writeVaultSecret(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
}
