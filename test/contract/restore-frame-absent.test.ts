import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keptCopies } from "#agent/restore/kept-copies.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { runRollback } from "#agent/restore/run-rollback.ts";
import { AppError } from "#domain/errors.ts";
import { backUp, requestFor, type World, when, world } from "./restore-frame-world.ts";

async function lose(one: World): Promise<void> {
  await rm(join(one.app.folder, "data.db"));
  await rm(join(one.app.folder, "berkas"), { recursive: true });
}

describe("restore of targets that are gone", () => {
  it("puts the backup in the empty place, with nothing to save and nothing kept", async () => {
    await using one = await world();
    const wanted = await one.app.content();
    const backups = await backUp(one);
    await lose(one);
    one.told.length = 0;
    const results = await runRestore(one.ctx, one.work(), requestFor("job-1", backups));
    expect(await one.app.content()).toEqual(wanted);
    expect(await one.app.remains()).toEqual([]);
    for (const { restore } of results) {
      expect(restore).toMatchObject({ liveBefore: null, safetyBackup: null, digestsEqual: true });
    }
    const phases = new Set(one.told.map(({ phase }) => phase));
    expect(phases).not.toContain("quiesce");
    expect(phases).not.toContain("safety");
    await one.app.write();
    expect(await keptCopies(one.ctx.config.data)).toEqual([]);
    const request = { job: "job-2", restored: "job-1", choices: requestFor("", backups).choices };
    await expect(runRollback(one.ctx, one.work(), request)).rejects.toMatchObject({
      code: "ENGINE_KEPT_GONE",
    });
  });

  it("saves and keeps the one that is still there", async () => {
    await using one = await world();
    const wanted = await one.app.content();
    const backups = await backUp(one);
    await one.app.damage();
    await rm(join(one.app.folder, "data.db"));
    const [database, files] = await runRestore(one.ctx, one.work(), requestFor("job-1", backups));
    expect(await one.app.content()).toEqual(wanted);
    expect(database?.restore?.safetyBackup).toBeNull();
    expect(files?.restore?.safetyBackup).not.toBeNull();
    expect(await keptCopies(one.ctx.config.data)).toMatchObject([{ aliases: ["berkas"] }]);
  });

  it("leaves the places empty where it fails after the first swap", async () => {
    const broken = () => Promise.reject(new AppError("ENGINE_SWAP_FAILED", "as the test wants it"));
    await using one = await world(
      when(
        () => true,
        "directory",
        () => ({ swap: broken }),
      ),
    );
    const backups = await backUp(one);
    await lose(one);
    await expect(
      runRestore(one.ctx, one.work(), requestFor("job-1", backups)),
    ).rejects.toMatchObject({ code: "ENGINE_SWAP_FAILED" });
    for (const { alias, ...target } of one.ctx.config.targets) {
      const io = {
        host: await one.ctx.openHost(target.tempat),
        signal: new AbortController().signal,
        now: one.ctx.now,
        log: one.ctx.log,
      };
      const whole = { alias, ...target } as (typeof one.ctx.config.targets)[number];
      expect(await one.ctx.engine(target.engine).presence(whole, io)).toBe("absent");
    }
    expect(await one.app.remains()).toEqual([]);
  });

  it("never undoes what somebody put there while the side copies were made", async () => {
    await using one = await world(
      when(
        () => true,
        "directory",
        (engine) => ({
          loadSide: async (target, ...rest) => {
            await engine.loadSide(target, ...rest);
            if (target.engine !== "directory") return;
            await rename(join(target.direktori, "..", "penting"), target.direktori);
            throw new AppError("ENGINE_LOAD_FAILED", "as the test wants it");
          },
        }),
      ),
    );
    const backups = await backUp(one);
    const files = join(one.app.folder, "berkas");
    await rename(files, join(one.app.folder, "penting"));
    const before = await one.app.content().catch(() => null);
    expect(before).toBeNull();
    await expect(
      runRestore(one.ctx, one.work(), requestFor("job-1", backups)),
    ).rejects.toMatchObject({ code: "ENGINE_LOAD_FAILED" });
    expect(await one.app.remains()).toEqual([]);
    expect(await resumeRestores(one.ctx)).toEqual([]);
    await one.app.content();
  });
});

describe("restore over damage", () => {
  it("replaces nothing that cannot be saved, and says how it can be restored all the same", async () => {
    await using one = await world();
    const wanted = await one.app.content();
    const backups = await backUp(one);
    const database = join(one.app.folder, "data.db");
    await spoilPages(database);
    const before = await one.app.state();
    const restore = (job: string) =>
      runRestore(one.ctx, one.work({ job }), requestFor(job, backups));
    await expect(restore("job-1")).rejects.toMatchObject({
      code: "ENGINE_LIVE_DAMAGED",
      detail: { alias: "basis-data" },
    });
    expect(await one.app.state()).toEqual(before);
    expect(await one.app.remains()).toEqual([]);
    // What the sentence tells the operator to do.
    await rename(database, `${database}.rusak`);
    await restore("job-2");
    expect(await one.app.content()).toEqual(wanted);
  });
});

describe("proofs before the swap", () => {
  const asked = (jawab: string): Parameters<typeof world>[0] => ({
    care: {
      verifikasi: { fisik: true, pertanyaan: [{ tanya: "SELECT count(*) FROM jabatan", jawab }] },
    },
  });

  it("are told with the result", async () => {
    await using one = await world(asked("2"));
    const backups = await backUp(one);
    await one.app.damage();
    const results = await runRestore(one.ctx, one.work(), requestFor("job-1", backups));
    expect(results.map(({ restore }) => restore?.level)).toEqual(["L5", "L3"]);
  });

  it("stop the restore where an answer is another, and cost nothing", async () => {
    await using one = await world(asked("3"));
    const backups = await backUp(one);
    await one.app.damage();
    const before = await one.app.state();
    await expect(
      runRestore(one.ctx, one.work(), requestFor("job-1", backups)),
    ).rejects.toMatchObject({ code: "ENGINE_ANSWER", detail: { question: 1 } });
    expect(await one.app.state()).toEqual(before);
    expect(await one.app.remains()).toEqual([]);
  });
});

/** The header stays, so that it still looks like a database. */
async function spoilPages(path: string): Promise<void> {
  const file = await open(path, "r+");
  const { size } = await file.stat();
  await file.write(Buffer.alloc(8_192, 0x5a), 0, 8_192, Math.floor(size / 2 / 4_096) * 4_096);
  await file.close();
}
