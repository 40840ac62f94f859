/** Throw-away vaults of each kind below a directory. Free of any test runner. */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { VaultConfig } from "#agent/config.ts";

export type VaultKinds = VaultConfig["jenis"];

export function vaultConfigAt(directory: string, jenis: VaultKinds): VaultConfig {
  const secret = join(directory, "secret");
  const store = join(directory, "store");
  return jenis === "restic"
    ? { alias: "gudang", jenis, repositori: store, berkasSandi: secret }
    : { alias: "gudang", jenis, direktori: store, berkasKunci: secret };
}

export function storeOf(config: VaultConfig): string {
  return config.jenis === "restic" ? config.repositori : config.direktori;
}

export function withStore(config: VaultConfig, store: string): VaultConfig {
  return config.jenis === "restic"
    ? { ...config, repositori: store }
    : { ...config, direktori: store };
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
