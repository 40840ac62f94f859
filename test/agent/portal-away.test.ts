import { readdir, readFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { EFFECTS } from "#agent/loop/effects.ts";
import { eventually } from "#support/eventually.ts";
import { shows } from "../fault/faults.ts";
import { approvedParts } from "./approved-offer.ts";
import { type FakePortal, startPortal, type Trouble } from "./fake-portal.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

const at = new Date();
const HOUR_MS = 3_600_000;

/** As long as `isAway` says so nothing is answered. */
const away =
  (isAway: () => boolean): Trouble =>
  (_route, response, request) => {
    if (isAway()) {
      request.resume();
      response.destroy();
    }
    return isAway();
  };

/** By the pauses the agent asked for, which pass at once here. */
const waitedMs = (shop: Workshop): number => shop.pauses.reduce((sum, ms) => sum + ms, 0);

async function backedUp(portal: FakePortal): Promise<{ readonly id: string; manifest: string }> {
  portal.offer(await approvedParts({ at }));
  const { result } = await portal.until("the backup", () => portal.job("job-1").results[0]);
  const backup = result.targets[0]?.backup;
  if (!backup) throw new Error("no backup");
  return backup;
}

describe("a portal that is away", () => {
  test("for hours during a job is told the result later, once, with the times of the work", {
    tags: shows("agent", 7),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    let isAway = false;
    let endedAt = 0;
    portal.trouble = away(() => isAway);
    const first = shop.start({
      effects: {
        backup: async (...given) => {
          isAway = true;
          const made = await EFFECTS.backup(...given);
          endedAt = Date.now();
          return made;
        },
      },
    });
    portal.offer(await approvedParts({ at }));
    await eventually("hours of tries", () => waitedMs(shop) > 2 * HOUR_MS);
    expect(endedAt).toBeGreaterThan(0);
    expect(portal.job("job-1").results).toEqual([]);
    // Nothing of it is in memory only.
    first.stop.abort();
    first.kill.abort();
    await first.done;
    const second = shop.start();
    portal.offer(await approvedParts({ at, job: "job-2", request: "req-2" }));
    await eventually("hours more", () => waitedMs(shop) > 4 * HOUR_MS);
    expect(portal.job("job-2").startIds).toEqual([]);
    const backAt = Date.now();
    isAway = false;
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    await portal.until("the next job", () => portal.job("job-2").results[0]);
    await second.end();
    expect(result).toMatchObject({ outcome: "succeeded", epoch: 1 });
    expect(Date.parse(result.finishedAt)).toBeLessThan(backAt);
    expect(Date.parse(result.startedAt)).toBeLessThanOrEqual(endedAt);
    expect(portal.job("job-1").results).toHaveLength(1);
    expect(portal.job("job-1").events.every(({ t }) => Date.parse(t) < backAt)).toBe(true);
  });

  test("when a job is asked for starts nothing, and is asked again ever more rarely", {
    tags: shows("agent", 8),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    portal.trouble = away(() => true);
    portal.offer(await approvedParts({ at }));
    const agent = shop.start();
    await eventually("hours of tries", () => waitedMs(shop) > 2 * HOUR_MS);
    agent.stop.abort();
    agent.kill.abort();
    await agent.done;
    expect(portal.job("job-1")).toMatchObject({ state: "ready", startIds: [], results: [] });
    expect(portal.bodies).toEqual([]);
    const [bounds, rest] = [shop.pauses.slice(0, 7), shop.pauses.slice(7)];
    // One half of a bound that doubles up to a minute.
    expect(bounds).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
    expect(new Set(rest)).toEqual(new Set([30_000]));
    expect(await EFFECTS.list(shop.ctx, null)).toEqual([]);
  });
});

describe("a reply that is lost after the portal took the message", () => {
  test("is asked for again on every route, gets the same answer, and counts once", {
    tags: shows("agent", 10),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const lost = new Set<string>();
    portal.trouble = (route, response) => {
      const verb = route.split("/").at(-1) ?? "";
      // An offer that nobody heard of comes back when its lease is over.
      if (lost.has(verb) || verb === "poll") return false;
      lost.add(verb);
      response.writeHead = () => {
        response.destroy();
        return response;
      };
      return false;
    };
    const agent = shop.start();
    await backedUp(portal);
    await eventually("it is delivered", () =>
      shop.logged.some((line) => line.includes('"result delivered"')),
    );
    await agent.end();
    const asked = ["accept", "events", "finish", "session", "start"];
    // The last word is said once: nobody waits for its answer.
    expect([...lost].sort()).toEqual([...asked, "end"].sort());
    const { startIds, results, events } = portal.job("job-1");
    expect(startIds.length).toBeGreaterThan(1);
    expect(new Set(startIds).size).toBe(1);
    expect(results.length).toBeGreaterThan(1);
    expect(new Set(results.map(({ bytes }) => bytes)).size).toBe(1);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(await EFFECTS.list(shop.ctx, null)).toHaveLength(1);
  });
});

describe("an agent whose machine stood still for hours", () => {
  test.each(["restore", "rollback", "drop"] as const)(
    "right before the effect of a %s finds its lease over by the wall clock and gives up",
    { tags: shows("agent", 12) },
    async (action) => {
      await using portal = await startPortal();
      await using shop = await openWorkshop(portal);
      const { now } = shop.ctx;
      let stoodMs = 0;
      const ctx = { ...shop.ctx, now: () => new Date(now().getTime() + stoodMs) };
      const idle = { job: "job-0", epoch: 1, signal: new AbortController().signal };
      const calm = { ...idle, progress: () => undefined, confirmLease: async () => undefined };
      const { summary } = await EFFECTS.backup(ctx, calm, "db");
      const request = {
        job: "job-0",
        choices: [{ alias: "db", backup: summary.id }],
        manifests: { [summary.id]: summary.manifest },
      };
      const change = () => {
        const db = new DatabaseSync(shop.database);
        db.exec("DELETE FROM warga WHERE id > 10");
        db.close();
      };
      change();
      if (action !== "restore") await EFFECTS.restore(ctx, calm, request);
      const before = await readFile(shop.database);
      const names = await readdir(shop.directory);
      const sleepy = {
        ...calm,
        job: "job-1",
        // The portal has said yes; then the machine stands still.
        confirmLease: async () => {
          stoodMs = 3 * HOUR_MS;
        },
      };
      const asked = { ...request, job: "job-1", restored: "job-0" };
      await expect(EFFECTS[action](ctx, sleepy, asked)).rejects.toMatchObject({
        code: "JOB_STALE_LEASE",
      });
      expect(await readFile(shop.database)).toEqual(before);
      expect(await readdir(shop.directory)).toEqual(names);
      expect(await EFFECTS.resume(ctx)).toEqual([]);
      change();
    },
  );
});
