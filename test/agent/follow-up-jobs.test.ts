/** What stands around a restore, as the portal hands it over and hears of it: preview, rollback, drop. */
import { readdir } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { EFFECTS } from "#agent/loop/effects.ts";
import type { JobAction } from "#domain/workflow/types.ts";
import type { JobResult } from "#protocol/v1.ts";
import { shows } from "../fault/faults.ts";
import { approvedParts } from "./approved-offer.ts";
import { type FakePortal, startPortal } from "./fake-portal.ts";
import { type Life, openWorkshop, ROWS, type Workshop } from "./workshop.ts";

const at = new Date();
/** What users had when the restore was asked for. */
const DAMAGED = 10;

interface Site extends AsyncDisposable {
  readonly portal: FakePortal;
  readonly shop: Workshop;
  readonly agent: Life;
  /** Offers a job on the one backup and waits for what the portal hears of it. */
  run(action: JobAction, job: string): Promise<JobResult>;
}

/** An agent with a backup of all rows, of which users have lost most since. */
async function site(): Promise<Site> {
  await using stack = new AsyncDisposableStack();
  const portal = stack.use(await startPortal());
  const shop = stack.use(await openWorkshop(portal));
  const idle = { job: null, epoch: 0, signal: new AbortController().signal };
  const work = { ...idle, progress: () => undefined, confirmLease: async () => undefined };
  const { summary } = await EFFECTS.backup(shop.ctx, work, "db");
  const db = new DatabaseSync(shop.database);
  db.exec(`DELETE FROM warga WHERE id > ${DAMAGED}`);
  db.close();
  const agent = shop.start();
  const rest = stack.move();
  return {
    portal,
    shop,
    agent,
    async run(action, job) {
      const choices = [{ alias: "db", backup: summary.id }];
      const manifests = { [summary.id]: summary.manifest };
      const request = `req-${job}`;
      portal.offer(await approvedParts({ at, action, job, request, choices, manifests }));
      return (await portal.until(job, () => portal.job(job).results[0])).result;
    },
    [Symbol.asyncDispose]: () => rest[Symbol.asyncDispose](),
  };
}

const copies = async ({ shop }: Site): Promise<string[]> =>
  (await readdir(shop.directory)).filter((name) => name.startsWith("arsip.db."));

describe("a preview", () => {
  test("is told with the rows a restore would bring and lose, and changes nothing", async () => {
    await using one = await site();
    const result = await one.run("preview", "job-1");
    expect(result).toMatchObject({
      outcome: "succeeded",
      error: null,
      targets: [{ alias: "db", backup: { alias: "db" }, restore: null, followUp: null }],
    });
    expect(result.targets[0]?.preview).toMatchObject({
      units: [{ name: "warga", added: ROWS - DAMAGED, changed: 0, lost: 0 }],
    });
    expect(one.shop.rows()).toBe(DAMAGED);
    expect(await copies(one)).toEqual([]);
    await one.agent.end();
  });
});

describe("a rollback", () => {
  test("brings back what was live before the restore, and saves what the restore had brought", async () => {
    await using one = await site();
    expect((await one.run("restore", "job-0")).outcome).toBe("succeeded");
    expect(one.shop.rows()).toBe(ROWS);
    const result = await one.run("rollback", "job-1");
    expect(result).toMatchObject({
      outcome: "succeeded",
      targets: [{ alias: "db", backup: null, restore: null, followUp: { restored: "job-0" } }],
    });
    expect(one.shop.rows()).toBe(DAMAGED);
    expect(await copies(one)).toEqual([]);
    const safety = result.targets[0]?.followUp?.safetyBackup;
    const listed = await EFFECTS.list(one.shop.ctx, "db");
    expect(listed.map(({ summary }) => summary.id)).toContain(safety);
    // Asked for again under another job there is nothing to go back to.
    expect(await one.run("rollback", "job-2")).toMatchObject({
      outcome: "failed",
      error: { code: "ENGINE_KEPT_GONE" },
      targets: [],
    });
    expect(one.shop.rows()).toBe(DAMAGED);
    await one.agent.end();
  });

  test("of a restore that never was is told as failed, and nothing is touched", async () => {
    await using one = await site();
    expect(await one.run("rollback", "job-1")).toMatchObject({
      outcome: "failed",
      error: { code: "ENGINE_KEPT_GONE" },
    });
    expect(one.shop.rows()).toBe(DAMAGED);
    await one.agent.end();
  });
});

describe("a drop", () => {
  test("removes what the restore had kept, and there is no way back then", async () => {
    await using one = await site();
    await one.run("restore", "job-0");
    expect(await copies(one)).toHaveLength(1);
    expect(await one.run("drop", "job-1")).toMatchObject({
      outcome: "succeeded",
      targets: [{ alias: "db", followUp: { restored: "job-0", safetyBackup: null } }],
    });
    expect(await copies(one)).toEqual([]);
    expect(await one.run("rollback", "job-2")).toMatchObject({
      outcome: "failed",
      error: { code: "ENGINE_KEPT_GONE" },
    });
    expect(one.shop.rows()).toBe(ROWS);
    await one.agent.end();
  });
});

describe("an agent that is told to stop for an upgrade", () => {
  test.each(["side", "safety", "swap"] as const)(
    "in phase %s of a restore undoes it, and the next one tells so",
    { tags: shows("agent", 45) },
    async (phase) => {
      await using one = await site();
      const { portal, shop } = one;
      await one.agent.end();
      const first = shop.start({
        effects: {
          restore: (ctx, work, request) =>
            EFFECTS.restore(
              ctx,
              {
                ...work,
                progress: (event) => {
                  work.progress(event);
                  if (event.phase !== phase) return;
                  first.stop.abort();
                  first.kill.abort();
                },
              },
              request,
            ),
        },
      });
      const told = one.run("restore", "job-0");
      await first.done;
      expect(shop.rows()).toBe(DAMAGED);
      expect(await copies(one)).toEqual([]);
      expect(portal.job("job-0").results).toEqual([]);
      const second = shop.start();
      expect(await told).toMatchObject({ outcome: "failed", error: { code: "JOB_INTERRUPTED" } });
      await second.end();
      expect(portal.job("job-0").results).toHaveLength(1);
    },
  );
});
