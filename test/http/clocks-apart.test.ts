/** Portal and agent with clocks that are days apart. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { jobs } from "#db/schema/jobs.ts";
import { sweepJobs } from "#functions/services/agents/sweep.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import { shows } from "../fault/faults.ts";
import {
  decide,
  decisionFor,
  galatOf,
  KALTIM,
  look,
  Office,
  type Submitted,
  sopOf,
  submit,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

const DAYS_MS = 2 * 24 * 3_600_000;
const targets = ["db-satu"];
let portal: TestPortal;
let agent: ScriptedAgent;
let request: Submitted;

beforeAll(async () => {
  portal = await openTestPortal();
  agent = await hireAgent(portal, targets);
});
afterAll(async () => {
  await portal[Symbol.asyncDispose]();
});
/** A job that waits for the agent. */
beforeEach(async () => {
  const office = new Office(portal);
  const alasan = `CONTOH jam ${portal.clock.now().toISOString()}`;
  request = await submit(portal, KALTIM, { jenis: "backup", alasan });
  const until = (view: Awaited<ReturnType<typeof look>>) => view.next?.act === "laksana";
  await walk(office, KALTIM, request, { targets, agent, until });
  const pengelola = await office.of(sopOf(portal, KALTIM), "pengelola");
  const decision = decisionFor(await look(portal, request.ref, pengelola), targets);
  expect((await decide(portal, request.ref, pengelola, decision)).status).toBe(200);
});

const jobOf = async () => {
  const [job] = await portal.deps.db.orm
    .select()
    .from(jobs)
    .where(eq(jobs.request, request.ref.replaceAll("-", "")));
  return job;
};
const backups = () => portal.deps.db.orm.query.backups.findMany();

describe("clocks that are days apart", { tags: shows("portal", 18) }, () => {
  it("give an agent nothing, and tell it the right time", async () => {
    const nowS = Math.floor(portal.clock.now().getTime() / 1000);
    const open = { bootId: "b", protocols: [1], version: "0" };
    for (const iat of [nowS - DAYS_MS / 1000, nowS + DAYS_MS / 1000]) {
      expect(await galatOf(await agent.send("/session", open, { iat }))).toMatchObject({
        status: 403,
        code: "AGENT_CLOCK",
        detail: { now: portal.clock.now().toISOString() },
      });
    }
    expect(await jobOf()).toMatchObject({ state: "ready", epoch: 0 });
    await agent.openSession();
    await agent.work();
    expect((await jobOf())?.state).toBe("succeeded");
  });

  it("run no job that is of the future to the agent, nor one whose window is over", async () => {
    const before = await backups();
    const slow = new Date(portal.clock.now().getTime() - DAYS_MS);
    const { offer, verdict } = await agent.judged(slow);
    expect(verdict).toMatchObject({ ok: false, reason: "clock_skew" });
    portal.clock.advance(61_000);
    await sweepJobs(portal.deps, { upSince: new Date(0) });

    const { notAfter } = JSON.parse(offer.spec) as { notAfter: string };
    portal.clock.set(notAfter);
    await agent.openSession();
    expect(await agent.refuses()).toBe("outside_window");
    expect(await jobOf()).toMatchObject({ state: "refused", startedAt: null });
    expect((await look(portal, request.ref, request)).next?.phase).toBe("failed");
    expect((await agent.poll()).offers, "not offered again").toEqual([]);
    expect(await backups(), "nothing made, nothing deleted").toEqual(before);
  });
});
