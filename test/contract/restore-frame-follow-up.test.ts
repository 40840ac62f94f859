import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { keptCopies } from "#agent/restore/kept-copies.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { runDrop } from "#agent/restore/run-drop.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { runRollback } from "#agent/restore/run-rollback.ts";
import { sideNames } from "#agent/restore/side-names.ts";
import { AppError } from "#domain/errors.ts";
import type { ApplicationState } from "#support/small-application.ts";
import type { WorkContextOptions } from "#support/work-context.ts";
import { backUp, requestFor, type World, when, world } from "./restore-frame-world.ts";

interface Restored extends World {
  readonly damaged: ApplicationState;
  readonly restored: ApplicationState;
  follow(
    verb: "rollback" | "drop",
    job?: string,
    over?: Parameters<World["work"]>[0],
  ): Promise<unknown>;
}

const CHOICES = [{ alias: "basis-data" }, { alias: "berkas" }];

/** An application that was damaged and restored by job-1, and written to since. */
async function restoredWorld(over: Partial<WorkContextOptions> = {}): Promise<Restored> {
  const one = await world(over);
  const backups = await backUp(one);
  await one.app.damage();
  const damaged = await one.app.content();
  await runRestore(one.ctx, one.work(), requestFor("job-1", backups));
  await one.app.write();
  return {
    ...one,
    damaged,
    restored: await one.app.content(),
    follow: (verb, job = "job-2", overWork = {}) =>
      (verb === "rollback" ? runRollback : runDrop)(one.ctx, one.work({ job, ...overWork }), {
        job,
        restored: "job-1",
        choices: CHOICES,
      }),
  };
}

describe("rollback by request", () => {
  it("brings the former data back, and keeps what was live until then as backups", async () => {
    await using one = await restoredWorld();
    one.told.length = 0;
    const results = (await one.follow("rollback")) as Awaited<ReturnType<typeof runRollback>>;
    expect(await one.app.content()).toEqual(one.damaged);
    expect(await one.app.remains()).toEqual([]);
    await one.app.write();
    expect([...new Set(one.told.map(({ phase }) => phase))]).toEqual([
      ...["preflight", "verify", "quiesce", "safety", "swap", "check_live", "done"],
    ]);
    const all = await listBackups(one.ctx, null);
    const safety = results.flatMap(({ followUp }) =>
      all.filter(({ summary }) => summary.id === followUp?.safetyBackup),
    );
    expect(safety).toHaveLength(2);
    // What users wrote after the restore is not lost: it can be restored in turn.
    await runRestore(one.ctx, one.work({ job: "job-3" }), requestFor("job-3", safety));
    expect(await one.app.content()).toEqual(one.restored);
    expect((await keptCopies(one.ctx.config.data)).map(({ job, state }) => [job, state])).toEqual(
      expect.arrayContaining([
        ["job-1", "rolled_back"],
        ["job-3", "kept"],
      ]),
    );
  });

  it("says what was live before the restore", async () => {
    await using one = await world();
    const backups = await backUp(one);
    await one.app.damage();
    const restored = await runRestore(one.ctx, one.work(), requestFor("job-1", backups));
    const request = { job: "job-2", restored: "job-1", choices: CHOICES };
    const results = await runRollback(one.ctx, one.work({ job: "job-2" }), request);
    expect(results.map(({ followUp }) => followUp?.liveAfter)).toEqual(
      restored.map(({ restore }) => restore?.liveBefore),
    );
  });

  it("is done once, and not of a restore that never was, ended old, or of other targets", async () => {
    await using one = await restoredWorld();
    const ask = (restored: string, choices = CHOICES) =>
      runRollback(one.ctx, one.work(), { job: "job-9", restored, choices });
    await expect(ask("job-7")).rejects.toMatchObject({ code: "ENGINE_KEPT_GONE" });
    await expect(ask("job-1", [{ alias: "berkas" }])).rejects.toMatchObject({
      code: "AGENT_BUNDLE",
    });
    await one.follow("rollback");
    await expect(one.follow("rollback", "job-3")).rejects.toMatchObject({
      code: "ENGINE_KEPT_GONE",
    });
    await expect(one.follow("drop", "job-4")).rejects.toMatchObject({ code: "ENGINE_KEPT_GONE" });
  });

  it("tells all that stands against it at once, before it touches anything", async () => {
    await using one = await restoredWorld();
    const { old } = sideNames("job-1");
    await rm(join(one.app.folder, `data.db.${old}`));
    await rm(join(one.app.folder, `berkas.${old}`), { recursive: true });
    one.told.length = 0;
    await expect(one.follow("rollback")).rejects.toMatchObject({
      code: "ENGINE_KEPT_GONE",
      detail: { alias: "basis-data" },
    });
    const refusals = one.told.filter(({ message }) => message.startsWith("Belum dapat dimulai"));
    expect(refusals.map(({ alias }) => alias)).toEqual(["basis-data", "berkas"]);
    expect(await one.app.content()).toEqual(one.restored);
  });

  it.each(["lease", "safety", "swap"] as const)(
    "leaves the restored data where it fails before anything was swapped: %s",
    async (where) => {
      let isOn = false;
      const broken = () =>
        Promise.reject(new AppError("ENGINE_SWAP_FAILED", "as the test wants it"));
      await using one = await restoredWorld(
        when(
          () => isOn && where !== "lease",
          "sqlite",
          () => (where === "safety" ? { dump: broken } : { rollback: broken }),
        ),
      );
      isOn = true;
      const confirmLease = async () => {
        if (where === "lease") throw new AppError("JOB_STALE_LEASE", "as the test wants it");
      };
      await expect(one.follow("rollback", "job-2", { confirmLease })).rejects.toMatchObject({
        code: where === "lease" ? "JOB_STALE_LEASE" : "ENGINE_SWAP_FAILED",
      });
      expect(await one.app.content()).toEqual(one.restored);
      await one.app.write();
      expect(await resumeRestores(one.ctx)).toEqual([]);
      isOn = false;
      await one.follow("rollback", "job-3");
      expect(await one.app.content()).toEqual(one.damaged);
    },
  );

  it("goes on to its end where it fails between two targets", async () => {
    let failures = 0;
    await using one = await restoredWorld(
      when(
        () => true,
        "directory",
        (engine) => ({
          rollback: (...args) => {
            failures += 1;
            if (failures > 1) return engine.rollback(...args);
            return Promise.reject(new AppError("ENGINE_SWAP_FAILED", "as the test wants it"));
          },
        }),
      ),
    );
    await one.follow("rollback");
    expect(failures).toBe(2);
    expect(await one.app.content()).toEqual(one.damaged);
  });
});

