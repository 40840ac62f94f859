import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import {
  decide,
  decisionFor,
  eventCount,
  KALTIM,
  look,
  Office,
  refusedDecision,
  type Submitted,
  sopOf,
  submit,
  type Visitor,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

describe("POST /api/requests/:ref/decisions", () => {
  let portal: TestPortal;
  let office: Office;
  let agent: ScriptedAgent;
  let request: Submitted;
  let turn = 0;
  const targets = ["db-satu"];
  beforeAll(async () => {
    portal = await openTestPortal();
    office = new Office(portal);
    agent = await hireAgent(portal, ["db-satu", "db-dua"]);
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    turn += 1;
    request = await submit(portal, KALTIM, { alasan: `CONTOH ${turn}`, jenis: "backup" });
  });

  const by = (role: string) => office.of(sopOf(portal, KALTIM), role);
  const refused = (visitor: Visitor, decision: Record<string, unknown>) =>
    refusedDecision(portal, request.ref, visitor, decision);
  const upTo = (act: string) =>
    walk(office, KALTIM, request, { targets, agent, until: (view) => view.next?.act === act });

  it("takes the act of the one whose turn it is and answers with the request as it is now", async () => {
    const administrator = await by("administrator");
    const view = await look(portal, request.ref, administrator);
    expect(view.next).toMatchObject({ mayAct: true, mayNot: null, phase: "close" });
    const answer = await decide(portal, request.ref, administrator, decisionFor(view, []));
    expect(answer.status).toBe(200);
    const { data } = (await answer.json()) as { data: typeof view };
    expect(data.next?.role).toBe("pengawas");
    expect(data.timeline.at(-1)).toMatchObject({ actorJabatan: "Administrator Bidang TIK" });
    expect(data.documents.at(-1)?.kind).toBe("disposisi");
  });

  it("refuses another position, also one of the same office, with the reason shown beforehand", async () => {
    const pengelola = await by("pengelola");
    const view = await look(portal, request.ref, pengelola);
    expect(view.next?.mayAct).toBe(false);
    const galat = await refused(pengelola, {
      ...decisionFor(view, []),
      tick: ["0"],
      instruksi: "x",
      sifat: "biasa",
    });
    expect(galat).toMatchObject({ status: 403, code: "WORKFLOW_WRONG_PERSON" });
    expect(view.next?.mayNot).toBe(galat.pesan);
  });

  it("honours the dates of a position: none before it begins, none after it ends, Plt. in between", async () => {
    const late = await portal.official("kaltim", "administrator", { since: "2030-01-01" });
    const gone = await portal.official("kaltim", "administrator", { until: "2026-01-31" });
    for (const visitor of [late, gone]) {
      const galat = await refused(visitor, {
        act: "disposisi-administrator",
        seen: "x",
        decision: "perform",
      });
      expect(galat).toMatchObject({ status: 404, code: "NOT_FOUND" });
    }
    const acting = await portal.official("kaltim", "administrator", { capacity: "plt" });
    const view = await look(portal, request.ref, acting);
    await decide(portal, request.ref, acting, decisionFor(view, []));
    const after = await look(portal, request.ref, acting);
    expect(after.timeline.at(-1)?.actorJabatan).toBe("Plt. Administrator Bidang TIK");
  });

  it("refuses a step out of turn, an unknown act, and a decision on what has changed since", async () => {
    const administrator = await by("administrator");
    const view = await look(portal, request.ref, administrator);
    const good = decisionFor(view, []);
    expect(await refused(administrator, { ...good, act: "rencana" })).toMatchObject({
      status: 409,
      code: "WORKFLOW_OUT_OF_TURN",
    });
    expect(await refused(administrator, { ...good, act: "tidak-ada" })).toMatchObject({
      code: "WORKFLOW_OUT_OF_TURN",
    });
    expect((await decide(portal, request.ref, administrator, good)).status).toBe(200);
    expect(await refused(administrator, good)).toMatchObject({
      status: 409,
      code: "WORKFLOW_STALE",
    });
  });

  it("lets exactly one of two people win who act at the same moment", async () => {
    const administrator = await by("administrator");
    const second = await portal.official("kaltim", "administrator");
    const good = decisionFor(await look(portal, request.ref, administrator), []);
    const answered = await Promise.all(
      [administrator, second].map((visitor) => decide(portal, request.ref, visitor, good)),
    );
    expect(answered.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(await eventCount(portal, request.ref)).toBe(2);
  });

  it("asks for the whole kelengkapan and every required answer", async () => {
    const administrator = await by("administrator");
    const good = decisionFor(await look(portal, request.ref, administrator), []);
    expect(await refused(administrator, { ...good, tick: [] })).toMatchObject({
      status: 422,
      code: "WORKFLOW_CHECKLIST",
      perbaikan: [{ field: "tick" }],
    });
    expect(await refused(administrator, { ...good, instruksi: "  " })).toMatchObject({
      status: 422,
      perbaikan: [{ field: "instruksi" }],
    });
    expect(await refused(administrator, { ...good, decision: "hapus" })).toMatchObject({
      status: 400,
    });
    expect(await refused(administrator, { ...good, tick: ["-1"] })).toMatchObject({ status: 400 });
  });

  it("offers only targets that an agent reported and allows, with size and free space, and takes no other", async () => {
    await upTo("rencana");
    const pengelola = await by("pengelola");
    const view = await look(portal, request.ref, pengelola);
    const field = view.next?.fields.find((one) => one.type === "choices");
    expect(field?.options.map((option) => option.value)).toEqual(["db-dua", "db-satu"]);
    expect(field?.options[1]?.label).toContain("perkiraan ukuran 1,2 MB");
    expect(field?.options[1]?.label).toContain("ruang kosong 50 GB");
    const galat = await refused(pengelola, { ...decisionFor(view, targets), sasaran: ["db-lain"] });
    expect(galat).toMatchObject({ status: 422, perbaikan: [{ field: "sasaran" }] });
    const outside = await look(portal, request.ref, { code: request.code });
    expect(outside.next?.fields).toEqual([]);
  });

  it("takes no choice that two agents would have to share", async () => {
    await hireAgent(portal, ["db-tiga"]);
    await upTo("rencana");
    const pengelola = await by("pengelola");
    const view = await look(portal, request.ref, pengelola);
    const galat = await refused(pengelola, {
      ...decisionFor(view, targets),
      sasaran: ["db-satu", "db-tiga"],
    });
    expect(galat).toMatchObject({ status: 422, code: "WORKFLOW_TARGET" });
  });

  it("sends a browser back to its page, with the draft where the decision was not taken", async () => {
    const administrator = await by("administrator");
    const view = await look(portal, request.ref, administrator);
    const post = (fields: Record<string, string>, headers: Record<string, string>) =>
      portal.fetch(`/api/requests/${request.ref}/decisions`, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { accept: "text/html", origin: TEST_ORIGIN, ...headers },
      });
    const form = {
      act: view.next?.act ?? "",
      seen: view.head,
      decision: "perform",
      instruksi: "CONTOH",
      sifat: "biasa",
    };
    const missing = await post(form, { cookie: administrator.cookie });
    const back = new URL(missing.headers.get("location") ?? "", TEST_ORIGIN);
    expect([missing.status, back.pathname, back.hash]).toEqual([
      303,
      `/ruang-kerja/permohonan/${request.ref}/`,
      "#galat",
    ]);
    expect(portal.services.drafts.read(back.searchParams.get("draf") ?? "")).toMatchObject({
      status: 422,
      problems: [{ field: "tick" }],
      values: { instruksi: ["CONTOH"] },
    });
    const taken = await post({ ...form, tick: "0" }, { cookie: administrator.cookie });
    expect(taken.headers.get("location")).toBe(`/ruang-kerja/permohonan/${request.ref}/`);
    const tracked = await post(
      { decision: "cancel", act: "x", seen: "lama", kode: request.code, alasan: "x" },
      {},
    );
    const lacak = new URL(tracked.headers.get("location") ?? "", TEST_ORIGIN);
    expect([lacak.pathname, lacak.searchParams.get("kode")]).toEqual(["/lacak/", request.code]);
    const draft = portal.services.drafts.read(lacak.searchParams.get("draf") ?? "");
    expect(draft?.status).toBe(409);
    expect(Object.keys(draft?.values ?? {})).not.toContain("kode");
  });
});
