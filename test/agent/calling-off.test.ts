import { readFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { EFFECTS, type Effects } from "#agent/loop/effects.ts";
import { shows } from "../fault/faults.ts";
import { approvedParts } from "./approved-offer.ts";
import { type FakePortal, startPortal } from "./fake-portal.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

const at = new Date();

/** A backup that never ends by itself. */
const endless: Partial<Effects> = {
  backup: (_ctx, work) =>
    new Promise((_resolve, reject) => {
      work.progress({ alias: "db", phase: "dump", percent: 1, bytes: 1, message: "Menyalin." });
      work.signal.addEventListener("abort", () => reject(work.signal.reason));
    }),
};

/** A backup whose data were damaged afterwards, and the offer to restore it. */
async function readyToRestore(portal: FakePortal, shop: Workshop) {
  portal.offer(await approvedParts({ at }));
  const backed = await portal.until("the backup", () => portal.job("job-1").results[0]);
  const backup = backed.result.targets[0]?.backup;
  const db = new DatabaseSync(shop.database);
  db.exec("DELETE FROM warga WHERE id > 10");
  db.close();
  return approvedParts({
    at,
    job: "job-2",
    request: "req-2",
    action: "restore",
    choices: [{ alias: "db", backup: backup?.id ?? "" }],
    manifests: { [backup?.id ?? ""]: backup?.manifest ?? "" },
  });
}

describe("a lost lease", () => {
  test("before the swap ends the restore with the live data as they were", {
    tags: shows("agent", 11),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start({
      effects: {
        restore: (ctx, work, request) =>
          EFFECTS.restore(
            ctx,
            {
              ...work,
              // The portal gives the job up in the very moment before the swap.
              confirmLease: () => {
                portal.job("job-2").epoch += 1;
                return work.confirmLease();
              },
            },
            request,
          ),
      },
    });
    const parts = await readyToRestore(portal, shop);
    const before = await readFile(shop.database);
    portal.offer(parts);
    await expect
      .poll(() => shop.logged.join("\n"), { timeout: 15_000 })
      .toContain("result refused for good");
    expect(await readFile(shop.database)).toEqual(before);
    expect(shop.rows()).toBe(10);
    expect(portal.job("job-2").results).toHaveLength(0);
    expect(shop.logged.join("\n")).toContain("JOB_STALE_LEASE");
    await agent.end();
  });

  test("told by a poll calls off the work at once", { tags: shows("agent", 11) }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start({ effects: endless });
    portal.offer(await approvedParts({ at }));
    await portal.until("progress", () => portal.job("job-1").events[0]);
    portal.fence("job-1");
    await expect
      .poll(() => shop.logged.join("\n"), { timeout: 15_000 })
      .toContain("result refused for good");
    await agent.end();
    expect(portal.polls.at(-1)?.running).toEqual([]);
  });
});

describe("a lease that nobody confirms", () => {
  test("is no lease: while the portal is away nothing is swapped", {
    tags: shows("agent", 7),
    timeout: 60_000,
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    let isAway = false;
    portal.trouble = (_route, response, request) => {
      if (isAway) {
        request.resume();
        response.destroy();
      }
      return isAway;
    };
    const agent = shop.start({
      effects: {
        restore: (ctx, work, request) =>
          EFFECTS.restore(
            ctx,
            {
              ...work,
              confirmLease: async () => {
                isAway = true;
                await work.confirmLease().finally(() => {
                  isAway = false;
                });
              },
            },
            request,
          ),
      },
    });
    const parts = await readyToRestore(portal, shop);
    const before = await readFile(shop.database);
    portal.offer(parts);
    const { result } = await portal.until("the failure", () => portal.job("job-2").results[0]);
    expect(result).toMatchObject({ outcome: "failed", error: { code: "JOB_STALE_LEASE" } });
    expect(await readFile(shop.database)).toEqual(before);
    await agent.end();
  });
});

describe("a cancellation", () => {
  test("ends the work and is reported as cancelled", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start({ effects: endless });
    portal.offer(await approvedParts({ at }));
    await portal.until("progress", () => portal.job("job-1").events[0]);
    portal.cancel("job-1");
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result).toMatchObject({ outcome: "cancelled", error: { code: "JOB_CANCELLED" } });
    await agent.end();
  });

  test("at the start gate leaves everything undone and is reported", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    portal.trouble = (route) => {
      if (route.endsWith("/start")) portal.job("job-1").state = "cancelling";
      return false;
    };
    const agent = shop.start();
    portal.offer(await approvedParts({ at }));
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result).toMatchObject({ outcome: "cancelled", targets: [] });
    await agent.end();
    expect(await EFFECTS.list(shop.ctx, null)).toEqual([]);
  });
});

describe("the start gate", () => {
  test("when the portal keeps it shut nothing is done, and the next lease may pass it", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    let shut = true;
    portal.trouble = (route) => {
      if (route.endsWith("/start") && shut) {
        shut = false;
        portal.job("job-1").epoch += 1;
        portal.job("job-1").state = "ready";
      }
      return false;
    };
    const agent = shop.start();
    portal.offer(await approvedParts({ at }));
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result).toMatchObject({ outcome: "succeeded", epoch: 3 });
    await agent.end();
  });
});

describe("stopping", () => {
  test("finishes what runs, takes nothing new, and reports before the end", {
    tags: shows("agent", 45),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    let finish: () => void = () => undefined;
    const mayFinish = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const agent = shop.start({
      effects: {
        backup: async (ctx, work, alias) => {
          work.progress({ alias, phase: "dump", percent: null, bytes: null, message: "Menunggu." });
          await mayFinish;
          return EFFECTS.backup(ctx, work, alias);
        },
      },
    });
    portal.offer(await approvedParts({ at }));
    await portal.until("progress", () => portal.job("job-1").events[0]);
    agent.stop.abort();
    portal.offer(await approvedParts({ at, job: "job-2", request: "req-2" }));
    finish();
    await agent.done;
    expect(portal.job("job-1").results[0]?.result.outcome).toBe("succeeded");
    expect(portal.job("job-2").state).toBe("ready");
  });

  test("a second time calls off what runs, and says so to the portal", {
    tags: shows("agent", 45),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start({ effects: endless });
    portal.offer(await approvedParts({ at }));
    await portal.until("progress", () => portal.job("job-1").events[0]);
    agent.stop.abort();
    agent.kill.abort();
    await agent.done;
    const next = shop.start();
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result).toMatchObject({ outcome: "failed", error: { code: "JOB_INTERRUPTED" } });
    await next.end();
  });
});
