/** An agent with a SQLite target and a real vault, whose days pass as the test says; and who may delete. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { runBackup } from "#agent/backup/run-backup.ts";
import { MaintainerConfig } from "#agent/config/maintainer.ts";
import { AgentConfig } from "#agent/config.ts";
import type { AgentContext } from "#agent/context.ts";
import { sqlite } from "#agent/engines/sqlite.ts";
import type { Maintenance } from "#agent/keep/plan-retention.ts";
import { loadOrCreateKey } from "#agent/key.ts";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import type { Vault } from "#agent/vault/vault.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { quickenResticKey } from "#support/quick-restic-key.ts";
import { tempDir } from "#support/temp-dir.ts";
import { vaultConfigAt, writeVaultSecret } from "#support/vaults.ts";

const DAY_MS = 86_400_000;
export const AGENT = "agen-uji";
/** Keeps the newest and one a day for two days; nothing else. */
export const SMALL_RULE = {
  terakhir: 1,
  harian: 2,
  mingguan: 0,
  bulanan: 0,
  tahunan: 0,
  minimalHari: 1,
} as const;

export interface Keeping extends AsyncDisposable {
  readonly dir: string;
  readonly config: AgentConfig;
  readonly maintainerConfig: MaintainerConfig;
  /** Public key of the agent, as a config names it. */
  readonly publicKey: string;
  readonly storeDir: string;
  readonly logged: string[];
  /** The agent on a day, counted from today; days may only be later than the real one. */
  agentOn(day: number): AgentContext;
  /** Changes the target and backs it up on a day; gives the backup's id. */
  backupOn(day: number, purpose?: Manifest["purpose"], job?: string): Promise<string>;
  maintenanceOn(day: number, over?: Partial<Maintenance>): Maintenance;
  vault(): Vault;
  [Symbol.asyncDispose](): Promise<void>;
}

export const dayAt = (day: number): Date => new Date(START + day * DAY_MS);
const START = Date.now();

export async function openKeeping(jenis: "objects" | "restic"): Promise<Keeping> {
  const temp = await tempDir();
  const dir = temp.path;
  const vaultConfig = vaultConfigAt(dir, jenis);
  await writeVaultSecret(join(dir, "secret"));
  const database = join(dir, "arsip.db");
  const db = new DatabaseSync(database);
  db.exec("CREATE TABLE warga (id INTEGER PRIMARY KEY, nama TEXT NOT NULL)");
  db.close();
  const rule = { zona: "Asia/Makassar", retensi: SMALL_RULE } as const;
  const config = AgentConfig.parse({
    portal: "http://127.0.0.1:9",
    data: join(dir, "data"),
    vaults: [vaultConfig],
    targets: [
      {
        alias: "db",
        engine: "sqlite",
        vault: "gudang",
        berkas: database,
        izin: ["backup", "restore", "check"],
        retensi: SMALL_RULE,
      },
    ],
  });
  const key = await loadOrCreateKey(config.data);
  const maintainerConfig = MaintainerConfig.parse({
    data: join(dir, "pemelihara"),
    vaults: [vaultConfig],
    agen: [{ nama: AGENT, kunci: key.jwk.x, data: config.data }],
    sasaran: [{ alias: "db", agen: AGENT, ...rule }],
  });
  await mkdir(maintainerConfig.data, { mode: 0o700 });
  const host = localHost();
  const [entry] = config.vaults;
  if (!entry) throw new Error("the config has a vault");
  const logged: string[] = [];
  const vault = openVault(entry, { host, dataDir: config.data });
  const own = openVault(entry, { host, dataDir: maintainerConfig.data });
  if (jenis === "restic") {
    await vault.prepare();
    await quickenResticKey(join(dir, "store"), join(dir, "secret"));
  }
  const log = (message: string, detail?: unknown): void =>
    void logged.push(JSON.stringify({ message, detail }));
  const agentOn = (day: number): AgentContext => ({
    config,
    key: { ...key, id: AGENT },
    engine: () => sqlite,
    vault: () => vault,
    openHost: async () => localHost(),
    now: () => dayAt(day),
    newId: () => crypto.randomUUID(),
    log,
  });
  return {
    dir,
    config,
    maintainerConfig,
    publicKey: key.jwk.x,
    storeDir: join(dir, "store"),
    logged,
    agentOn,
    async backupOn(day, purpose = "backup", job) {
      const writing = new DatabaseSync(database);
      writing.prepare("INSERT INTO warga (nama) VALUES (?)").run(`hari ${day}`);
      writing.close();
      const work = {
        job: job ?? null,
        epoch: 0,
        signal: new AbortController().signal,
        progress: () => undefined,
        confirmLease: async () => undefined,
      };
      return (await runBackup(agentOn(day), work, "db", purpose)).manifest.id;
    },
    maintenanceOn: (day, over = {}) => ({
      config: maintainerConfig,
      signers: [{ name: AGENT, publicKey: key.publicKey }],
      vault: () => own,
      portalTime: async () => dayAt(day),
      now: () => dayAt(day),
      log,
      ...over,
    }),
    vault: () => vault,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** Ids of the backups whose manifests lie in the vault. */
export async function idsIn(vault: Vault): Promise<string[]> {
  const ids: string[] = [];
  for await (const { backupId } of vault.manifests()) ids.push(backupId);
  return ids;
}

export async function objectsIn(vault: Vault): Promise<string[]> {
  const objects: string[] = [];
  for await (const { object } of vault.streams()) objects.push(object);
  return objects;
}

/** Writes a stream without a manifest, as a killed backup leaves it. */
export async function strand(
  vault: Vault,
  tags: Readonly<Record<string, string>>,
): Promise<string> {
  const writer = await vault.put(tags);
  const file = await import("node:fs");
  file.writeSync(writer.fd, "sisa pencadangan yang terputus");
  return (await writer.commit()).object;
}

export async function writeConfig(path: string, text: string): Promise<string> {
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
