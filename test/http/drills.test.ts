import { describe, expect, it } from "vitest";
import { drills } from "#db/schema/agents.ts";
import { outbox } from "#db/schema/notices.ts";
import { factsOfTargets } from "#functions/services/assets/facts-of-targets.ts";
import { openTestPortal } from "#support/server.ts";
import { openAdmin } from "./admin-desk.ts";
import { hireAgent, newAgentKey } from "./scripted-agent.ts";

const AGENCY = "kaltim";

describe("drills that an agent tells of", () => {
  it("become the proof of their target, each once, however often they are told", async () => {
    await using portal = await openTestPortal();
    const agent = await hireAgent(portal, ["db-satu", "db-dua"]);
    const held = await agent.holdDrill();
    await agent.holdDrill({ alias: "db-dua", ok: false, error: "ENGINE_DIGEST_MISMATCH" });
    await agent.poll({ catalog: true, capacity: 0 });
    portal.clock.advance(60_000);
    await agent.poll({ catalog: true, capacity: 0 });
    const rows = await portal.deps.db.orm.select().from(drills);
    expect(rows.map(({ id, ok }) => [id, ok])).toEqual([
      ["uji-1", true],
      ["uji-2", false],
    ]);
    const facts = await factsOfTargets(portal.deps, AGENCY);
    expect(facts.get("db-satu")?.lastRestore).toBe(held.finishedAt);
    expect(facts.get("db-dua")?.lastRestore).toBeNull();
  });

  it("are refused with a signature of another key, and nothing of that catalog is kept", async () => {
    await using portal = await openTestPortal();
    const agent = await hireAgent(portal, ["db-satu"]);
    await agent.holdDrill({}, await newAgentKey());
    const refusal = await agent.refused("/poll", {
      nonce: "n".repeat(22),
      capacity: 0,
      running: [],
      catalog: { ...agent.catalog(), backups: [], targets: [] },
    });
    expect(refusal).toMatchObject({ status: 401, code: "AGENT_SIGNATURE" });
    expect(await portal.deps.db.orm.select().from(drills)).toEqual([]);
    expect((await factsOfTargets(portal.deps, AGENCY)).has("db-satu")).toBe(true);
  });

  it("of a name the agent had before are the portal's already", async () => {
    await using portal = await openTestPortal();
    const agent = await hireAgent(portal, ["db-satu"]);
    await agent.holdDrill({ agent: "nama-lama" }, await newAgentKey());
    await agent.poll({ catalog: true, capacity: 0 });
    expect(await portal.deps.db.orm.select().from(drills)).toEqual([]);
  });
});

describe("alerts that an agent raises", () => {
  it("are mailed once to every admin when they arise, and are in the gauges", async () => {
    await using portal = await openTestPortal({
      env: {
        PULIH_SMTP_URL: "smtp://127.0.0.1:9",
        PULIH_MAIL_FROM: "pulih@kaltim.contoh.go.id",
      },
    });
    const admin = await openAdmin(portal);
    const agent = await hireAgent(portal, ["db-satu"]);
    const care = { rpoHours: 24, nextBackupAt: null, nextDrillAt: null, lastProofAt: null };
    agent.care = { ...care, alerts: ["proof_overdue"] };
    await agent.poll({ catalog: true, capacity: 0 });
    portal.clock.advance(60_000);
    await agent.poll({ catalog: true, capacity: 0 });
    const mails = await portal.deps.db.orm.select().from(outbox);
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
      [admin.email, "Peringatan agen: Sudah terlalu lama tanpa bukti pemulihan"],
    ]);
    expect(mails[0]?.body).toContain("sasaran db-satu");
    const metrics = await (await portal.fetch("/metrics")).text();
    expect(metrics).toContain('pulih_target_alerts{alert="proof_overdue"} 1');
    portal.deps.mail?.close();
  });
});
