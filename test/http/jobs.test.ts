import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { backups } from "#db/schema/agents.ts";
import { jobEvents, jobs } from "#db/schema/jobs.ts";
import { outbox } from "#db/schema/notices.ts";
import { flushSeen, sweepJobs } from "#functions/services/agents/sweep.ts";
import { stopJob } from "#functions/services/jobs/stop.ts";
import { rebuild } from "#functions/services/requests/rebuild.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import { shows } from "../fault/faults.ts";
import {
  decide,
  decisionFor,
  eventCount,
  KALTIM,
  look,
  Office,
  type Submitted,
  sopOf,
  submit,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

describe("a job between portal and agent", () => {
  let portal: TestPortal;
  let office: Office;
  let agent: ScriptedAgent;
  let request: Submitted;
  let turn = 0;
  const targets = ["db-satu"];
  beforeAll(async () => {
    portal = await openTestPortal();
    office = new Office(portal);
    agent = await hireAgent(portal, targets);
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    turn += 1;
    request = await submit(portal, KALTIM, { jenis: "backup", alasan: `CONTOH pekerjaan ${turn}` });
    await walk(office, KALTIM, request, {
      targets,
      agent,
      until: (view) => view.next?.act === "laksana",
    });
  });

  const start = async () => {
    const pengelola = await office.of(sopOf(portal, KALTIM), "pengelola");
    const view = await look(portal, request.ref, pengelola);
    const answer = await decide(portal, request.ref, pengelola, decisionFor(view, targets));
    if (!answer.ok) throw new Error(await answer.text());
  };
  const stateOf = async (job: string) => {
    const [row] = await portal.deps.db.orm.select().from(jobs).where(eq(jobs.id, job));
    return row?.state;
  };
  /** All that a message could count for twice. */
  const countsOf = async (job: string) => ({
    state: await stateOf(job),
    events: await eventCount(portal, request.ref),
    news: (await portal.deps.db.orm.select().from(jobEvents).where(eq(jobEvents.job, job))).length,
    backups: (await portal.deps.db.orm.select().from(backups)).length,
    mails: (await portal.deps.db.orm.select().from(outbox)).length,
  });
  const upSince = new Date(0);
  const running = async () => {
    await start();
    const offer = await agent.offered();
    const path = `/jobs/${offer.job}`;
    await agent.call(`${path}/accept`, { epoch: offer.epoch, refuse: null });
    await agent.call(`${path}/start`, { epoch: offer.epoch, startId: "s1" });
    return { offer, path };
  };

  it("reaches a held poll as soon as the person sent the agent to work", async () => {
    const settings = portal.deps.settings as { pollHoldMs: number };
    const { pollHoldMs } = settings;
    // Longer than a busy machine needs for the person's part; the answer must not wait for its end.
    settings.pollHoldMs = 600_000;
    const held = agent.poll();
    await start();
    const { offers } = await held;
    settings.pollHoldMs = pollHoldMs;
    expect(offers).toHaveLength(1);
    expect(offers[0]?.epoch).toBe(1);
    const { offers: again } = await agent.poll();
    expect(again).toEqual([]);
    await sweepAfterLease();
    await agent.work();
  });

  const sweepAfterLease = async () => {
    portal.clock.advance(61_000);
    return sweepJobs(portal.deps, { upSince });
  };

  it("is ready again when its lease ran out, and nothing of the former epoch is taken any more", {
    tags: shows("portal", 11),
  }, async () => {
    await start();
    const first = await agent.offered();
    const before = await eventCount(portal, request.ref);
    portal.clock.advance(61_000);
    const path = `/jobs/${first.job}`;
    expect(await agent.refused(`${path}/start`, { epoch: 1, startId: "s1" })).toMatchObject({
      status: 409,
      code: "JOB_STALE_LEASE",
    });
    await sweepJobs(portal.deps, { upSince });
    const second = await agent.offered();
    expect([second.job, second.epoch]).toEqual([first.job, 2]);
    await agent.call(`${path}/start`, { epoch: 2, startId: "s2" });
    const late = await agent.finishing(first, agent.result(first), 0);
    for (const [verb, body] of [
      ["accept", { epoch: 1, refuse: null }],
      ["start", { epoch: 1, startId: "s1" }],
      ["events", { epoch: 1, events: [agent.event(1)] }],
      ["finish", late.request],
    ] as const) {
      expect(await agent.refused(`${path}/${verb}`, body)).toMatchObject({
        status: 409,
        code: "JOB_STALE_LEASE",
      });
    }
    expect(await eventCount(portal, request.ref)).toBe(before);
    const good = await agent.finishing(second, agent.result(second), 0);
    await agent.call(`${path}/finish`, good.request);
    expect(await stateOf(first.job)).toBe("succeeded");
  });

  it("passes the start gate for one start id only, as often as that one asks", async () => {
    const { offer, path } = await running();
    await agent.call(`${path}/start`, { epoch: offer.epoch, startId: "s1" });
    expect(
      await agent.refused(`${path}/start`, { epoch: offer.epoch, startId: "s2" }),
    ).toMatchObject({ code: "JOB_STALE_LEASE" });
    expect(
      await agent.refused(`${path}/accept`, { epoch: offer.epoch, refuse: null }),
    ).toMatchObject({ code: "JOB_STALE_LEASE" });
    await agent.call(
      `${path}/finish`,
      (await agent.finishing(offer, agent.result(offer), 0)).request,
    );
  });

  it("takes progress in order, twice the same without harm, and says from where after a gap", async () => {
    const { offer, path } = await running();
    const send = (...seqs: number[]) => ({
      epoch: offer.epoch,
      events: seqs.map((seq) => agent.event(seq)),
    });
    expect(await agent.call(`${path}/events`, send(1, 2))).toEqual({ acceptedSeq: 2 });
    expect(await agent.call(`${path}/events`, send(1, 2, 3))).toEqual({ acceptedSeq: 3 });
    expect(await agent.refused(`${path}/events`, send(5))).toMatchObject({
      code: "JOB_GAP",
      detail: { acceptedSeq: 3 },
    });
    const { request: early } = await agent.finishing(offer, agent.result(offer), 4);
    expect(await agent.refused(`${path}/finish`, early)).toMatchObject({
      code: "JOB_GAP",
      detail: { acceptedSeq: 3 },
    });
    const { request: good } = await agent.finishing(offer, agent.result(offer), 3);
    await agent.call(`${path}/finish`, good);
    expect(await agent.call(`${path}/events`, send(3))).toEqual({ acceptedSeq: 3 });
    expect(await agent.refused(`${path}/events`, send(4))).toMatchObject({
      code: "JOB_STALE_LEASE",
    });
  });

  it("ends once: the same result again is taken as said, another or a forged one is not", async () => {
    const { offer, path } = await running();
    const result = agent.result(offer);
    const { request: good, digest } = await agent.finishing(offer, result, 0);
    const forged = {
      ...good,
      result: { ...good.result, payload: Buffer.from("{}").toString("base64") },
    };
    expect(await agent.refused(`${path}/finish`, forged)).toMatchObject({
      status: 401,
      code: "AGENT_SIGNATURE",
    });
    const foreign = await agent.finishing(offer, { ...result, digest: "f".repeat(64) }, 0);
    expect(await agent.refused(`${path}/finish`, foreign.request)).toMatchObject({
      code: "AGENT_SIGNATURE",
    });
    await agent.call(`${path}/finish`, good);
    const count = await eventCount(portal, request.ref);
    await agent.call(`${path}/finish`, good);
    const other = await agent.finishing(offer, agent.result(offer, "failed"), 0);
    expect((await agent.refused(`${path}/finish`, other.request)).status).toBe(409);
    expect(await eventCount(portal, request.ref)).toBe(count);
    const rows = await portal.deps.db.orm.query.requestEvents.findMany();
    expect(rows.some((row) => row.bytes.includes(digest))).toBe(true);
  });

  it("belongs to one agent: to every other it does not exist", async () => {
    const { offer, path } = await running();
    const other = await hireAgent(portal, ["db-lain"]);
    for (const verb of ["accept", "start", "events"]) {
      const body = { epoch: 1, refuse: null, startId: "s1", events: [other.event(1)] };
      const payload =
        verb === "accept"
          ? { epoch: 1, refuse: null }
          : verb === "start"
            ? { epoch: 1, startId: "s1" }
            : { epoch: 1, events: body.events };
      expect(await other.refused(`${path}/${verb}`, payload)).toMatchObject({
        status: 404,
        code: "JOB_UNKNOWN",
      });
    }
    const { fenced } = await other.poll({ running: [{ job: offer.job, epoch: 1, seq: 0 }] });
    expect(fenced).toEqual([offer.job]);
    await agent.call(
      `${path}/finish`,
      (await agent.finishing(offer, agent.result(offer), 0)).request,
    );
  });

  it("goes back when the agent is busy, and ends as an event when the agent refuses it for good", async () => {
    await start();
    const busy = await agent.offered();
    const path = `/jobs/${busy.job}`;
    const refuse = (reason: string) => ({ reason, detail: "CONTOH" });
    await agent.call(`${path}/accept`, { epoch: 1, refuse: refuse("busy") });
    expect(await stateOf(busy.job)).toBe("ready");
    await agent.offered();
    await agent.call(`${path}/accept`, { epoch: 2, refuse: refuse("local_policy") });
    expect(
      await agent.call(`${path}/accept`, { epoch: 2, refuse: refuse("local_policy") }),
    ).toEqual({ leaseUntil: null });
    const pengelola = await office.of(sopOf(portal, KALTIM), "pengelola");
    const view = await look(portal, request.ref, pengelola);
    expect(view.next?.phase).toBe("failed");
    expect(view.jobs[0]).toMatchObject({ state: "refused" });
    expect(view.jobs[0]?.error).toContain("Daftar izin agen");
  });

  it("shows silence as lost, takes the late result all the same, and asks a stopped job to end", async () => {
    const { offer, path } = await running();
    portal.clock.advance(181_000);
    expect((await sweepJobs(portal.deps, { upSince: portal.clock.now() })).lost).toBe(0);
    expect((await sweepJobs(portal.deps, { upSince })).lost).toBe(1);
    expect(await stateOf(offer.job)).toBe("lost");
    const beat = [{ job: offer.job, epoch: offer.epoch, seq: 0 }];
    await agent.poll({ running: beat });
    expect(await stateOf(offer.job)).toBe("running");
    const held = agent.poll({ running: beat });
    await stopJob(portal.deps, { job: offer.job, how: "cancel" });
    expect((await held).cancels).toEqual([{ job: offer.job, epoch: offer.epoch }]);
    const ended = await agent.finishing(
      offer,
      { ...agent.result(offer, "failed"), outcome: "cancelled" },
      0,
    );
    await agent.call(`${path}/finish`, ended.request);
    expect(await stateOf(offer.job)).toBe("cancelled");
  });

  it("can be declared failed only when lost, and then takes no late result", {
    tags: shows("portal", 11),
  }, async () => {
    const { offer, path } = await running();
    await expect(stopJob(portal.deps, { job: offer.job, how: "fail" })).rejects.toMatchObject({
      code: "JOB_STATE",
    });
    portal.clock.advance(181_000);
    await sweepJobs(portal.deps, { upSince });
    await stopJob(portal.deps, { job: offer.job, how: "fail" });
    const late = await agent.finishing(offer, agent.result(offer), 0);
    expect(await agent.refused(`${path}/finish`, late.request)).toMatchObject({
      code: "JOB_STALE_LEASE",
    });
    const { fenced } = await agent.poll({
      running: [{ job: offer.job, epoch: offer.epoch, seq: 0 }],
    });
    expect(fenced).toEqual([offer.job]);
    expect((await look(portal, request.ref, request)).next?.phase).toBe("failed");
  });

  it("counts once whatever reply was lost, and answers what is said again as before", {
    tags: shows("portal", 10),
  }, async () => {
    await start();
    const offer = await agent.offered();
    const path = `/jobs/${offer.job}`;
    const { request: end } = await agent.finishing(offer, agent.result(offer), 2);
    const calls: [string, unknown][] = [
      ["accept", { epoch: offer.epoch, refuse: null }],
      ["start", { epoch: offer.epoch, startId: "s1" }],
      ["events", { epoch: offer.epoch, events: [agent.event(1), agent.event(2)] }],
      ["finish", end],
    ];
    for (const [verb, payload] of calls) {
      // The reply is lost: the agent knows nothing, in the same session or in a new one.
      const first = await agent.call(`${path}/${verb}`, payload);
      const said = await countsOf(offer.job);
      expect(await agent.call(`${path}/${verb}`, payload), verb).toEqual(first);
      await agent.openSession();
      expect(await agent.call(`${path}/${verb}`, payload), verb).toEqual(first);
      expect(await countsOf(offer.job), verb).toEqual(said);
    }
    expect(await countsOf(offer.job)).toMatchObject({ state: "succeeded", news: 2 });
    expect(agent.backups.filter(({ id }) => id === agent.backups.at(-1)?.id)).toHaveLength(1);

    // The very same bytes, as a network may bring them twice, are told apart and count as nothing.
    const again = { sid: await agent.newSession(), n: 1 };
    const poll = { nonce: "n".repeat(22), capacity: 1, running: [], catalog: null };
    expect((await agent.send("/poll", poll, again)).status).toBe(200);
    expect((await agent.send("/poll", poll, again)).status).toBe(409);
    await agent.openSession();
  });

  it("is cancelled at once while nobody has it", async () => {
    await start();
    const [job] = (await look(portal, request.ref, request)).jobs;
    await stopJob(portal.deps, { job: job?.id ?? "", how: "cancel" });
    expect((await agent.poll()).offers).toEqual([]);
    expect(await stateOf(job?.id ?? "")).toBe("cancelled");
  });

  it("adds a backup that was made to what can be restored, and leaves projections that hold", async () => {
    await start();
    await agent.work();
    const kept = await portal.deps.db.orm.query.backups.findMany();
    expect(kept.map((row) => row.id)).toContain(agent.backups.at(-1)?.id);
    await flushSeen(portal.deps);
    const seen = await portal.deps.db.orm.query.agents.findFirst({
      where: (table) => eq(table.id, agent.id),
    });
    expect(seen?.lastSeenAt).toBe(portal.clock.now().toISOString());
    expect((await rebuild(portal.deps, { dryRun: true })).differing).toEqual([]);
  });
});
