/** A site with an agent, made to be looked at by `doctor` in a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { stringify } from "yaml";
import { listBackups } from "#agent/backup/list-backups.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import { AgentConfig } from "#agent/config.ts";
import type { AgentContext } from "#agent/context.ts";
import { ENGINES } from "#agent/engines/registry.ts";
import { loadOrCreateKey, saveIdentity } from "#agent/key.ts";
import { localHost } from "#agent/process/local.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { openVault } from "#agent/vault/registry.ts";
import { tempDir } from "#support/temp-dir.ts";
import { vaultConfigAt, writeVaultSecret } from "#support/vaults.ts";
import type { FakePortal } from "../agent/fake-portal.ts";

const MAIN = fileURLToPath(new URL("../../src/agent/main.ts", import.meta.url));
export const HOUR = 3_600_000;

export interface Finding {
  readonly about: string;
  readonly ok: boolean;
  readonly what: string;
  readonly mend: string | null;
}

export type RawTarget = Record<string, unknown>;

export interface Site extends AsyncDisposable {
  readonly dir: string;
  readonly file: string;
  readonly config: AgentConfig;
  /** The agent itself, as if it were `hours` later than now. */
  agent(hours?: number): AgentContext;
  /** Backs the first target up at such a time. */
  backup(hours?: number): Promise<string>;
  /** Restores a backup; gives the job. */
  restore(backup: string): Promise<string>;
  /** All that doctor tells. */
  findings(how?: How): Promise<Finding[]>;
  /** What doctor finds wrong. */
  wrong(how?: How): Promise<Finding[]>;
}

/** A folder of programs that come first, and a program that is not there. */
interface How {
  readonly programs?: string;
  readonly hide?: string;
}

const WORK = {
  job: null,
  epoch: 0,
  signal: new AbortController().signal,
  progress: () => undefined,
  confirmLease: async () => undefined,
};

export const one = (about: string, what: RegExp, mend: RegExp) => [
  { about, ok: false, what: expect.stringMatching(what), mend: expect.stringMatching(mend) },
];

export async function siteOf(
  portal: FakePortal,
  options: {
    readonly jenis?: "objects" | "restic";
    readonly target?: (dir: string) => Promise<RawTarget>;
    readonly portal?: string;
  } = {},
): Promise<Site> {
  const temp = await tempDir();
  const dir = temp.path;
  await writeVaultSecret(join(dir, "secret"));
  const makeTarget = options.target ?? sqliteTarget;
  const raw = {
    portal: options.portal ?? portal.base,
    data: join(dir, "data"),
    vaults: [vaultConfigAt(dir, options.jenis ?? "objects")],
    targets: [
      { alias: "db", vault: "gudang", izin: ["backup", "restore"], ...(await makeTarget(dir)) },
    ],
  };
  const config = AgentConfig.parse(raw);
  const key = await loadOrCreateKey(config.data);
  await saveIdentity(config.data, { agent: "agen-uji", server: { jwk: portal.serverJwk } });
  const file = join(dir, "agen.yaml");
  await writeFile(file, stringify(raw), { mode: 0o600 });
  const host = localHost();
  const [entry] = config.vaults;
  if (!entry) throw new Error("the config has a vault");
  const vault = openVault(entry, { host, dataDir: config.data });
  const agent = (hours = 0): AgentContext => ({
    config,
    key: { ...key, id: "agen-uji" },
    engine: (id) => ENGINES[id],
    vault: () => vault,
    openHost: async () => localHost(),
    now: () => new Date(Date.now() + hours * HOUR),
    newId: () => crypto.randomUUID(),
    log: () => undefined,
  });
  const findings = async (how: How = {}): Promise<Finding[]> => {
    const { code, stdout } = await doctor(file, how);
    const told = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
    const found = told.findings.filter((finding) => !finding.ok);
    expect([told.ok, code]).toEqual([found.length === 0, found.length === 0 ? 0 : 3]);
    for (const { mend } of found) expect(mend).toMatch(/\w{3}/);
    return told.findings;
  };
  return {
    dir,
    file,
    config,
    agent,
    findings,
    wrong: async (how) => (await findings(how)).filter((finding) => !finding.ok),
    backup: async (hours = 0) => (await runBackup(agent(hours), WORK, "db", "backup")).manifest.id,
    async restore(backup) {
      const job = crypto.randomUUID();
      const stored = await listBackups(agent(), "db");
      const manifest = stored.find((one) => one.manifest.id === backup)?.summary.manifest ?? "";
      const choices = [{ alias: "db", backup }];
      await runRestore(
        agent(),
        { ...WORK, job },
        { job, choices, manifests: { [backup]: manifest } },
      );
      return job;
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

export async function doctor(
  file: string,
  { programs, hide }: How,
  order: readonly string[] = ["doctor", "--json"],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const words = [process.execPath, MAIN, ...order, "--config", file];
  // In a mount namespace of its own a program can be taken away without taking it from others.
  const hiding = [
    "-m",
    "--",
    "sh",
    "-c",
    'mount --bind "$0" "$1" && shift && exec "$@"',
    file,
    hide,
  ];
  const [program = "", ...args] = hide ? ["unshare", ...hiding.map(String), ...words] : words;
  const path = programs ? `${programs}:${process.env.PATH}` : process.env.PATH;
  const { PULIH_AGENT_CONFIG: _ignored, ...env } = process.env;
  const child = spawn(program, args, {
    env: { ...env, PATH: path },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const code = child.exitCode ?? (child.signalCode ? null : (await once(child, "close"))[0]);
  return { code: code as number | null, stdout, stderr };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

export async function sqliteTarget(dir: string): Promise<RawTarget> {
  const berkas = join(dir, "arsip.db");
  const db = new DatabaseSync(berkas);
  db.exec("CREATE TABLE IF NOT EXISTS t (x); INSERT INTO t VALUES (1)");
  db.close();
  return { engine: "sqlite", berkas };
}

export async function directoryTarget(dir: string): Promise<RawTarget> {
  const direktori = join(dir, "berkas", "unggahan");
  await mkdir(direktori, { recursive: true });
  await writeFile(join(direktori, "a.bin"), Buffer.alloc(1_500_000, 7));
  return { engine: "directory", direktori };
}
