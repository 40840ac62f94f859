import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CareState, freshState, readState } from "#agent/care/state.ts";
import { lockTarget } from "#agent/care/target-lock.ts";
import type { Work } from "#agent/context.ts";
import { AppError } from "#domain/errors.ts";
import { fromBase64, openEnvelope } from "#domain/trust/dsse.ts";
import { DRILL_TYPE, DrillRecord } from "#protocol/manifest.ts";
import { eventually } from "#support/eventually.ts";
import { approvedParts } from "./approved-offer.ts";
import { type FakePortal, startPortal } from "./fake-portal.ts";
import { openWorkshop, ROWS, type Workshop } from "./workshop.ts";

/** One slot a year: what is due from the past is due once, and no other comes while a test runs. */
const YEARLY = { cron: "0 0 1 1 *", acakMenit: 0 };
const LONG_AGO = new Date("2020-01-01T00:00:00Z");

/** As if the agent had known the target for years and had been off. */
async function wasOff(shop: Workshop, changes: Partial<CareState> = {}): Promise<void> {
  const folder = join(shop.config.data, "care");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const state = { ...freshState(LONG_AGO), ...changes };
  await writeFile(join(folder, "db.json"), JSON.stringify(state), { mode: 0o600 });
}

const settled = freshState(new Date()).drill;
const stateOf = async (shop: Workshop): Promise<CareState> => {
  const state = await readState(shop.config.data, "db");
  if (!state) throw new Error("no state");
  return state;
};
const careShown = (portal: FakePortal) =>
  portal.polls.findLast((poll) => poll.catalog !== null)?.catalog?.targets[0]?.care;
const times = (shop: Workshop, message: string): number =>
  shop.logged.filter((line) => JSON.parse(line).message === message).length;
/** Looks at the calendars go on; whatever should not happen again has had its chance. */
const laterOn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_000));
const untilAborted = (work: Work): Promise<never> =>
  new Promise((_, reject) => {
    work.signal.addEventListener("abort", () => reject(work.signal.reason), { once: true });
    if (work.signal.aborted) reject(work.signal.reason);
  });

describe("the operator's calendar", () => {
  test("makes a missed backup once, drills it, and tells both with their proofs", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal, {
      jadwal: { ...YEARLY, rpoJam: 24 },
      ujiPulih: YEARLY,
    });
    await wasOff(shop);
    const agent = shop.start();
    const drills = await portal.until("a drill in the catalog", () => {
      const shown = portal.polls.findLast((poll) => poll.catalog !== null)?.catalog?.drills;
      return shown && shown.length > 0 ? shown : null;
    });
    await portal.until("its proof", () => careShown(portal)?.lastProofAt);
    await laterOn();
    await agent.end();

    const [envelope] = drills;
    if (!envelope) throw new Error("no drill");
    const payload = await openEnvelope(shop.ctx.key.publicKey, DRILL_TYPE, envelope);
    expect(payload).toEqual(fromBase64(envelope.payload));
    const record = DrillRecord.parse(JSON.parse(Buffer.from(payload ?? []).toString()));
    const backups = portal.polls.findLast((poll) => poll.catalog !== null)?.catalog?.backups ?? [];
    expect(backups).toHaveLength(1);
    expect(record).toMatchObject({
      agent: portal.agentId,
      alias: "db",
      ok: true,
      error: null,
      level: "L3",
      // The schema is compared as a unit of its own.
      rows: ROWS + 1,
      backup: backups[0]?.id,
      manifest: backups[0]?.manifest,
    });
    expect(careShown(portal)).toMatchObject({
      rpoHours: 24,
      lastProofAt: record.finishedAt,
      alerts: [],
    });
    for (const next of [careShown(portal)?.nextBackupAt, careShown(portal)?.nextDrillAt]) {
      expect(Date.parse(next ?? "")).toBeGreaterThan(Date.now());
    }
    expect(times(shop, "scheduled run begins")).toBe(2);
    expect(shop.rows()).toBe(ROWS);
    expect((await readdir(shop.directory)).sort()).toEqual([
      "arsip.db",
      "brankas",
      "data",
      "vault.kunci",
    ]);
  });

  test("is kept while the portal is away", async () => {
    await using portal = await startPortal();
    portal.trouble = (_route, response) => {
      response.destroy();
      return true;
    };
    await using shop = await openWorkshop(portal, { jadwal: YEARLY });
    await wasOff(shop);
    shop.start();
    await eventually("a backup", async () => (await stateOf(shop)).lastBackup !== null);
    expect(portal.polls).toEqual([]);
  });

  test("does not begin what was missed before the agent knew the target", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal, { jadwal: YEARLY, ujiPulih: YEARLY });
    const agent = shop.start();
    await portal.until("a care", () => careShown(portal));
    await laterOn();
    await agent.end();
    expect(times(shop, "scheduled run begins")).toBe(0);
  });

  test("knocks once where the server does not let the agent in, and tells it", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal, { jadwal: YEARLY });
    await wasOff(shop);
    let tries = 0;
    const agent = shop.start({
      care: {
        backup: async () => {
          tries += 1;
          throw new AppError("ENGINE_CONNECT", "password authentication failed");
        },
      },
    });
    await portal.until("the alert", () => careShown(portal)?.alerts.includes("backup_failed"));
    await laterOn();
    await agent.end();
    expect(tries).toBe(1);
    expect((await stateOf(shop)).backup.failure?.code).toBe("ENGINE_CONNECT");
  });

  test("puts a run off, and does not call it failed, while the vault is in maintenance", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal, { jadwal: YEARLY });
    await wasOff(shop);
    let tries = 0;
    const agent = shop.start({
      care: {
        backup: async () => {
          tries += 1;
          throw new AppError("VAULT_LOCKED", "prune");
        },
      },
    });
    await eventually("put off", async () => (await stateOf(shop)).backup.notBefore !== null);
    await laterOn();
    await agent.end();
    const { backup } = await stateOf(shop);
    expect(tries).toBe(1);
    expect(backup).toMatchObject({ tries: 0, failure: null });
    expect(Date.parse(backup.notBefore ?? "") % 900_000).toBe(0);
  });

  test("tells a target whose newest backup or proof is older than promised", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal, {
      jadwal: { ...YEARLY, rpoJam: 24 },
      ujiPulih: { ...YEARLY, batasHari: 30 },
    });
    await wasOff(shop, { backup: settled, drill: settled });
    const agent = shop.start();
    const care = await portal.until("a care", () => careShown(portal));
    await agent.end();
    expect(care.alerts).toEqual(["rpo_missed", "proof_overdue"]);
  });

  test("ends at once with the agent, and its run is due again at the next start", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal, { jadwal: YEARLY });
    await wasOff(shop);
    let began = 0;
    const agent = shop.start({
      care: {
        backup: (_ctx, work) => {
          began += 1;
          return untilAborted(work);
        },
      },
    });
    await eventually("a run", () => began === 1);
    await agent.end();
    expect((await stateOf(shop)).backup).toMatchObject({ tries: 0, failure: null });
    const again = shop.start();
    await eventually("a backup", async () => (await stateOf(shop)).lastBackup !== null);
    await again.end();
  });
});

