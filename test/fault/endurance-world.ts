/**
 * An agent with a database and its files, a vault and the identity that may delete, beside a model of
 * what users must read and which backups must be there. The model knows nothing of how the agent does
 * its work: it only remembers what users wrote and what was asked for.
 */
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import { clearAllDrills } from "#agent/care/clear-drills.ts";
import { MaintainerConfig } from "#agent/config/maintainer.ts";
import type { Maintenance } from "#agent/keep/plan-retention.ts";
import { journalledWork } from "#agent/restore/restore-journal.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { sideNames } from "#agent/restore/side-names.ts";
import type { BackupSummary } from "#protocol/v1.ts";
import { assertInvariants } from "#support/invariants.ts";
import { descendantsOf } from "#support/proc.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { type TestTarget, type WorkContext, workContext } from "#support/work-context.ts";

export const ALIASES = ["basis-data", "berkas"] as const;
export type Alias = (typeof ALIASES)[number];
export const DAY_MS = 86_400_000;
/** Stands in every row and file; nobody but users may ever read it. */
const MARK = "NIK-6471010101900001";

/** Rows by key, or files by name; null where the target is gone. */
export type Content = Readonly<Record<string, string>> | null;
export type State = Readonly<Record<Alias, Content>>;

export interface KnownBackup {
  readonly summary: BackupSummary;
  readonly content: Content;
  isDamaged: boolean;
}

/** The former data of a restore, which a rollback brings back. */
export interface Kept {
  readonly job: string;
  readonly former: Partial<Record<Alias, Content>>;
  readonly aliases: readonly Alias[];
  readonly choices: readonly { readonly alias: Alias; readonly backup: string }[];
}

export interface Model {
  live: State;
  backups: KnownBackup[];
  kept: Kept[];
  /** False after the clock was set back, until the calendar has caught up. */
  isClockSteady: boolean;
  jobs: number;
  /** Actions so far, for the figures. */
  actions: number;
}

export interface World extends AsyncDisposable {
  readonly dir: string;
  agent: WorkContext;
  clockMs: number;
  readonly programs: readonly number[];
  /** A new agent in the place of one that was killed. */
  restart(): Promise<void>;
  maintenance(): Maintenance;
  write(alias: Alias, key: number, text: string | null): Promise<void>;
  remove(alias: Alias): Promise<void>;
  flip(object: string, at: number): Promise<void>;
}

/** A day of work: users wrote, and both targets were backed up. */
export async function begun(world: World): Promise<Model> {
  const text = marked("awal");
  const model: Model = {
    live: { "basis-data": { k0: text }, berkas: { k0: text } },
    backups: [],
    kept: [],
    isClockSteady: true,
    jobs: 0,
    actions: 0,
  };
  for (const alias of ALIASES) {
    await world.write(alias, 0, text);
    await runBackup(world.agent.ctx, world.agent.work({ job: null }), alias, "backup");
  }
  await adoptBackups(world, model, model.live);
  return model;
}

