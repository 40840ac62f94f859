/** Two agents with one key, as after the copy of a virtual machine: neither works until a person decided. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { agents } from "#db/schema/agents.ts";
import { jobs } from "#db/schema/jobs.ts";
import { outbox } from "#db/schema/notices.ts";
import type { AdminOverview } from "#functions/services/admin/views.ts";
import { probationMs } from "#functions/services/agents/open-session.ts";
import { eventually } from "#support/eventually.ts";
import { type MailServer, startMailServer } from "#support/mail-server.ts";
import { type Official, openTestPortal, type TestPortal } from "#support/server.ts";
import { shows } from "../fault/faults.ts";
import { get, openAdmin, post } from "./admin-desk.ts";
import {
  decide,
  decisionFor,
  galatOf,
  KALTIM,
  look,
  Office,
  sopOf,
  submit,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

let mail: MailServer;
let portal: TestPortal;
let office: Office;
let admin: Official;
let agent: ScriptedAgent;
let turn = 0;

beforeAll(async () => {
  mail = await startMailServer();
  portal = await openTestPortal({
    env: {
      PULIH_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      PULIH_MAIL_FROM: "pulih@kaltim.contoh.go.id",
    },
  });
  office = new Office(portal);
  admin = await openAdmin(portal);
});
afterAll(async () => {
  portal.deps.mail?.close();
  await portal[Symbol.asyncDispose]();
  await mail.close();
});
/** An agent of its own for each test, with a job that waits for it. */
beforeEach(async () => {
  turn += 1;
  const target = `db-${turn}`;
  agent = await hireAgent(portal, [target]);
  const request = await submit(portal, KALTIM, {
    jenis: "backup",
    alasan: `CONTOH kembar ${turn}`,
  });
  const until = (view: Awaited<ReturnType<typeof look>>) => view.next?.act === "laksana";
  await walk(office, KALTIM, request, { targets: [target], agent, until });
  const pengelola = await office.of(sopOf(portal, KALTIM), "pengelola");
  const decision = decisionFor(await look(portal, request.ref, pengelola), [target]);
  expect((await decide(portal, request.ref, pengelola, decision)).status).toBe(200);
});

const POLL = { nonce: "n".repeat(22), capacity: 1, running: [], catalog: null };
const HELD = { status: 403, code: "AGENT_HELD" };
const jobOf = async () => {
  const [job] = await portal.deps.db.orm.select().from(jobs).where(eq(jobs.agent, agent.id));
  return job;
};
const statusOf = async () =>
  (await portal.deps.db.orm.query.agents.findFirst({ where: eq(agents.id, agent.id) }))?.status;
/** What a session of this process is answered. */
const knock = async (process: ScriptedAgent) =>
  galatOf(await process.send("/session", { bootId: process.bootId, protocols: [1], version: "0" }));

