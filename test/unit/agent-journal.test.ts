import { appendFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { type Journal, openJournal } from "#agent/journal/journal.ts";
import type { Intent } from "#agent/journal/records.ts";
import type { FinishRequest } from "#protocol/v1.ts";
import { tempDir } from "#support/temp-dir.ts";
import { shows } from "../fault/faults.ts";

const DAY_MS = 86_400_000;
let clock = Date.parse("2026-08-03T03:00:00.000Z");
const now = (): Date => new Date(clock);

const intent = (job: string, changes: Partial<Intent> = {}): Intent => ({
  type: "intent",
  at: now().toISOString(),
  job,
  epoch: 1,
  digest: "a".repeat(64),
  startId: "start-1",
  spec: {
    v: 1,
    job,
    request: "req-1",
    sop: { slug: "contoh", digest: "b".repeat(64) },
    act: "laksana",
    action: "backup",
    choices: [{ alias: "db", backup: null }],
    manifests: {},
    agent: "agent-1",
    createdAt: now().toISOString(),
    notAfter: new Date(clock + DAY_MS).toISOString(),
    destructive: false,
    restored: null,
  },
  ...changes,
});
const finish: z.infer<typeof FinishRequest> = {
  epoch: 1,
  lastSeq: 1,
  result: { payloadType: "t", payload: "e30=", signatures: [{ keyid: "k", sig: "c2ln" }] },
};
const event = (seq: number) => ({
  seq,
  t: now().toISOString(),
  alias: "db",
  phase: "dump" as const,
  percent: null,
  bytes: null,
  message: "Menyalin.",
});

/** A job that went all the way to its result. */
async function finished(journal: Journal, job = "job-1") {
  const log = await journal.begin(intent(job));
  await log.start();
  await log.event(event(1));
  await log.finish(finish);
  return log;
}

describe("a journal opened again", () => {
  test("knows each phase a kill may leave a job in", async () => {
    await using dir = await tempDir();
    const journal = await openJournal(dir.path, now);
    await journal.begin(intent("intended"));
    await (await journal.begin(intent("started"))).start();
    await finished(journal, "finished");
    await (await finished(journal, "acked")).acknowledge(null);
    await journal.close();

    const again = await openJournal(dir.path, now);
    const open = Object.fromEntries(again.open().map((log) => [log.job, log]));
    expect(Object.keys(open).sort()).toEqual(["finished", "intended", "started"]);
    expect(open.finished?.unacknowledged).toEqual(finish);
    expect(open.finished?.events).toEqual([event(1)]);
    expect(open.started?.unacknowledged).toBeNull();
    for (const job of ["started", "finished", "acked"]) {
      expect(again.startedJobs.has(job), job).toBe(true);
      await expect(again.begin(intent(job, { epoch: 2 }))).rejects.toMatchObject({
        code: "JOB_STATE",
      });
    }
    await again.close();
  });

  test("lets a job begin in a newer epoch that never went through the start gate", async () => {
    await using dir = await tempDir();
    const journal = await openJournal(dir.path, now);
    await (await journal.begin(intent("job-1"))).acknowledge("JOB_STALE_LEASE");
    expect(journal.startedJobs.has("job-1")).toBe(false);
    expect(journal.lastEpoch("job-1")).toBe(1);
    await journal.begin(intent("job-1", { epoch: 2 }));
    expect(journal.lastEpoch("job-1")).toBe(2);
    await journal.close();
    const again = await openJournal(dir.path, now);
    expect(again.open().map((log) => log.epoch)).toEqual([2]);
    await again.close();
  });

  test("reads a file cut at any byte as a moment before the cut, and writes on cleanly", {
    tags: shows("agent", 6),
  }, async () => {
    await using dir = await tempDir();
    const journal = await openJournal(dir.path, now);
    await finished(journal);
    await journal.close();
    const path = join(dir.path, "job-1.ndjson");
    const whole = await readFile(path);
    const order = ["none", "intended", "started", "finished"];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
        await writeFile(path, whole.subarray(0, length));
        const cut = await openJournal(dir.path, now);
        const log = cut.open()[0];
        const lines = whole.subarray(0, length).toString().split("\n").length - 1;
        const expected = order[Math.min(lines, 2) + (lines === 4 ? 1 : 0)];
        expect(log?.phase ?? "none").toBe(expected);
        if (log && !log.unacknowledged) await log.finish(finish);
        await cut.close();
        const again = await openJournal(dir.path, now);
        if (log) expect(again.open()[0]?.unacknowledged).toEqual(finish);
        await again.close();
      }),
      { numRuns: 150 },
    );
  });

  test("takes a job for started when its file can no longer tell", async () => {
    await using dir = await tempDir();
    const journal = await openJournal(dir.path, now);
    await journal.begin(intent("job-1"));
    await journal.close();
    await appendFile(join(dir.path, "job-1.ndjson"), "not a record\n");
    const again = await openJournal(dir.path, now);
    expect(again.startedJobs.has("job-1")).toBe(true);
    await again.close();
  });
});

describe("the journal's files", () => {
  test("are readable by the agent only and no job id chooses a path", async () => {
    await using dir = await tempDir();
    const folder = join(dir.path, "journal");
    const journal = await openJournal(folder, now);
    const jobs = ["../escape", "a/b", ".", "x".repeat(100), "job 1", "ü".repeat(100)];
    for (const job of jobs) await journal.begin(intent(job));
    await journal.close();
    const names = await readdir(folder);
    expect(names).toHaveLength(jobs.length);
    for (const name of names) expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    const again = await openJournal(folder, now);
    expect(
      again
        .open()
        .map((log) => log.job)
        .sort(),
    ).toEqual([...jobs].sort());
    await again.close();
  });

  test("go 30 days after the acknowledgement, and not before the job can no longer be offered", async () => {
    await using dir = await tempDir();
    const started = clock;
    const journal = await openJournal(dir.path, now);
    await (await finished(journal, "short")).acknowledge(null);
    const long = { ...intent("long").spec, notAfter: new Date(clock + 60 * DAY_MS).toISOString() };
    const log = await journal.begin(intent("long", { spec: long }));
    await log.start();
    await log.finish(finish);
    await log.acknowledge(null);
    await finished(journal, "open");
    clock += 30 * DAY_MS - 1;
    await journal.sweep();
    expect((await readdir(dir.path)).length).toBe(3);
    clock += 2;
    await journal.sweep();
    expect((await readdir(dir.path)).sort()).toEqual(["long.ndjson", "open.ndjson"]);
    clock += 31 * DAY_MS;
    await journal.sweep();
    expect(await readdir(dir.path)).toEqual(["open.ndjson"]);
    clock = started;
    await journal.close();
  });
});
