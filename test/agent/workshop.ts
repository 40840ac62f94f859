/** One agent in this process with a real SQLite file and a real vault, and time that does not wait. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import type { CareEffects } from "#agent/care/scheduler.ts";
import { AgentConfig } from "#agent/config.ts";
import type { AgentContext } from "#agent/context.ts";
import { sqlite } from "#agent/engines/sqlite.ts";
import { openJournal } from "#agent/journal/journal.ts";
import { loadOrCreateKey } from "#agent/key.ts";
import { createClient } from "#agent/loop/client.ts";
import { EFFECTS, type Effects } from "#agent/loop/effects.ts";
import { runAgent } from "#agent/loop/run.ts";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import { importPublicKey } from "#protocol/jws.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import type { FakePortal } from "./fake-portal.ts";

export const ROWS = 200;
/** Stands in a row and in the vault's key file; must never be seen outside them. */
export const ROW_SECRET = "NIK-6471010101900001";

export interface Workshop extends AsyncDisposable {
  readonly directory: string;
  readonly database: string;
  readonly config: AgentConfig;
  readonly ctx: AgentContext;
  readonly vaultSecret: string;
  /** Lines of the agent's log, as JSON. */
  readonly logged: string[];
  /** Pauses the agent asked for, in milliseconds. */
  readonly pauses: number[];
  rows(): number;
  /** Starts the agent; `done` settles when it ends. */
  start(changes?: {
    readonly effects?: Partial<Effects>;
    readonly care?: Partial<CareEffects>;
  }): Life;
}

export interface Life {
  readonly done: Promise<void>;
  readonly stop: AbortController;
  readonly kill: AbortController;
  /** Stops, and waits until it has ended. */
  end(): Promise<void>;
}

/** A config as an operator would write it, with all its files. */
export async function furnish(
  directory: string,
  portal: string,
  izin: readonly string[] = ["backup", "restore", "check"],
  care: Readonly<Record<string, unknown>> = {},
): Promise<{ config: AgentConfig; database: string; vaultSecret: string }> {
  const database = join(directory, "arsip.db");
  const db = new DatabaseSync(database);
  db.exec("CREATE TABLE warga (id INTEGER PRIMARY KEY, nik TEXT NOT NULL)");
  const insert = db.prepare("INSERT INTO warga (nik) VALUES (?)");
  for (let row = 0; row < ROWS; row++) insert.run(`${ROW_SECRET}-${row}`);
  db.close();
  const vaultSecret = randomBytes(32).toString("base64");
  const keyFile = join(directory, "vault.kunci");
  await writeFile(keyFile, `${vaultSecret}\n`, { mode: 0o600 });
  const config = AgentConfig.parse({
    portal,
    data: join(directory, "data"),
    vaults: [
      {
        alias: "brankas",
        jenis: "objects",
        direktori: join(directory, "brankas"),
        berkasKunci: keyFile,
      },
    ],
    targets: [{ alias: "db", engine: "sqlite", vault: "brankas", berkas: database, izin, ...care }],
  });
  return { config, database, vaultSecret };
}

/** `care` are keys of the target: its calendars, what is verified. */
export async function openWorkshop(
  portal: FakePortal,
  care: Readonly<Record<string, unknown>> = {},
): Promise<Workshop> {
  const folder: TempDir = await tempDir();
  const furnished = await furnish(folder.path, portal.base, undefined, care);
  const { config, database, vaultSecret } = furnished;
  const key = await loadOrCreateKey(config.data);
  await portal.knowKey(key.jwk);
  const logged: string[] = [];
  const pauses: number[] = [];
  const lives: Life[] = [];
  const [entry] = config.vaults;
  if (!entry) throw new Error("the config has a vault");
  const host = localHost();
  const vault = openVault(entry, { host, dataDir: config.data });
  const ctx: AgentContext = {
    config,
    key: { ...key, id: portal.agentId },
    engine: () => sqlite,
    vault: () => vault,
    openHost: async () => localHost(),
    now: () => new Date(),
    newId: () => crypto.randomUUID(),
    log: (message, detail) => void logged.push(JSON.stringify({ message, ...detail })),
  };
  return {
    directory: folder.path,
    database,
    config,
    ctx,
    vaultSecret,
    logged,
    pauses,
    rows() {
      const db = new DatabaseSync(database, { readOnly: true });
      const row = db.prepare("SELECT count(*) AS n FROM warga").get() as { n: number };
      db.close();
      return row.n;
    },
    start(changes = {}) {
      const stop = new AbortController();
      const kill = new AbortController();
      const patience = {
        // Real pauses are seconds; what counts here is that they were asked for.
        sleep: async (ms: number, signal: AbortSignal) => {
          pauses.push(ms);
          await wait(2, undefined, { signal }).catch(() => signal.throwIfAborted());
        },
        rng: () => 0.5,
      };
      const done = (async () => {
        const client = createClient({
          ...patience,
          portal: portal.base,
          kid: portal.agentId,
          privateKey: key.privateKey,
          bootId: crypto.randomUUID(),
          version: "0",
          now: ctx.now,
          log: ctx.log,
        });
        await runAgent({
          ...patience,
          ctx,
          client,
          journal: await openJournal(join(config.data, "journal"), ctx.now),
          effects: { ...EFFECTS, ...changes.effects },
          serverKey: await importPublicKey(portal.serverJwk),
          newNonce: () => randomBytes(16).toString("base64url"),
          stop: stop.signal,
          kill: kill.signal,
          leaseAnswerMs: 2_000,
          careEveryMs: 100,
          ...(changes.care ? { care: changes.care } : {}),
        });
      })();
      done.catch(() => undefined);
      const life: Life = {
        done,
        stop,
        kill,
        async end() {
          stop.abort();
          await done;
        },
      };
      lives.push(life);
      return life;
    },
    async [Symbol.asyncDispose]() {
      for (const { stop, kill, done } of lives) {
        stop.abort();
        kill.abort();
        await done.catch(() => undefined);
      }
      await host[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
