import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openJournal } from "#agent/journal/journal.ts";
import { EFFECTS } from "#agent/loop/effects.ts";
import { approvedParts } from "./approved-offer.ts";
import { type FakePortal, startPortal } from "./fake-portal.ts";
import { openWorkshop, ROWS, type Workshop } from "./workshop.ts";

const at = new Date();

/** A restore as it stands on disk when the agent was killed: started in the journal, no result. */
async function startedRestore(portal: FakePortal, shop: Workshop) {
  const idle = { job: null, epoch: 0, signal: new AbortController().signal };
  const work = { ...idle, progress: () => undefined, confirmLease: async () => undefined };
  const { summary } = await EFFECTS.backup(shop.ctx, work, "db");
  const db = new DatabaseSync(shop.database);
  db.exec("DELETE FROM warga WHERE id > 10");
  db.close();
  const parts = await approvedParts({
    at,
    action: "restore",
    choices: [{ alias: "db", backup: summary.id }],
    manifests: { [summary.id]: summary.manifest },
  });
  portal.offer(parts);
  const { spec, digest } = parts;
  Object.assign(portal.job("job-1"), { state: "running", epoch: 1, startId: "s" });
  const journal = await openJournal(join(shop.config.data, "journal"), shop.ctx.now);
  const log = await journal.begin({
    type: "intent",
    at: at.toISOString(),
    job: "job-1",
    epoch: 1,
    digest,
    startId: "s",
    spec,
  });
  await log.start();
  await journal.close();
  return { work: { ...work, job: "job-1", epoch: 1 }, spec };
}

describe("a restore that was killed", () => {
  test("after its end but before its result is reported as what it did, not as interrupted", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const { work, spec } = await startedRestore(portal, shop);
    const done = await EFFECTS.restore(shop.ctx, work, spec);
    const agent = shop.start();
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result).toMatchObject({ outcome: "succeeded", error: null, epoch: 1, targets: done });
    expect(shop.rows()).toBe(ROWS);
    await agent.end();
  });

  test("when all was swapped and checked is brought to its end and reported as done", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const { work, spec } = await startedRestore(portal, shop);
    const done = await EFFECTS.restore(shop.ctx, work, spec);
    const path = join(shop.config.data, "restores", "job-1.ndjson");
    const steps = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
    await writeFile(path, `${steps.filter((step) => !step.includes('"end"')).join("\n")}\n`);
    const agent = shop.start();
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result).toMatchObject({ outcome: "succeeded", targets: done });
    expect(shop.rows()).toBe(ROWS);
    await agent.end();
  });

  test("before anything was replaced is reported as interrupted, with the live data as they were", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    await startedRestore(portal, shop);
    const before = await readFile(shop.database);
    const agent = shop.start();
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result).toMatchObject({
      outcome: "failed",
      error: { code: "JOB_INTERRUPTED" },
      targets: [],
    });
    expect(await readFile(shop.database)).toEqual(before);
    await agent.end();
  });
});

describe("a check", () => {
  test("of a backup that cannot be read fails, and its finding is in the result", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start({
      effects: {
        check: async (...given) => {
          const found = await EFFECTS.check(...given);
          return { ...found, check: { readable: false, bytes: 0, level: "L0" } };
        },
      },
    });
    portal.offer(await approvedParts({ at }));
    const backed = await portal.until("the backup", () => portal.job("job-1").results[0]);
    const backup = backed.result.targets[0]?.backup;
    const id = backup?.id ?? "";
    portal.offer(
      await approvedParts({
        at,
        job: "job-2",
        request: "req-2",
        action: "check",
        choices: [{ alias: "db", backup: id }],
        manifests: { [id]: backup?.manifest ?? "" },
      }),
    );
    const { result } = await portal.until("the check", () => portal.job("job-2").results[0]);
    expect(result).toMatchObject({
      outcome: "failed",
      error: { code: "VAULT_CORRUPT", alias: "db" },
      targets: [{ backup: { id }, check: { readable: false } }],
    });
    await agent.end();
  });
});
