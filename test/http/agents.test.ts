import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { approveAgent } from "#functions/services/agents/approve.ts";
import { createCode } from "#functions/services/agents/create-code.ts";
import { revokeAgent } from "#functions/services/agents/revoke.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import { galatOf } from "./office.ts";
import { hireAgent, newAgentKey, ScriptedAgent } from "./scripted-agent.ts";

describe("who may speak as an agent", () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await openTestPortal();
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const stranger = async () => new ScriptedAgent(portal, await newAgentKey(), []);
  const newCode = () => createCode(portal.deps, { agencies: ["kaltim"] });
  const poll = { nonce: "n".repeat(22), capacity: 0, running: [], catalog: null };
  const open = { bootId: "b", protocols: [1], version: "0" };

  it("enrols one key by one code, and waits for approval of its fingerprint", async () => {
    const agent = await stranger();
    const { code } = await newCode();
    const enrolled = await agent.enroll(code.toLowerCase());
    expect(enrolled.fingerprint).toMatch(/^([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/);
    expect(await agent.enroll(code)).toEqual(enrolled);
    expect(await galatOf(await agent.send("/session", open))).toMatchObject({
      status: 403,
      code: "AGENT_PENDING",
    });
    const wrong = approveAgent(portal.deps, { agent: enrolled.agent, fingerprint: "0000-0000" });
    await expect(wrong).rejects.toMatchObject({ code: "AGENT_SIGNATURE" });
    await approveAgent(portal.deps, { agent: enrolled.agent, fingerprint: enrolled.fingerprint });
    await agent.openSession();
    const other = await stranger();
    await expect(other.enroll(code)).rejects.toThrow("AGENT_CODE");
  });

  it("takes no code that is invented, expired, or used by another in the same moment", async () => {
    await expect((await stranger()).enroll("AAAAA-BBBBB")).rejects.toThrow("AGENT_CODE");
    const { code } = await newCode();
    const [left, right] = [await stranger(), await stranger()];
    const enrolled = await Promise.allSettled([left.enroll(code), right.enroll(code)]);
    expect(enrolled.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    const late = await newCode();
    portal.clock.advance(61 * 60_000);
    await expect((await stranger()).enroll(late.code)).rejects.toThrow("AGENT_CODE");
    const thief = await stranger();
    const { code: own } = await newCode();
    const answer = await thief.send(
      "/enroll",
      { code: own, jwk: (await newAgentKey()).jwk, hostname: "x", version: "0" },
      { kid: thief.key.thumbprint },
    );
    expect(await galatOf(answer)).toMatchObject({ status: 401, code: "AGENT_SIGNATURE" });
  });

  it("refuses another key, another path, a wrong clock, a lost session and a repeated request", async () => {
    const agent = await hireAgent(portal, []);
    const forger = await stranger();
    forger.id = agent.id;
    expect(await galatOf(await forger.send("/session", open))).toMatchObject({
      status: 401,
      code: "AGENT_SIGNATURE",
    });
    expect(
      await galatOf(await agent.send("/session", open, { url: "/api/agent/v1/poll" })),
    ).toMatchObject({ code: "AGENT_SIGNATURE" });
    expect(await galatOf(await agent.send("/session", open, { kid: "tidak-ada" }))).toMatchObject({
      status: 401,
      code: "AGENT_UNKNOWN",
    });
    const iat = Math.floor(portal.clock.now().getTime() / 1000) - 121;
    expect(await galatOf(await agent.send("/session", open, { iat }))).toMatchObject({
      status: 403,
      code: "AGENT_CLOCK",
    });
    expect(await galatOf(await agent.send("/session", { ...open, protocols: [9] }))).toMatchObject({
      status: 426,
      code: "AGENT_PROTOCOL",
    });
    expect(await galatOf(await agent.send("/poll", poll, { sid: "lama", n: 1 }))).toMatchObject({
      status: 401,
      code: "AGENT_SESSION",
    });
    expect(await galatOf(await agent.send("/poll", poll))).toMatchObject({ code: "AGENT_SESSION" });

    const opened = (await (await agent.send("/session", open)).json()) as { sid: string };
    const seat = { sid: opened.sid, n: 5 };
    expect((await agent.send("/poll", poll, seat)).status).toBe(200);
    expect(await galatOf(await agent.send("/poll", poll, seat))).toMatchObject({
      status: 409,
      code: "AGENT_REPLAY",
    });
    expect((await agent.send("/poll", poll, { ...seat, n: 4 })).status).toBe(200);
    expect(
      await galatOf(await agent.send("/poll", { ...poll, capacity: -1 }, { ...seat, n: 6 })),
    ).toMatchObject({ status: 400, code: "INPUT_MALFORMED" });
    const other = await hireAgent(portal, []);
    expect(await galatOf(await other.send("/poll", poll, { ...seat, n: 7 }))).toMatchObject({
      code: "AGENT_SESSION",
    });
  });

  it("ends the former session when a new one opens, and everything at a revocation", async () => {
    const agent = await hireAgent(portal, ["db-cabut"]);
    const first = (await (await agent.send("/session", open)).json()) as { sid: string };
    await agent.openSession();
    expect(await galatOf(await agent.send("/poll", poll, { sid: first.sid, n: 1 }))).toMatchObject({
      code: "AGENT_SESSION",
    });
    await revokeAgent(portal.deps, { agent: agent.id });
    expect(await agent.refused("/poll", poll)).toMatchObject({
      status: 403,
      code: "AGENT_REVOKED",
    });
    expect(
      (await portal.deps.db.orm.query.agentTargets.findMany()).map((row) => row.alias),
    ).not.toContain("db-cabut");
  });

  it("refuses bodies that are no signed request", async () => {
    const send = (body: string) => portal.fetch("/api/agent/v1/poll", { method: "POST", body });
    for (const body of [
      "",
      "{}",
      "[]",
      JSON.stringify({ protected: "x", payload: "y", signature: "z" }),
    ]) {
      expect((await galatOf(await send(body))).status).toBe(400);
    }
    expect((await galatOf(await send("x".repeat(1_100_000)))).status).toBe(413);
    const told = {
      method: "POST",
      headers: { "content-length": "9" },
      body: "x".repeat(1_100_000),
    };
    expect((await galatOf(await portal.fetch("/api/agent/v1/poll", told))).status).toBe(413);
  });

  it("holds an empty poll and writes nothing for it", async () => {
    const agent = await hireAgent(portal, []);
    const before = await portal.deps.db.orm.all<{ total: number }>(
      "SELECT total_changes() AS total",
    );
    const answer = await agent.poll();
    expect(answer).toMatchObject({ offers: [], cancels: [], fenced: [] });
    expect(await portal.deps.db.orm.all("SELECT total_changes() AS total")).toEqual(before);
  });
});
