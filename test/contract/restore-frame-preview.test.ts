import { appendFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { runPreview } from "#agent/restore/run-preview.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { AppError } from "#domain/errors.ts";
import { Preview } from "#protocol/v1.ts";
import { backUp, requestFor, type World, when, world } from "./restore-frame-world.ts";

function previewed(one: World, backups: Awaited<ReturnType<typeof backUp>>, job = "job-p") {
  const request = { ...requestFor(job, backups), request: "req-1" };
  return runPreview(one.ctx, one.work({ job }), request);
}

describe("preview", () => {
  it("tells to the row what a restore would add, change and lose, and touches nothing", async () => {
    await using one = await world();
    const backups = await backUp(one);
    await one.app.damage();
    await one.app.write();
    const before = await one.app.state();
    one.told.length = 0;
    const [database, files] = await previewed(one, backups);

    expect(Preview.parse(database?.preview)).toEqual({
      live: "present",
      units: [
        // A new row since the backup; every third of 2,000 was spoiled.
        { name: "pegawai", added: 0, changed: 666, lost: 1 },
        { name: "jabatan", added: 2, changed: 0, lost: 0 },
      ],
      total: { added: 2, changed: 666, lost: 1 },
      changedUnits: 2,
      equalUnits: 0,
      objects: [{ kind: "tables", before: 1, after: 2 }],
      definitions: [{ kind: "tables", name: "jabatan", change: "added" }],
      changedDefinitions: 1,
    });
    expect(files?.preview).toMatchObject({
      live: "present",
      units: [
        { name: ".", added: 0, changed: 1, lost: 1 },
        { name: "./surat", added: 1, changed: 0, lost: 0 },
      ],
      total: { added: 1, changed: 1, lost: 1 },
    });
    expect(database?.backup).toEqual(backups[0]?.summary);
    expect(await one.app.state()).toEqual(before);
    expect(await one.app.remains()).toEqual([]);
    expect(await resumeRestores(one.ctx)).toEqual([]);
    expect([...new Set(one.told.map(({ phase }) => phase))]).toEqual([
      ...["preflight", "side", "verify", "compare", "drop", "done"],
    ]);
    for (const { message } of one.told) expect(message).toMatch(/^[A-Z][^/\\]*\.$/);
  });

  it("tells of equal data that nothing changes", async () => {
    await using one = await world();
    const backups = await backUp(one);
    for (const { preview } of await previewed(one, backups)) {
      expect(preview).toMatchObject({ live: "present", units: [], changedUnits: 0, objects: [] });
      expect(preview?.equalUnits).toBeGreaterThan(0);
    }
  });

  it("tells where nothing is live, and where what is live can be read no more", async () => {
    await using one = await world();
    const backups = await backUp(one);
    await rm(join(one.app.folder, "berkas"), { recursive: true });
    await writeFile(join(one.app.folder, "data.db"), "bukan basis data ".repeat(500));
    const [database, files] = await previewed(one, backups);
    expect(database?.preview).toMatchObject({ live: "unreadable", units: [], changedUnits: 0 });
    expect(files?.preview).toMatchObject({ live: "absent", total: { added: 2, lost: 0 } });
    expect(await one.app.remains()).toEqual([]);
  });

  it.each(["loadSide", "compare", "dropSide"] as const)(
    "leaves nothing where %s fails, nor where it is called off there",
    async (method) => {
      let fails = true;
      const control = new AbortController();
      await using one = await world(
        when(
          () => fails,
          "directory",
          (engine) => ({
            [method]: async (...args: never[]) => {
              if (!control.signal.aborted)
                control.abort(new AppError("JOB_CANCELLED", "as wanted"));
              fails = false;
              await (engine[method] as (...all: never[]) => Promise<unknown>)(...args);
              throw new AppError("ENGINE_CONNECT", "as the test wants it");
            },
          }),
        ),
      );
      fails = false;
      const backups = await backUp(one);
      const before = await one.app.state();
      fails = true;
      const work = one.work({ job: "job-p", signal: control.signal });
      await expect(runPreview(one.ctx, work, requestFor("job-p", backups))).rejects.toMatchObject({
        code: "JOB_CANCELLED",
      });
      expect(await one.app.state()).toEqual(before);
      expect(await one.app.remains()).toEqual([]);
      expect(await resumeRestores(one.ctx)).toEqual([]);
    },
  );

  it("binds the restore of its request to the target that it showed", async () => {
    await using one = await world();
    const backups = await backUp(one);
    await previewed(one, backups);
    const database = join(one.app.folder, "data.db");
    // The same path, another file: as when an alias is pointed at another server.
    await rename(database, join(one.app.folder, "lain.db"));
    const other = new DatabaseSync(database);
    other.exec("CREATE TABLE produksi (id INTEGER PRIMARY KEY)");
    other.close();
    const before = await one.app.state();
    const restore = (job: string, request: string) =>
      runRestore(one.ctx, one.work({ job }), { ...requestFor(job, backups), request });
    await expect(restore("job-1", "req-1")).rejects.toMatchObject({
      code: "ENGINE_OTHER_TARGET",
      detail: { alias: "basis-data" },
    });
    expect(await one.app.state()).toEqual(before);
    // Another request has another preview.
    await restore("job-2", "req-2");
  });

  it("binds it also where the preview found an empty place that somebody has filled since", async () => {
    await using one = await world();
    const backups = await backUp(one);
    const files = join(one.app.folder, "berkas");
    await rm(files, { recursive: true });
    await previewed(one, backups);
    await mkdir(files);
    await appendFile(join(files, "penting.txt"), "tulisan baru");
    const request = { ...requestFor("job-1", backups), request: "req-1" };
    await expect(runRestore(one.ctx, one.work(), request)).rejects.toMatchObject({
      code: "ENGINE_OTHER_TARGET",
    });
    expect(await one.app.remains()).toEqual([]);
  });
});
