/** A desk with a printed recovery kit on it: a backup was made, and Pulih is gone. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { z } from "zod";
import { runBackup } from "#agent/backup/run-backup.ts";
import { AgentConfig, type TargetConfig, type VaultConfig } from "#agent/config.ts";
import type { AgentContext } from "#agent/context.ts";
import { ENGINES } from "#agent/engines/registry.ts";
import { composeKit } from "#agent/keep/recovery-kit.ts";
import { toolVersions } from "#agent/keep/tool-versions.ts";
import { type AgentKey, loadOrCreateKey } from "#agent/key.ts";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import { tempDir } from "#support/temp-dir.ts";
import { vaultConfigAt, writeVaultSecret } from "#support/vaults.ts";

const run = promisify(execFile);

type Unbound<T> = T extends unknown ? Omit<T, "vault" | "izin" | "alias"> : never;
type KitTarget = Unbound<z.input<typeof TargetConfig>>;

export interface Desk extends AsyncDisposable {
  readonly dir: string;
  readonly kit: string;
  readonly backup: string;
  /** Runs all that the kit says of the target, after what the test says a person would change. */
  follow(changed: (commands: string) => string, env?: Record<string, string>): Promise<string>;
}

/** Backs one target up, prints the kit, and takes Pulih away. */
export async function deskFor(
  where: "objects" | "restic" | ((secretFile: string) => VaultConfig),
  target: KitTarget,
): Promise<Desk> {
  const temp = await tempDir();
  const secretFile = join(temp.path, "secret");
  await writeVaultSecret(secretFile);
  const vault = typeof where === "string" ? vaultConfigAt(temp.path, where) : where(secretFile);
  const config = AgentConfig.parse({
    portal: "https://pulih.contoh.go.id",
    data: join(temp.path, "data"),
    vaults: [vault],
    targets: [{ ...target, alias: "arsip", vault: "gudang", izin: ["backup", "restore"] }],
  });
  const key = await loadOrCreateKey(config.data);
  await using host = localHost();
  const opened = config.vaults.map((one) => openVault(one, { host, dataDir: config.data }));
  const ctx: AgentContext = {
    config,
    key: { ...key, id: "agen-uji" },
    engine: (id) => ENGINES[id as keyof typeof ENGINES],
    vault: () => opened[0] as NonNullable<(typeof opened)[0]>,
    openHost: async () => localHost(),
    now: () => new Date(),
    newId: () => crypto.randomUUID(),
    log: () => undefined,
  };
  const work = {
    job: null,
    epoch: 0,
    signal: new AbortController().signal,
    progress: () => undefined,
    confirmLease: async () => undefined,
  };
  const { manifest } = await runBackup(ctx, work, "arsip", "backup");
  const kit = await composeKit(config, {
    ...(await factsOf(key)),
    versions: await toolVersions(host),
  });
  const fresh = join(temp.path, "orang");
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(join(fresh, "perangkat.txt"), kit, { mode: 0o600 });
  return {
    dir: temp.path,
    kit,
    backup: manifest.id,
    async follow(changed, env = {}) {
      const script = changed(
        [...commandsOf(kit, "Tempat cadangan: gudang"), ...commandsOf(kit, "Sasaran: arsip")].join(
          "\n",
        ),
      ).replace("CADANGAN='isi-id-cadangan'", `CADANGAN='${manifest.id}'`);
      if (vault.jenis !== "restic") await run("sh", ["-c", copying(kit)], { cwd: fresh });
      const { stdout } = await run("bash", ["-c", `set -euo pipefail\n${script}`], {
        cwd: fresh,
        env: { PATH: process.env.PATH, HOME: fresh, ...env },
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout;
    },
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

async function factsOf(key: AgentKey) {
  return { agent: "agen-uji", key, now: new Date("2026-11-22T03:00:00Z") };
}

/** What stands behind four spaces below a heading. */
function commandsOf(kit: string, heading: string): string[] {
  const text = kit.split(/^\f?## /m).find((part) => part.startsWith(`${heading}\n`));
  if (text === undefined) throw new Error(`the kit has no part ${heading}`);
  return text
    .split("\n")
    .filter((line) => line.startsWith("    "))
    .map((line) => line.slice(4));
}

/** The command that takes the script out of the kit's own file. */
function copying(kit: string): string {
  const line = kit.split("\n").find((one) => one.startsWith("> sed"));
  if (line === undefined) throw new Error("the kit does not say how to copy its script");
  return line.slice(2);
}
