/** An application, its agent and a vault of either kind, whose files tests damage, hide and put back. */
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import type { VerifiedBackup } from "#agent/backup/open-manifest.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import type { AgentContext } from "#agent/context.ts";
import { vaultAlerts, watchVaults } from "#agent/keep/watch-vaults.ts";
import { localHost } from "#agent/process/local.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { openVault } from "#agent/vault/registry.ts";
import type { Alert } from "#domain/job/care.ts";
import { quickenResticKey } from "#support/quick-restic-key.ts";
import { type SmallApplication, smallApplication } from "#support/small-application.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { type VaultKinds, vaultConfigAt, writeVaultSecret } from "#support/vaults.ts";
import { type WorkContext, workContext } from "#support/work-context.ts";

export const KINDS = ["restic", "objects"] as const satisfies readonly VaultKinds[];
export const ALIAS = "basis-data";
const DAY_MS = 86_400_000;
const START = Date.now();

let template: Promise<TempDir> | null = null;
afterAll(async () => {
  if (template !== null) await (await template)[Symbol.asyncDispose]();
});

export interface VaultWorld extends WorkContext {
  readonly kind: VaultKinds;
  readonly app: SmallApplication;
  readonly keyFile: string;
  /** The agent on a day, counted from today. */
  on(day: number): AgentContext;
  /** Writes to the application and backs it up. */
  backup(day?: number): Promise<VerifiedBackup>;
  restore(backup: VerifiedBackup, job: string): Promise<unknown>;
  /** Ids of what may be chosen. */
  offered(): Promise<string[]>;
  /** What the agent does for its vaults once a day. */
  watch(day: number): ReturnType<typeof watchVaults>;
  alerts(day: number): Promise<readonly Alert[] | undefined>;
  /** The file that holds most of what an action has stored. */
  storedBy<T>(action: () => Promise<T>): Promise<{ readonly made: T; readonly file: string }>;
  /** Files of the vault that hold the manifests of these backups. */
  manifestFiles(backups: readonly VerifiedBackup[]): Promise<string[]>;
}

export async function vaultWorld(
  kind: VaultKinds,
  options: {
    /** Not a copy of the one that other worlds have. */ readonly ownStore?: boolean;
  } = {},
): Promise<VaultWorld> {
  const dir = await tempDir();
  const agentDir = join(dir.path, "agent");
  const keyFile = join(agentDir, "vault.key");
  if (kind === "restic") await copyRepository(agentDir, keyFile, options.ownStore ?? false);
  const app = await smallApplication(join(dir.path, "app"));
  const one = await workContext({ targets: app.targets, dir: agentDir, vaultKind: kind });
  const on = (day: number): AgentContext => ({
    ...one.ctx,
    now: () => new Date(START + day * DAY_MS),
  });
  const manifestSnapshots = new Map<string, string>();
  return {
    ...one,
    kind,
    app,
    keyFile,
    on,
    async backup(day = 0) {
      await app.write();
      const before = await namesIn(join(one.vaultDir, "snapshots"));
      const backup = await runBackup(on(day), one.work(), ALIAS, "backup");
      for (const name of await namesIn(join(one.vaultDir, "snapshots"))) {
        const isManifest = !before.includes(name) && name !== backup.manifest.receipt.object;
        if (isManifest) manifestSnapshots.set(backup.manifest.id, name);
      }
      return backup;
    },
    restore: ({ manifest, summary }, job) =>
      runRestore(one.ctx, one.work({ job }), {
        job,
        choices: [{ alias: ALIAS, backup: manifest.id }],
        manifests: { [manifest.id]: summary.manifest },
      }),
    offered: async () => (await listBackups(one.ctx, ALIAS)).map(({ manifest }) => manifest.id),
    watch: (day) => watchVaults(on(day), on(day).now()),
    alerts: async (day) => (await vaultAlerts(one.ctx.config, on(day).now())).get(ALIAS),
    async storedBy(action) {
      const folder = join(one.vaultDir, kind === "restic" ? "data" : "objects");
      const before = new Set(await namesIn(folder));
      const result = await action();
      const sizes = await Promise.all(
        (await namesIn(folder))
          .filter((name) => !before.has(name))
          .map(async (name) => ({ name, ...(await sizeOf(join(folder, name))) })),
      );
      const [largest] = sizes
        .filter(({ isFile }) => isFile)
        .toSorted((one, other) => other.bytes - one.bytes);
      if (!largest) throw new Error("nothing was stored");
      return { made: result, file: join(folder, largest.name) };
    },
    manifestFiles: async (backups) =>
      backups.map(({ manifest: { id } }) =>
        kind === "restic"
          ? join(one.vaultDir, "snapshots", manifestSnapshots.get(id) ?? "unknown")
          : join(one.vaultDir, "manifests", `${id}.json`),
      ),
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** A repository is slow to make, since restic tries how much work a password is worth here. */
async function copyRepository(agentDir: string, keyFile: string, isOwn: boolean): Promise<void> {
  await mkdir(agentDir);
  if (!isOwn) template ??= makeRepository();
  const made = await ((isOwn ? null : template) ?? makeRepository());
  await cp(join(made.path, "store"), join(agentDir, "vault"), { recursive: true });
  await cp(join(made.path, "secret"), keyFile);
  if (isOwn) await made[Symbol.asyncDispose]();
}

async function makeRepository(): Promise<TempDir> {
  const dir = await tempDir();
  await using host = localHost();
  await writeVaultSecret(join(dir.path, "secret"));
  const config = vaultConfigAt(dir.path, "restic");
  await openVault(config, { host, dataDir: join(dir.path, "data") }).prepare();
  await quickenResticKey(join(dir.path, "store"), join(dir.path, "secret"));
  return dir;
}

/** One bit, in the middle. */
export async function flip(file: string): Promise<void> {
  const bytes = await readFile(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(file, bytes);
}

/** Puts the whole store back to what it was; gives how. */
export async function keepState(store: string): Promise<() => Promise<void>> {
  const kept = `${store}.lama`;
  await cp(store, kept, { recursive: true });
  return async () => {
    await rm(store, { recursive: true });
    await rename(kept, store);
  };
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder, { recursive: true }).catch(() => []);
}

async function sizeOf(path: string) {
  const found = await stat(path);
  return { bytes: found.size, isFile: found.isFile() };
}
