import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import { runDrill } from "#agent/care/run-drill.ts";
import { createScheduler } from "#agent/care/scheduler.ts";
import { freshState } from "#agent/care/state.ts";
import { smallApplication } from "#support/small-application.ts";
import { tempDir } from "#support/temp-dir.ts";
import { type TestTarget, type WorkContext, workContext } from "#support/work-context.ts";
import { shows } from "../fault/faults.ts";

const RIVAL = fileURLToPath(new URL("./rival-scheduler.ts", import.meta.url));
const LONG_AGO = new Date("2020-01-01T00:00:00Z");
const YEARLY = { cron: "0 0 1 1 *", acakMenit: 0 };

/** A target whose yearly backup is due, and the agent that knows it for long. */
async function dueWorld(dir: string): Promise<WorkContext> {
  const app = await smallApplication(join(dir, "app"));
  const targets: TestTarget[] = [{ ...app.targets[0], jadwal: YEARLY }];
  await writeFile(join(dir, "targets.json"), JSON.stringify(targets));
  const agent = await workContext({ dir, targets });
  const folder = join(agent.ctx.config.data, "care");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "basis-data.json"), JSON.stringify(freshState(LONG_AGO)));
  await agent.ctx.vault("gudang").prepare();
  return agent;
}

/** A program that has seen what is due and waits to be let go. */
async function startRival(world: string) {
  const child = spawn(process.execPath, ["--no-warnings", RIVAL, world], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const due = JSON.parse(String((await lines.next()).value)) as { readonly kind: string } | null;
  return {
    due,
    /** What it logged, once it has ended. */
    async go(): Promise<string[]> {
      child.stdin.end("go\n");
      const said = JSON.parse(String((await lines.next()).value)) as string[];
      expect((await ended)[0]).toBe(0);
      return said;
    },
  };
}

describe("a slot of the calendar that is asked for twice", () => {
  test("is run once by one agent", { tags: shows("agent", 50) }, async () => {
    await using dir = await tempDir();
    await using agent = await dueWorld(dir.path);
    const scheduler = createScheduler(agent.ctx, {
      backup: (ctx, work, alias) => runBackup(ctx, work, alias, "backup"),
      drill: runDrill,
    });
    const first = await scheduler.due();
    const second = await scheduler.due();
    expect(first).toMatchObject({ kind: "backup", alias: "basis-data" });
    expect(second).toEqual(first);
    const { signal } = new AbortController();
    for (const run of [first, second]) if (run) await scheduler.run(run, signal);
    expect(await listBackups(agent.ctx, null)).toHaveLength(1);
    const { kind } = (await scheduler.due()) ?? { kind: null };
    expect(kind).not.toBe("backup");
  });

  test("is run once by two processes that both saw it due", {
    tags: shows("agent", 50),
  }, async () => {
    await using dir = await tempDir();
    await using agent = await dueWorld(dir.path);
    const rivals = [await startRival(dir.path), await startRival(dir.path)];
    for (const { due } of rivals) expect(due?.kind).toBe("backup");
    const said = await Promise.all(rivals.map((rival) => rival.go()));
    expect(said.flat().filter((message) => message === "scheduled run begins")).toHaveLength(1);
    expect(await listBackups(agent.ctx, null)).toHaveLength(1);
  });

  test("is run once where the second process comes to it after the first has ended", {
    tags: shows("agent", 50),
  }, async () => {
    await using dir = await tempDir();
    await using agent = await dueWorld(dir.path);
    const [first, second] = [await startRival(dir.path), await startRival(dir.path)];
    expect(await first.go()).toContain("scheduled run ended");
    expect(await second.go()).toContain("scheduled run was made already");
    expect(await listBackups(agent.ctx, null)).toHaveLength(1);
  });
});
