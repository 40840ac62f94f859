/**
 * An agent's context on a temp folder: its own key, a vault, real engines and hosts.
 * Free of any test runner: the demo and the programs that tests kill use it too.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { AgentConfig, type TargetConfig } from "#agent/config.ts";
import type { AgentContext, Work } from "#agent/context.ts";
import type { Engine } from "#agent/engines/engine.ts";
import { ENGINES } from "#agent/engines/registry.ts";
import { loadOrCreateKey } from "#agent/key.ts";
import { localHost } from "#agent/process/local.ts";
import { sshHost } from "#agent/ssh/host.ts";
import { openVault } from "#agent/vault/registry.ts";
import type { Vault } from "#agent/vault/vault.ts";
import { invariant } from "#domain/errors.ts";
import { tempDir } from "./temp-dir.ts";
import type { VaultKinds } from "./vaults.ts";

type Progress = Parameters<Work["progress"]>[0];
type Unbound<T> = T extends { vault: unknown; izin: unknown } ? Omit<T, "vault" | "izin"> : never;

/** A target without what every test says alike: the vault and the permitted actions. */
export type TestTarget = Unbound<z.input<typeof TargetConfig>> & {
  readonly izin?: TargetConfig["izin"];
};

export interface WorkContext {
  readonly ctx: AgentContext;
  readonly dir: string;
  /** Folder of the vault's stored streams and manifests. */
  readonly vaultDir: string;
  /** What people would have been told, in order. */
  readonly told: Progress[];
  /** The agent's own log. */
  readonly logged: { readonly message: string; readonly detail: unknown }[];
  work(over?: Partial<Work>): Work;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface WorkContextOptions {
  readonly targets: readonly TestTarget[];
  /** An existing folder, kept at the end: the same agent after a restart. A temp folder by default. */
  readonly dir?: string;
  /** `objects` unless told. */
  readonly vaultKind?: VaultKinds;
  /** Wraps engines, to make them fail at a point. */
  readonly engine?: (engine: Engine) => Engine;
  readonly vault?: (vault: Vault) => Vault;
}

export async function workContext(options: WorkContextOptions): Promise<WorkContext> {
  const temp = options.dir === undefined ? await tempDir() : null;
  const dir = temp?.path ?? options.dir ?? "";
  const vaultDir = join(dir, "vault");
  const keyFile = join(dir, "vault.key");
  await mkdir(vaultDir, { recursive: true, mode: 0o700 });
  if (!(await isThere(keyFile))) {
    await writeFile(keyFile, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  }
  const config = AgentConfig.parse({
    portal: "http://127.0.0.1:9",
    data: join(dir, "data"),
    vaults: [
      options.vaultKind === "restic"
        ? { alias: "gudang", jenis: "restic", repositori: vaultDir, berkasSandi: keyFile }
        : { alias: "gudang", jenis: "objects", direktori: vaultDir, berkasKunci: keyFile },
    ],
    targets: options.targets.map((target) => ({
      izin: ["backup", "restore", "check"],
      ...target,
      vault: "gudang",
    })),
  });
  const key = await loadOrCreateKey(config.data);
  const host = localHost();
  const told: Progress[] = [];
  const logged: { message: string; detail: unknown }[] = [];
  const vaults = new Map(
    config.vaults.map((one) => {
      const vault = openVault(one, { host, dataDir: config.data });
      return [one.alias, options.vault?.(vault) ?? vault] as const;
    }),
  );
  const ctx: AgentContext = {
    config,
    key: { id: "agen-uji", privateKey: key.privateKey, publicKey: key.publicKey },
    engine: (id) => options.engine?.(ENGINES[id]) ?? ENGINES[id],
    vault: (alias) => {
      const vault = vaults.get(alias);
      invariant(vault, "a vault of the config");
      return vault;
    },
    openHost: (place) => (place.jenis === "lokal" ? Promise.resolve(localHost()) : sshHost(place)),
    now: () => new Date(),
    newId: () => randomUUID(),
    log: (message, detail) => logged.push({ message, detail }),
  };
  return {
    ctx,
    dir,
    vaultDir,
    told,
    logged,
    work: (over = {}) => ({
      job: "job-1",
      epoch: 1,
      signal: new AbortController().signal,
      progress: (event) => told.push(event),
      confirmLease: async () => {},
      ...over,
    }),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await temp?.[Symbol.asyncDispose]();
    },
  };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
