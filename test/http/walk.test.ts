import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serviceCells } from "#db/schema/requests.ts";
import { rebuild } from "#functions/services/requests/rebuild.ts";
import type { Letter } from "#functions/services/services.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import { KALTIM, KUKAR, look, Office, sopOf, submit, walk } from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

describe("a request walked over HTTP from its submission to its end", () => {
  let portal: TestPortal;
  let office: Office;
  let agent: ScriptedAgent;
  beforeAll(async () => {
    portal = await openTestPortal();
    office = new Office(portal);
    agent = await hireAgent(portal, ["db-satu", "berkas-dua"]);
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  it("closes every step of SOP A for a backup and then for its restore, on the agent's signed result", async () => {
    for (const jenis of ["backup", "restore"]) {
      const submitted = await submit(portal, KALTIM, { jenis });
      const end = await walk(office, KALTIM, submitted, { targets: ["db-satu"], agent });
      expect(end.status).toBe("completed");
      expect(end.steps.map((step) => [step.no, step.state])).toEqual(
        sopOf(portal, KALTIM).langkah.map(({ no }) => [no, "closed"]),
      );
      expect(end.steps.map((step) => step.standardText)).toEqual(
        sopOf(portal, KALTIM).langkah.map((step) => step.waktu?.teks ?? null),
      );
      await agent.poll({ catalog: true, capacity: 0 });
    }
  });

  it("closes all eight steps of SOP B, the last one by the pemohon through the tracking code", async () => {
    const submitted = await submit(portal, KUKAR, { jenis: "restore" });
    const end = await walk(office, KUKAR, submitted, { targets: ["db-satu"], agent });
    expect(end.status).toBe("completed");
    expect(end.steps).toHaveLength(8);
    expect(end.timeline.at(-2)?.actorJabatan).toBe("Pemohon");
    expect(end.jobs.map((job) => [job.action, job.state])).toEqual([
      ["check", "succeeded"],
      ["restore", "succeeded"],
    ]);
  });

  it("shows signed outcomes to officials only, and leaves letters whose evidence is the agent's", async () => {
    const submitted = await submit(portal, KUKAR, { jenis: "restore", alasan: "CONTOH surat" });
    const end = await walk(office, KUKAR, submitted, { targets: ["db-satu"], agent });
    expect(end.jobs.flatMap((job) => job.outcomes)).toEqual([]);
    const head = await office.of(sopOf(portal, KUKAR), "kepala-dinas");
    const full = await look(portal, submitted.ref, head);
    expect(full.jobs.at(-1)?.outcomes[0]?.restore).toEqual({
      damaged: true,
      digestsEqual: true,
      swapMs: 3.5,
    });
    const notice = full.documents.find((document) => document.kind === "surat-pemberitahuan");
    const report = full.documents.findLast(
      ({ kind, letter }) => kind === "laporan" && letter !== null,
    );
    const reportPdf = full.documents.find(({ source }) => source === report?.id);
    const letterOf = async (href: string | undefined): Promise<Letter> =>
      (await portal.fetch(href ?? "", { headers: { cookie: head.cookie } })).json();
    const letter = await letterOf(notice?.href);
    expect(letter.attachments.map((attachment) => attachment.sha256)).toEqual([reportPdf?.sha256]);
    expect(letter).toMatchObject({
      sample: true,
      number: null,
      to: ["CONTOH nama perangkat daerah (opd)"],
    });
    expect((await letterOf(report?.href)).evidence).toContainEqual({
      label: "Isi sama dengan cadangan",
      value: "Ya",
    });
  });

  it("keeps projections that are equal to those made anew from the events", async () => {
    const checked = await rebuild(portal.deps, { dryRun: true });
    expect(checked.requests).toBeGreaterThanOrEqual(4);
    expect(checked.differing).toEqual([]);
    expect(checked.cells).toBeGreaterThan(10);
    expect(checked.cellsDiffering).toEqual([]);
  });

  it("finds public counts that are not true, and makes them true again", async () => {
    const { orm } = portal.deps.db;
    await orm.update(serviceCells).set({ count: 7 }).where(eq(serviceCells.measure, "received"));
    await orm.delete(serviceCells).where(eq(serviceCells.measure, "completed"));
    const found = await rebuild(portal.deps, { dryRun: false });
    expect(found.cellsDiffering.length).toBeGreaterThanOrEqual(2);
    expect((await rebuild(portal.deps, { dryRun: true })).cellsDiffering).toEqual([]);
  });
});
