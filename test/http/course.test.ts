import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { positions } from "#domain/sop/navigate.ts";
import type { RequestView } from "#domain/workflow/view.ts";
import { assignPosition } from "#functions/services/people/assign-position.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import {
  decide,
  decisionFor,
  KALTIM,
  KUKAR,
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

describe("acts with an agent, checks by another, and what no SOP foresees", () => {
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

  it("closes no step on evidence that is not there, and none while the agent works", async () => {
    await upTo("laksana");
    const pengelola = await by("pengelola");
    const waiting = await look(portal, request.ref, pengelola);
    expect(waiting.next?.phase).toBe("start");
    const close = { act: "laksana", seen: waiting.head, decision: "perform", tick: ["0"] };
    expect(await refused(pengelola, close)).toMatchObject({
      status: 409,
      code: "WORKFLOW_EVIDENCE_MISSING",
    });
    await decide(portal, request.ref, pengelola, decisionFor(waiting, []));
    const working = await look(portal, request.ref, pengelola);
    expect(working.next?.phase).toBe("wait");
    for (const decision of ["perform", "start", "refuse"]) {
      const galat = await refused(pengelola, {
        ...close,
        seen: working.head,
        decision,
        golongan: "lainnya",
        alasan: "x",
      });
      expect(galat).toMatchObject({ status: 409, code: "WORKFLOW_JOB_ACTIVE" });
    }
    expect(
      await refused(
        { code: request.code },
        { ...close, seen: working.head, decision: "cancel", alasan: "x" },
      ),
    ).toMatchObject({ code: "WORKFLOW_JOB_ACTIVE" });
    await agent.work();
    const done = await look(portal, request.ref, pengelola);
    expect(done.next?.phase).toBe("close");
    expect(done.jobs[0]).toMatchObject({ state: "succeeded", percent: 50, message: "Kabar 2" });
  });

  it("asks for a new plan after a failed job, and shows why it failed", async () => {
    await upTo("laksana");
    const pengelola = await by("pengelola");
    await decide(
      portal,
      request.ref,
      pengelola,
      decisionFor(await look(portal, request.ref, pengelola), []),
    );
    await agent.work("failed");
    const failed = await look(portal, request.ref, pengelola);
    expect(failed.next?.phase).toBe("failed");
    expect(failed.jobs[0]?.error).toContain("Data lama tidak disentuh");
    const again = { act: "laksana", seen: failed.head, decision: "start" };
    expect(await refused(pengelola, again)).toMatchObject({ code: "WORKFLOW_JOB_FAILED" });
    const back = {
      act: "laksana",
      seen: failed.head,
      decision: "return",
      to: "rencana",
      alasan: "CONTOH",
    };
    expect((await decide(portal, request.ref, pengelola, back)).status).toBe(200);
    const replanned = await look(portal, request.ref, pengelola);
    expect(replanned.next?.act).toBe("rencana");
    expect(replanned.steps.map((step) => step.state)).toEqual([
      "closed",
      "closed",
      "current",
      "waiting",
      "waiting",
    ]);
    const end = await walk(office, KALTIM, request, { targets, agent });
    expect(end.status).toBe("completed");
  });

  it("lets nobody check their own work, even one who holds both positions", async () => {
    await upTo("laksana");
    const both = await portal.official("kaltim", "pengelola");
    await assignPosition(portal.deps, {
      email: both.email,
      agency: "kaltim",
      jabatan: "pemeriksa",
      capacity: "plh",
      since: "2026-01-01",
      until: null,
      decree: "CONTOH",
    });
    await decide(portal, request.ref, both, decisionFor(await look(portal, request.ref, both), []));
    await agent.work();
    await decide(portal, request.ref, both, decisionFor(await look(portal, request.ref, both), []));
    const view = await look(portal, request.ref, both);
    expect(view.next).toMatchObject({ act: "konfirmasi", mayAct: false });
    const galat = await refused(both, {
      act: "konfirmasi",
      seen: view.head,
      decision: "perform",
      hasil: "x",
      tick: ["0"],
    });
    expect(galat).toMatchObject({ status: 403, code: "WORKFLOW_SAME_PERSON" });

    const inboxOf = async ({ cookie }: { cookie: string }) => {
      const answer = await portal.fetch("/api/inbox", { headers: { cookie } });
      return (await answer.json()) as {
        data: { ref: string; urgency: string }[];
        counts: Record<string, number>;
      };
    };
    const other = await submit(portal, KALTIM, { alasan: "CONTOH lain", jenis: "backup" });
    const checked = (one: RequestView) => one.next?.act === "konfirmasi";
    await walk(office, KALTIM, other, { targets, agent, until: checked });
    const mixed = await inboxOf(both);
    expect(mixed.counts, "apart, and last").toMatchObject({ barred: 1 });
    expect(mixed.data.at(-1)).toMatchObject({ ref: request.ref, urgency: "barred" });
    expect(mixed.data.find(({ ref }) => ref === other.ref)?.urgency).toBe("today");
    const checker = await by("pemeriksa");
    expect((await inboxOf(checker)).counts).toMatchObject({ barred: 0 });

    // Once the work is taken back and done by another, the same person may check it.
    const { head } = await look(portal, request.ref, checker);
    const back = { act: "konfirmasi", seen: head, decision: "return", alasan: "CONTOH" };
    const returned = await decide(portal, request.ref, checker, { ...back, to: "rencana" });
    expect(returned.status).toBe(200);
    await walk(office, KALTIM, request, { targets, agent, until: checked });
    expect((await inboxOf(both)).counts).toMatchObject({ barred: 0 });
  });

  it("returns to the pemohon, who mends by the tracking code, as often as the SOP allows", async () => {
    const administrator = await by("administrator");
    const pemohon = { code: request.code };
    const rounds = sopOf(portal, KALTIM).maksPengembalian;
    for (let round = 1; round <= rounds; round += 1) {
      const view = await look(portal, request.ref, administrator);
      const back = {
        act: view.next?.act,
        seen: view.head,
        decision: "return",
        to: "ajukan",
        alasan: "CONTOH kurang",
      };
      expect((await decide(portal, request.ref, administrator, back)).status).toBe(200);
      const mine = await look(portal, request.ref, pemohon);
      expect(mine.next).toMatchObject({ byRequester: true, mayAct: true, act: "ajukan" });
      expect(mine.timeline.at(-1)).toMatchObject({
        outsideSop: true,
        notes: [{ label: "Alasan", value: "CONTOH kurang" }],
      });
      expect((await decide(portal, request.ref, pemohon, decisionFor(mine, []))).status).toBe(200);
    }
    const view = await look(portal, request.ref, administrator);
    expect(view.next?.returnTo).toEqual([]);
    const once = {
      act: view.next?.act,
      seen: view.head,
      decision: "return",
      to: "ajukan",
      alasan: "x",
    };
    expect(await refused(administrator, once)).toMatchObject({
      status: 409,
      code: "WORKFLOW_ROUNDS",
    });
    expect(
      await refused(administrator, {
        ...once,
        to: "konfirmasi",
        decision: "refuse",
        golongan: "lainnya",
        alasan: "",
      }),
    ).toMatchObject({ status: 422 });
  });

  it("refuses a return forward, and ends by refusal or by the pemohon's cancellation for good", async () => {
    const administrator = await by("administrator");
    const view = await look(portal, request.ref, administrator);
    const forward = {
      act: view.next?.act,
      seen: view.head,
      decision: "return",
      to: "rencana",
      alasan: "x",
    };
    expect(await refused(administrator, forward)).toMatchObject({ code: "WORKFLOW_RETURN_TARGET" });
    expect(await refused(administrator, { ...forward, decision: "cancel" })).toMatchObject({
      code: "WORKFLOW_WRONG_PERSON",
    });
    const cancel = {
      act: view.next?.act,
      seen: view.head,
      decision: "cancel",
      alasan: "CONTOH tidak jadi",
    };
    expect((await decide(portal, request.ref, { code: request.code }, cancel)).status).toBe(200);
    const ended = await look(portal, request.ref, administrator);
    expect(ended).toMatchObject({ status: "cancelled", next: null });
    expect(await refused(administrator, { ...forward, seen: ended.head })).toMatchObject({
      code: "WORKFLOW_CLOSED",
    });

    const other = await submit(portal, KALTIM, { alasan: `CONTOH tolak ${turn}` });
    const open = await look(portal, other.ref, administrator);
    const refuse = {
      act: open.next?.act,
      seen: open.head,
      decision: "refuse",
      alasan: "CONTOH di luar layanan",
    };
    const unclassed = await decide(portal, other.ref, administrator, refuse);
    expect(unclassed.status).toBe(422);
    expect(await unclassed.json()).toMatchObject({
      galat: { perbaikan: [{ field: "golongan" }] },
    });
    const answer = await decide(portal, other.ref, administrator, {
      ...refuse,
      golongan: "bukan-wewenang",
    });
    expect(((await answer.json()) as { data: { status: string } }).data.status).toBe("refused");
  });

  it("freezes one order whose bytes no later decision can change, in both SOPs", async () => {
    await upTo("laksana");
    const administrator = await by("administrator");
    const frozen = (await look(portal, request.ref, administrator)).timeline.find(
      ({ type }) => type === "job_frozen",
    );
    expect(frozen?.stepNo).toBe(4);
    expect(positions(sopOf(portal, KUKAR)).some(({ act }) => act.membekukan)).toBe(true);
    const [spec] = await portal.deps.db.orm.query.jobSpecs.findMany({
      where: (table, { eq }) => eq(table.request, request.ref.replaceAll("-", "")),
    });
    expect(JSON.parse(spec?.spec ?? "{}")).toMatchObject({
      action: "backup",
      agent: agent.id,
      destructive: false,
    });
  });
});