export async function openWorld(): Promise<World> {
  const temp: TempDir = await tempDir();
  // Agents that are killed keep what they have compiled beside their world.
  const dir = join(temp.path, "world");
  const database = join(dir, "app", "data.db");
  const folder = join(dir, "app", "berkas");
  await mkdir(folder, { recursive: true });
  withDatabase(database, (db) => db.exec("CREATE TABLE warga (id INTEGER PRIMARY KEY, isi TEXT)"));
  const daily = { cron: "0 1 * * *", acakMenit: 0 };
  const targets: readonly TestTarget[] = [
    { alias: "basis-data", engine: "sqlite", berkas: database, jadwal: daily, ujiPulih: daily },
    { alias: "berkas", engine: "directory", direktori: folder, jadwal: daily, ujiPulih: daily },
  ];
  await writeFile(join(dir, "targets.json"), JSON.stringify(targets));
  const open = async (): Promise<WorkContext> => {
    const made = await workContext({ dir, targets });
    return { ...made, ctx: { ...made.ctx, now: () => new Date(world.clockMs) } };
  };
  const world: World = {
    dir,
    agent: undefined as unknown as WorkContext,
    clockMs: Date.now(),
    programs: descendantsOf(process.pid),
    async restart() {
      await world.agent[Symbol.asyncDispose]();
      world.agent = await open();
      for (const { data } of await resumeRestores(world.agent.ctx)) {
        expect(data).not.toBe("needs_human");
      }
      await clearAllDrills(world.agent.ctx);
    },
    maintenance: () => maintenanceOf(world),
    async write(alias, key, text) {
      const name = `k${key}`;
      if (alias === "basis-data") {
        withDatabase(database, (db) => {
          if (text === null) db.prepare("DELETE FROM warga WHERE id = ?").run(key);
          else db.prepare("INSERT OR REPLACE INTO warga VALUES (?, ?)").run(key, text);
        });
      } else if (text === null) await rm(join(folder, name), { force: true });
      else await writeFile(join(folder, name), text);
    },
    async remove(alias) {
      await rm(alias === "berkas" ? folder : database, { recursive: true });
    },
    async flip(object, at) {
      await using file = await openFile(join(dir, "vault", "objects", object));
      const { size } = await file.stat();
      const byte = Buffer.alloc(1);
      await file.read(byte, 0, 1, at % size);
      byte[0] = (byte[0] ?? 0) ^ (1 << (at % 8));
      await file.write(byte, 0, 1, at % size);
    },
    async [Symbol.asyncDispose]() {
      await world.agent[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
  world.agent = await open();
  // What stands in the vault before anything was backed up: nothing, but a vault.
  await world.agent.ctx.vault("gudang").prepare();
  return world;
}

/** What a user wrote, as it stands in a row or a file. */
export function marked(text: string): string {
  return `${MARK} ${text}`;
}

/** What must hold after whatever was done: the seven invariants, and what the model says. */
export async function assertAsModelled(world: World, model: Model): Promise<void> {
  const { agent, dir, programs } = world;
  const present = new Set(await readdir(join(dir, "app")));
  for (const alias of ALIASES) present.delete(nameOf(alias));
  const kept = model.kept.flatMap(({ job, former, aliases }) =>
    aliases
      .filter((alias) => former[alias] !== null)
      .map((alias) => `${nameOf(alias)}.${sideNames(job).old}`),
  );
  expect([...present]).toEqual(expect.arrayContaining(kept));
  const usable = model.backups.filter((backup) => !backup.isDamaged);
  await assertInvariants({
    agent,
    live: { now: await readLive(dir), allowed: [model.live] },
    backups: usable.map(({ summary }) => summary.id),
    remains: [...present].filter((name) => !kept.includes(name)),
    programs,
    secrets: [MARK],
  });
  const listed = await listBackups(agent.ctx, null);
  expect(listed.map(({ manifest }) => manifest.id).sort()).toEqual(
    usable.map(({ summary }) => summary.id).sort(),
  );
  agent.told.length = 0;
  agent.logged.length = 0;
}

/** Backups that are there now and were not before: they hold what was live. */
export async function adoptBackups(
  world: World,
  model: Model,
  live: State,
): Promise<readonly BackupSummary[]> {
  const known = new Set(model.backups.map(({ summary }) => summary.id));
  const fresh = (await listBackups(world.agent.ctx, null))
    .map(({ summary }) => summary)
    .filter(({ id }) => !known.has(id));
  for (const summary of fresh) {
    const content = live[summary.alias as Alias];
    expect(content).not.toBeNull();
    model.backups.push({ summary, content, isDamaged: false });
  }
  return fresh;
}

/** How the journal says that a job ended; null where it never began. */
export async function endOf(world: World, job: string): Promise<"new" | "old" | null> {
  const { works } = await journalledWork(world.agent.ctx.config.data);
  return works.find((work) => work.job === job)?.end?.data ?? null;
}

/** By means of their own, not the engines'. */
async function readLive(dir: string): Promise<State> {
  const names = await readdir(join(dir, "app"));
  const rows: Record<string, string> = {};
  if (names.includes("data.db")) {
    withDatabase(join(dir, "app", "data.db"), (db) => {
      for (const { id, isi } of db.prepare("SELECT id, isi FROM warga").all()) {
        rows[`k${id}`] = String(isi);
      }
    });
  }
  const files: Record<string, string> = {};
  const folder = join(dir, "app", "berkas");
  if (names.includes("berkas")) {
    for (const name of await readdir(folder)) {
      files[name] = await readFile(join(folder, name), "utf8");
    }
  }
  return {
    "basis-data": names.includes("data.db") ? rows : null,
    berkas: names.includes("berkas") ? files : null,
  };
}

function nameOf(alias: Alias): string {
  return alias === "basis-data" ? "data.db" : "berkas";
}

function withDatabase(path: string, act: (db: DatabaseSync) => unknown): void {
  // Whoever is kept out is told at once, and the run fails.
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    act(db);
  } finally {
    db.close();
  }
}

function openFile(path: string) {
  return open(path, "r+");
}

function maintenanceOf({ agent, dir, clockMs }: World): Maintenance {
  const { ctx } = agent;
  const rule = {
    zona: "Asia/Makassar",
    retensi: { terakhir: 1, harian: 2, mingguan: 0, bulanan: 0, tahunan: 0, minimalHari: 1 },
  } as const;
  const config = MaintainerConfig.parse({
    data: join(dir, "pemelihara"),
    vaults: ctx.config.vaults,
    agen: [{ nama: ctx.key.id, kunci: "A".repeat(43), data: ctx.config.data }],
    sasaran: ALIASES.map((alias) => ({ alias, agen: ctx.key.id, ...rule })),
  });
  return {
    config,
    signers: [{ name: ctx.key.id, publicKey: ctx.key.publicKey }],
    vault: ctx.vault,
    portalTime: async () => null,
    now: () => new Date(clockMs),
    log: ctx.log,
  };
}