describe("an approved job", () => {
  test("does not wait for a scheduled drill, which is made afterwards", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal, { ujiPulih: YEARLY });
    await wasOff(shop);
    let drills = 0;
    let calledOff = 0;
    const agent = shop.start({
      care: {
        drill: async (_ctx, work) => {
          drills += 1;
          return untilAborted(work).catch((reason) => {
            calledOff += 1;
            throw reason;
          });
        },
      },
    });
    await eventually("a drill", () => drills === 1);
    portal.offer(await approvedParts({ at: new Date() }));
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result.outcome).toBe("succeeded");
    expect(calledOff).toBe(1);
    await eventually("the drill again", () => drills === 2);
    await agent.end();
  });

  test("waits for a scheduled backup that runs, and for nothing after it", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal, { jadwal: YEARLY });
    await wasOff(shop);
    let finish = (): void => undefined;
    let isAborted = false;
    const agent = shop.start({
      care: {
        backup: (_ctx, work) =>
          new Promise((_, reject) => {
            work.signal.addEventListener("abort", () => {
              isAborted = true;
            });
            finish = () => reject(new AppError("VAULT_LOCKED", "enough"));
          }),
      },
    });
    await eventually("a scheduled backup", () => times(shop, "scheduled run begins") === 1);
    portal.offer(await approvedParts({ at: new Date() }));
    await portal.until("a poll without room", () => portal.polls.at(-1)?.capacity === 0);
    expect(portal.job("job-1").startIds).toEqual([]);
    finish();
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result.outcome).toBe("succeeded");
    expect(isAborted).toBe(false);
    await agent.end();
  });

  test("and a scheduled run leave a target alone on which the operator works", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal, { jadwal: YEARLY });
    await wasOff(shop);
    const operator = await lockTarget(shop.config.data, "db");
    const agent = shop.start();
    await eventually("put off", () => times(shop, "scheduled run waits") === 1);
    portal.offer(await approvedParts({ at: new Date() }));
    await portal.until("the job is named", () =>
      portal.polls.some((poll) => poll.running.some(({ job }) => job === "job-1")),
    );
    await laterOn();
    expect(portal.job("job-1").startIds).toEqual([]);
    expect(times(shop, "scheduled run begins")).toBe(0);
    await operator[Symbol.asyncDispose]();
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result.outcome).toBe("succeeded");
    await agent.end();
    expect((await stateOf(shop)).lastBackup?.backup).toBe(result.targets[0]?.backup?.id);
  });
});
