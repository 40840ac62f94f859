import { readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import { begunDrills, keepRecord, keptRecords } from "#agent/care/drill-store.ts";
import { provenBackups } from "#agent/care/proofs.ts";
import { runDrill } from "#agent/care/run-drill.ts";
import type { Engine } from "#agent/engines/engine.ts";
import { AppError } from "#domain/errors.ts";
import { smallApplication } from "#support/small-application.ts";
import { tempDir } from "#support/temp-dir.ts";
import { type WorkContext, workContext } from "#support/work-context.ts";

const ALIASES = ["basis-data", "berkas"] as const;

interface World extends AsyncDisposable {
  readonly app: Awaited<ReturnType<typeof smallApplication>>;
  readonly one: WorkContext;
}

/** An application with one backup of each target, changed since. */
async function world(
  changes: { readonly engine?: (engine: Engine) => Engine; readonly verifikasi?: object } = {},
): Promise<World> {
  const dir = await tempDir();
  const app = await smallApplication(join(dir.path, "app"));
  const { verifikasi } = changes;
  const targets = app.targets.map((target) =>
    verifikasi && target.alias === "basis-data" ? { ...target, verifikasi } : target,
  );
  const one = await workContext({
    dir: dir.path,
    targets: targets as unknown as typeof app.targets,
    ...(changes.engine ? { engine: changes.engine } : {}),
  });
  for (const alias of ALIASES) await runBackup(one.ctx, one.work(), alias, "backup");
  await app.write();
  return {
    app,
    one,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** Cuts the stored stream of the newest backup of a target. */
async function corrupt({ ctx, vaultDir }: WorkContext, alias: string): Promise<string> {
  const [newest] = await listBackups(ctx, alias);
  if (!newest) throw new Error("no backup");
  const { object } = newest.manifest.receipt;
  const found = (await readdir(vaultDir, { recursive: true })).find((name) =>
    name.endsWith(object),
  );
  const path = join(vaultDir, found ?? "gone");
  await truncate(path, Math.floor((await stat(path)).size / 2));
  return newest.manifest.id;
}

describe("a drill", () => {
  test("proves the newest backup and leaves the live data and the place as they were", async () => {
    await using it = await world();
    const { app, one } = it;
    const before = await app.state();
    for (const alias of ALIASES) {
      const { record } = await runDrill(one.ctx, one.work(), alias);
      const [newest] = await listBackups(one.ctx, alias);
      expect(record).toMatchObject({ ok: true, level: "L3", backup: newest?.manifest.id });
    }
    expect(await app.state()).toEqual(before);
    expect(await app.remains()).toEqual([]);
    expect(await begunDrills(one.ctx.config.data)).toEqual([]);
    expect([...(await provenBackups(one.ctx)).values()].map(({ level }) => level)).toEqual([
      "L3",
      "L3",
    ]);
  });

  test("of a target that is gone proves its backup all the same", async () => {
    await using it = await world();
    await rm(join(it.app.folder, "data.db"));
    await rm(join(it.app.folder, "berkas"), { recursive: true });
    for (const alias of ALIASES) {
      const { record } = await runDrill(it.one.ctx, it.one.work(), alias);
      expect(record, alias).toMatchObject({ ok: true, level: "L3" });
    }
    expect(await readdir(it.app.folder)).toEqual([]);
  });

  test("goes as deep as the operator's config says", async () => {
    const pertanyaan = [{ tanya: "SELECT count(*) FROM pegawai", jawab: "2000" }];
    await using it = await world({ verifikasi: { fisik: true, pertanyaan } });
    const deep = await runDrill(it.one.ctx, it.one.work(), "basis-data");
    expect(deep.record).toMatchObject({ ok: true, level: "L5" });
    const physical = await runDrill(it.one.ctx, it.one.work(), "basis-data", {
      verification: { fisik: true, pertanyaan: [] },
    });
    expect(physical.record).toMatchObject({ ok: true, level: "L4" });
  });

  test("whose copy does not answer as it should has failed, and says so without the answer", async () => {
    const pertanyaan = [{ tanya: "SELECT nama FROM pegawai WHERE id = 7", jawab: "Pegawai 8" }];
    await using it = await world({ verifikasi: { fisik: false, pertanyaan } });
    const { record } = await runDrill(it.one.ctx, it.one.work(), "basis-data");
    expect(record).toMatchObject({ ok: false, error: "ENGINE_ANSWER", rows: 0 });
    expect(JSON.stringify([it.one.logged, it.one.told, record])).not.toContain("Pegawai 7");
    expect(await it.app.remains()).toEqual([]);
  });

  test("of a corrupt backup is a failed drill, told as such; others are untouched by it", async () => {
    await using it = await world();
    const { app, one } = it;
    const older = (await listBackups(one.ctx, "basis-data"))[0]?.manifest.id;
    await runBackup(one.ctx, one.work(), "basis-data", "backup");
    const damaged = await corrupt(one, "basis-data");
    const before = await app.state();

    const { record } = await runDrill(one.ctx, one.work(), "basis-data");
    expect(record).toMatchObject({
      ok: false,
      error: "VAULT_CORRUPT",
      backup: damaged,
      units: 0,
      rows: 0,
    });
    expect(await app.state()).toEqual(before);
    expect(await app.remains()).toEqual([]);
    expect(await keptRecords(one.ctx.config.data)).toHaveLength(1);

    // What is damaged is not offered again; the next drill proves what there is instead.
    expect((await listBackups(one.ctx, "basis-data")).map(({ manifest }) => manifest.id)).toEqual([
      older,
    ]);
    const next = await runDrill(one.ctx, one.work(), "basis-data");
    expect(next.record).toMatchObject({ ok: true, backup: older });
    const other = await runDrill(one.ctx, one.work(), "berkas");
    expect(other.record.ok).toBe(true);
  });

  test("takes a safety backup only where there is no other", async () => {
    await using it = await world();
    const { one } = it;
    const safety = await runBackup(one.ctx, one.work(), "berkas", "safety");
    const { record } = await runDrill(one.ctx, one.work(), "berkas");
    expect(record.backup).not.toBe(safety.manifest.id);
    const asked = await runDrill(one.ctx, one.work(), "berkas", { backup: safety.manifest.id });
    expect(asked.record).toMatchObject({ ok: true, backup: safety.manifest.id });
  });

  test("that could not be tried says nothing of the backup", async () => {
    await using it = await world({
      engine: (engine) => ({
        ...engine,
        preflight: async () => {
          throw new AppError("ENGINE_CONNECT", "no server");
        },
      }),
    });
    const { ctx } = it.one;
    await expect(runDrill(ctx, it.one.work(), "berkas")).rejects.toMatchObject({
      code: "ENGINE_CONNECT",
    });
    expect(await keptRecords(ctx.config.data)).toEqual([]);
  });

  test("for which there is no room fails before anything is written", async () => {
    let loads = 0;
    await using it = await world({
      engine: (engine) => ({
        ...engine,
        preflight: async (...args) => ({ ...(await engine.preflight(...args)), freeBytes: 10 }),
        loadSide: async (...args) => {
          loads += 1;
          return engine.loadSide(...args);
        },
      }),
    });
    const { record } = await runDrill(it.one.ctx, it.one.work(), "berkas");
    expect(record).toMatchObject({ ok: false, error: "ENGINE_SPACE" });
    expect(loads).toBe(0);
  });

  test("that is called off leaves no copy, no record and no note", async () => {
    const control = new AbortController();
    await using it = await world({
      engine: (engine) => ({
        ...engine,
        digest: async (...args) => {
          control.abort(new AppError("JOB_CANCELLED", "enough"));
          return engine.digest(...args);
        },
      }),
    });
    const { ctx } = it.one;
    const work = it.one.work({ signal: control.signal });
    await expect(runDrill(ctx, work, "berkas")).rejects.toMatchObject({ code: "JOB_CANCELLED" });
    expect(await it.app.remains()).toEqual([]);
    expect(await keptRecords(ctx.config.data)).toEqual([]);
    expect(await begunDrills(ctx.config.data)).toEqual([]);
  });

  test("is remembered with the hundred newest, and a foreign file among them is passed over", async () => {
    await using it = await world();
    const { ctx } = it.one;
    const { record, envelope } = await runDrill(ctx, it.one.work(), "berkas");
    for (let index = 0; index < 103; index++) {
      const finishedAt = new Date(Date.UTC(2030, 0, 1, 0, index)).toISOString();
      const marked = { ...envelope, signatures: [{ keyid: finishedAt, sig: "AAAA" }] };
      await keepRecord(ctx.config.data, { ...record, id: `d-${index}`, finishedAt }, marked);
    }
    const folder = join(ctx.config.data, "drills", "ended");
    await writeFile(join(folder, "0.json"), "not a record");
    const kept = await keptRecords(ctx.config.data);
    expect(kept).toHaveLength(100);
    expect(kept[0]?.signatures[0]?.keyid).toBe("2030-01-01T01:42:00.000Z");
    expect(kept.at(-1)?.signatures[0]?.keyid).toBe("2030-01-01T00:03:00.000Z");
  });
});