describe("two agents with one key", { tags: shows("portal", 13) }, () => {
  it("are both kept from work as soon as the first one is back, and the admins are told once", async () => {
    const copy = agent.twin("salinan");
    const settings = portal.deps.settings as { pollHoldMs: number };
    const { pollHoldMs } = settings;
    // Held until the copy ends it, however slow the machine is.
    settings.pollHoldMs = 600_000;
    const held = agent.poll({ capacity: 0 });
    await eventually("the poll is held", () => portal.deps.hub.held === 1);
    settings.pollHoldMs = pollHoldMs;
    await copy.openSession();
    await held;
    expect((await copy.poll()).offers, "no work while the first may be alive").toEqual([]);
    expect(await agent.refused("/poll", POLL)).toMatchObject({ code: "AGENT_SESSION" });
    expect(await knock(agent)).toMatchObject(HELD);

    expect(await statusOf()).toBe("held");
    for (const either of [agent, copy]) {
      expect(await either.refused("/poll", POLL)).toMatchObject(HELD);
      expect(await knock(either)).toMatchObject(HELD);
    }
    expect(await jobOf()).toMatchObject({ state: "ready", epoch: 0 });
    const told = (await portal.deps.db.orm.select().from(outbox)).filter(({ dedupe }) =>
      dedupe.startsWith(`held:${agent.id}:`),
    );
    expect(told.map(({ to }) => to)).toEqual([admin.email]);
    const overview = await get<AdminOverview>(portal, admin, "/api/admin/overview");
    expect(overview.heldAgents.map(({ id }) => id)).toContain(agent.id);
  });

  it("are let go on by an admin alone, and are held again while both are alive", async () => {
    const copy = agent.twin("salinan");
    await copy.openSession();
    await knock(agent);
    const path = `/api/admin/agents/${agent.id}/release`;
    const pengelola = await office.of(sopOf(portal, KALTIM), "pengelola");
    for (const other of [pengelola, null]) {
      expect((await post(portal, other, path)).status).toBeGreaterThanOrEqual(401);
    }
    expect(await statusOf()).toBe("held");
    expect((await post(portal, admin, path)).status).toBe(200);
    expect((await post(portal, admin, path)).status, "once").toBe(404);

    await copy.openSession();
    await agent.openSession();
    expect((await agent.poll()).offers, "the copy may still be alive").toEqual([]);
    expect(await knock(copy)).toMatchObject(HELD);
    expect((await post(portal, admin, path)).status).toBe(200);
    await agent.openSession();
    await agent.work();
    expect((await jobOf())?.state).toBe("succeeded");
  });

  it("pass no gate with a job that runs; its result is taken once after the release", async () => {
    const offer = await agent.offered();
    const at = `/jobs/${offer.job}`;
    await agent.call(`${at}/accept`, { epoch: offer.epoch, refuse: null });
    await agent.call(`${at}/start`, { epoch: offer.epoch, startId: "s1" });
    const copy = agent.twin("salinan");
    await copy.openSession();
    await knock(agent);
    const news = { epoch: offer.epoch, events: [agent.event(1)] };
    const { request: result } = await agent.finishing(offer, agent.result(offer), 0);
    for (const either of [agent, copy]) {
      expect(await either.refused(`${at}/events`, news)).toMatchObject(HELD);
      expect(await either.refused(`${at}/finish`, result)).toMatchObject(HELD);
    }
    expect((await jobOf())?.state).toBe("running");
    await post(portal, admin, `/api/admin/agents/${agent.id}/release`);
    await agent.openSession();
    await agent.call(`${at}/finish`, result);
    expect((await jobOf())?.state).toBe("succeeded");
  });
});

describe("one agent that starts again", () => {
  it("gets its work after the time that a live predecessor would need to come back", async () => {
    await agent.poll({ capacity: 0 });
    agent.bootId = "sesudah";
    await agent.openSession();
    expect((await agent.poll()).offers).toEqual([]);
    portal.clock.advance(probationMs(portal.deps.settings));
    await agent.work();
    expect(await statusOf()).toBe("approved");
  });

  it("gets its work at once where the process before it said that it ends", async () => {
    await agent.poll({ capacity: 0 });
    await agent.call("/session/end", {});
    expect(await agent.refused("/poll", POLL)).toMatchObject({ code: "AGENT_SESSION" });
    agent.bootId = "sesudah";
    await agent.openSession();
    await agent.work();
  });

  it("waits for one that lives although another that took its place has ended", async () => {
    await agent.poll({ capacity: 0 });
    const copy = agent.twin("salinan");
    await copy.openSession();
    await copy.call("/session/end", {});
    const third = agent.twin("ketiga");
    await third.openSession();
    expect((await third.poll()).offers).toEqual([]);
    expect(await knock(agent)).toMatchObject(HELD);
  });

  it("gets its work at once where it was silent before", async () => {
    portal.clock.advance(probationMs(portal.deps.settings));
    agent.bootId = "sesudah";
    await agent.openSession();
    await agent.work();
  });

  it("is not held for an old message of the process before", async () => {
    const iat = Math.floor(portal.clock.now().getTime() / 1000);
    const again = agent.twin("sesudah");
    await again.openSession();
    const old = { bootId: agent.bootId, protocols: [1], version: "0" };
    expect(await galatOf(await agent.send("/session", old, { iat: iat - 5 }))).toMatchObject({
      status: 409,
      code: "AGENT_REPLAY",
    });
    expect(await statusOf()).toBe("approved");
    await again.poll({ capacity: 0 });
  });
});