describe("drop of kept copies", () => {
  it("removes them for good and says so, once", async () => {
    await using one = await restoredWorld();
    expect(await keptCopies(one.ctx.config.data)).toMatchObject([
      { job: "job-1", state: "kept", aliases: ["basis-data", "berkas"] },
    ]);
    const [kept] = await keptCopies(one.ctx.config.data);
    expect(kept?.safetyBackups).toHaveLength(2);
    expect(await one.follow("drop")).toMatchObject([
      { alias: "basis-data", followUp: { restored: "job-1", safetyBackup: null } },
      { alias: "berkas", followUp: { restored: "job-1", safetyBackup: null } },
    ]);
    expect(await one.app.remains()).toEqual([]);
    expect(await one.app.content()).toEqual(one.restored);
    expect(await keptCopies(one.ctx.config.data)).toMatchObject([{ state: "dropped" }]);
    await expect(one.follow("rollback", "job-3")).rejects.toMatchObject({
      code: "ENGINE_KEPT_GONE",
    });
  });

  it("does not take what may be all there is, nor runs without its lease", async () => {
    await using one = await restoredWorld();
    const confirmLease = () => Promise.reject(new AppError("JOB_STALE_LEASE", "as wanted"));
    await expect(one.follow("drop", "job-2", { confirmLease })).rejects.toMatchObject({
      code: "JOB_STALE_LEASE",
    });
    await rm(join(one.app.folder, "berkas"), { recursive: true });
    await expect(one.follow("drop", "job-3")).rejects.toMatchObject({
      code: "ENGINE_OTHER_TARGET",
      detail: { alias: "berkas" },
    });
    expect(await one.app.remains()).toHaveLength(2);
  });

  it("can be asked for again where it failed", async () => {
    let isBroken = true;
    await using one = await restoredWorld(
      when(
        () => isBroken,
        "directory",
        () => ({ dropOld: () => Promise.reject(new AppError("ENGINE_CONNECT", "as wanted")) }),
      ),
    );
    await expect(one.follow("drop")).rejects.toMatchObject({ code: "ENGINE_NEEDS_HUMAN" });
    expect(await keptCopies(one.ctx.config.data)).toMatchObject([{ state: "kept" }]);
    isBroken = false;
    await one.follow("drop", "job-3");
    expect(await one.app.remains()).toEqual([]);
  });
});
