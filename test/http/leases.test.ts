/** Many agents that ask in the same moment: their leases share a commit and nothing else. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "#db/client.ts";
import { jobSpecs, jobs } from "#db/schema/jobs.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import { KALTIM, Office, submit, walk } from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

describe("leases of the same moment", () => {
  let portal: TestPortal;
  let agents: ScriptedAgent[];
  /** Sees what a crash of the portal would leave. */
  let beside: Database;
  let order: typeof jobSpecs.$inferSelect;
  beforeAll(async () => {
    portal = await openTestPortal();
    beside = await openDatabase({ url: `file:${portal.pathOf("pulih.db")}` });
    agents = [];
    for (const target of ["db-1", "db-2", "db-3", "db-4"]) {
      agents.push(await hireAgent(portal, [target]));
    }
    const agent = await hireAgent(portal, ["db"]);
    const request = await submit(portal, KALTIM, { jenis: "backup", alasan: "CONTOH sewa" });
    await walk(new Office(portal), KALTIM, request, { targets: ["db"], agent });
    const spec = await portal.deps.db.orm.query.jobSpecs.findFirst();
    if (!spec) throw new Error("the request has left no order");
    order = spec;
  });
  afterAll(async () => {
    beside.close();
    await portal[Symbol.asyncDispose]();
  });

  /** An order of the same kind, sent to this agent. */
  const sendTo = async (agent: string, job: string) => {
    const { orm } = portal.deps.db;
    const createdAt = portal.clock.now().toISOString();
    await portal.deps.db.write([
      orm.insert(jobSpecs).values({ ...order, agent, job }),
      orm
        .insert(jobs)
        .values({ id: job, agent, request: order.request, createdAt, state: "ready", epoch: 0 }),
    ]);
  };
  const onDisk = async (job: string) => {
    const [row] = await beside.orm.select().from(jobs).where(eq(jobs.id, job));
    return row && { agent: row.agent, state: row.state, epoch: row.epoch };
  };

  it("are each one agent's own, and on disk whenever they are answered", async () => {
    for (const [at, { id }] of agents.entries()) await sendTo(id, `bersama-${at}`);
    const taken = await Promise.all(
      agents.map(async (agent, at) => {
        const job = `bersama-${at}`;
        const { offers } = await agent.poll();
        expect(offers.map((offer) => [offer.job, offer.epoch])).toEqual([[job, 1]]);
        const leased = await onDisk(job);
        await agent.call(`/jobs/${job}/accept`, { epoch: 1, refuse: null });
        await agent.call(`/jobs/${job}/start`, { epoch: 1, startId: "s" });
        return { leased, begun: await onDisk(job) };
      }),
    );
    expect(taken).toEqual(
      agents.map(({ id: agent }) => ({
        leased: { agent, state: "leased", epoch: 1 },
        begun: { agent, state: "running", epoch: 1 },
      })),
    );
  });

  it("are one where polls of one agent ask for the same job", async () => {
    const [agent] = agents;
    if (!agent) throw new Error("no agent");
    await sendTo(agent.id, "sendiri");
    const answers = await Promise.all([agent.poll(), agent.poll(), agent.poll(), agent.poll()]);
    expect(answers.flatMap(({ offers }) => offers.map(({ job }) => job))).toEqual(["sendiri"]);
    expect(await onDisk("sendiri")).toEqual({ agent: agent.id, state: "leased", epoch: 1 });
  });

  it("pass the start gate for one of two start ids that ask at once", async () => {
    const [, agent] = agents;
    if (!agent) throw new Error("no agent");
    await sendTo(agent.id, "gerbang");
    expect((await agent.poll()).offers).toHaveLength(1);
    const pass = (startId: string) =>
      agent.call("/jobs/gerbang/start", { epoch: 1, startId }).then(
        () => startId,
        () => null,
      );
    const passed = (await Promise.all([pass("s1"), pass("s2")])).filter((id) => id !== null);
    expect(passed).toHaveLength(1);
    const [row] = await beside.orm.select().from(jobs).where(eq(jobs.id, "gerbang"));
    expect(row).toMatchObject({ state: "running", startId: passed[0] });
  });
});
