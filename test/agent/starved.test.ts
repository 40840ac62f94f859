import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import type { Host } from "#agent/process/host.ts";
import { assertInvariants } from "#support/invariants.ts";
import { descendantsOf } from "#support/proc.ts";
import { smallApplication } from "#support/small-application.ts";
import { tempDir } from "#support/temp-dir.ts";
import { workContext } from "#support/work-context.ts";
import { shows } from "../fault/faults.ts";
import { approvedParts } from "./approved-offer.ts";
import { startPortal } from "./fake-portal.ts";
import { openWorkshop } from "./workshop.ts";

const PROGRAM = fileURLToPath(new URL("./starved-agent.ts", import.meta.url));
const isFull = process.env["PULIH_FAULT"] === "full";
/** Descriptors above those that are open; a backup needs some ten at a time. */
const SPARE = isFull ? Array.from({ length: 14 }, (_, index) => index) : [0, 3, 6, 9];
const ENOUGH = 4_096;

interface Said {
  readonly outcome: string;
  readonly code: string | null;
  readonly backups: readonly string[];
}

async function startStarved(world: string) {
  const child = spawn(process.execPath, ["--no-warnings", PROGRAM, world], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  return {
    open: () => readdirSync(`/proc/${pid}/fd`).length,
    async allow(files: number): Promise<void> {
      const limit = `--nofile=${files}:${ENOUGH}`;
      await promisify(execFile)("prlimit", ["--pid", String(pid), limit]);
    },
    async run(job: string): Promise<Said> {
      child.stdin.write(`${job}\n`);
      return JSON.parse(String((await lines.next()).value)) as Said;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}

describe("an agent without file descriptors", () => {
  test("fails its jobs, lists nothing of them, and works again once it has some", {
    tags: shows("agent", 47),
    timeout: 180_000,
  }, async () => {
    await using dir = await tempDir();
    const app = await smallApplication(join(dir.path, "app"));
    await writeFile(join(dir.path, "targets.json"), JSON.stringify(app.targets));
    const programs = descendantsOf(process.pid);
    const before = await app.state();
    await using agent = await workContext({ dir: dir.path, targets: app.targets });
    await using starved = await startStarved(dir.path);
    const made: string[] = [];
    const failed: Said[] = [];
    for (const spare of SPARE) {
      await starved.allow(starved.open() + spare);
      const said = await starved.run(`job-${spare}`);
      made.push(...said.backups);
      if (said.outcome !== "succeeded") failed.push(said);
      const listed = await listBackups(agent.ctx, null);
      expect(listed.map(({ manifest }) => manifest.id).sort()).toEqual(made.toSorted());
    }
    expect(failed.length).toBeGreaterThan(1);
    for (const { outcome, code } of failed) {
      expect(outcome).toBe("failed");
      // Nothing is missing or refused: the agent must not send the operator to look for it.
      expect(["INTERNAL", "ENGINE_CONNECT", "ENGINE_DUMP_FAILED", "VAULT_WRITE_FAILED"]).toContain(
        code,
      );
    }
    await starved.allow(ENOUGH);
    const again = await starved.run("job-enough");
    expect(again.outcome).toBe("succeeded");
    const now = await app.state();
    await assertInvariants({
      agent,
      live: { now, allowed: [before] },
      backups: [...made, ...again.backups],
      remains: await app.remains(),
      programs: descendantsOf(process.pid).filter((pid) => !programs.includes(pid)),
    });
  });
});

describe("a child that the kernel kills for want of memory", () => {
  test.each([
    ["itself", ["sh", "-c", "head -c 1000; kill -9 $$"]],
    // As a shell between tells it.
    ["below a shell", ["sh", "-c", "head -c 1000; exit 137"]],
  ])(
    "%s, fails the job; no backup is listed, and the next job is done",
    {
      tags: shows("agent", 46),
    },
    async (_what, killed) => {
      await using portal = await startPortal();
      await using shop = await openWorkshop(portal);
      let isShort = true;
      const short = (host: Host): Host => ({
        ...host,
        spawn: (argv, options) => host.spawn(isShort && argv[0] === "cat" ? killed : argv, options),
      });
      const agent = shop.start({
        effects: {
          backup: (ctx, work, alias) => {
            const openHost: typeof ctx.openHost = async (place) => short(await ctx.openHost(place));
            return runBackup({ ...ctx, openHost }, work, alias, "backup");
          },
        },
      });
      portal.offer(await approvedParts({ at: new Date() }));
      const first = await portal.until("the failure", () => portal.job("job-1").results[0]);
      expect(first.result).toMatchObject({
        outcome: "failed",
        error: { code: "ENGINE_DUMP_INCOMPLETE", alias: "db" },
        targets: [],
      });
      expect(await listBackups(shop.ctx, null)).toEqual([]);
      isShort = false;
      portal.offer(await approvedParts({ at: new Date(), job: "job-2", request: "req-2" }));
      const next = await portal.until("the next", () => portal.job("job-2").results[0]);
      expect(next.result.outcome).toBe("succeeded");
      await agent.end();
      expect(await listBackups(shop.ctx, null)).toHaveLength(1);
    },
  );
});
