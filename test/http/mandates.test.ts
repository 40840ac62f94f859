import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FormerPosition, MandatePage } from "#functions/services/mandates/views.ts";
import { type Official, openTestPortal, type TestPortal } from "#support/server.ts";
import { get, openAdmin, post } from "./admin-desk.ts";
import {
  decide,
  decisionFor,
  galatOf,
  KALTIM,
  KUKAR,
  look,
  Office,
  type Submitted,
  sopOf,
  submit,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

describe("a mandate", () => {
  let portal: TestPortal;
  let office: Office;
  let agent: ScriptedAgent;
  let pengelola: Official;
  let pemeriksa: Official;
  let request: Submitted;
  beforeAll(async () => {
    portal = await openTestPortal();
    agent = await hireAgent(portal, ["db-satu"]);
  });
  beforeEach(async () => {
    office = new Office(portal);
    const sop = sopOf(portal, KALTIM);
    pengelola = await office.of(sop, "pengelola");
    pemeriksa = await office.of(sop, "pemeriksa");
    request = await submit(portal, KALTIM, { alasan: `CONTOH ${crypto.randomUUID()}` });
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const upTo = (act: string) =>
    walk(office, KALTIM, request, {
      targets: ["db-satu"],
      agent,
      until: (view) => view.next?.act === act,
    });
  const give = (giver: Official, receiver: string, given: Record<string, string> = {}) =>
    post(portal, giver, "/api/mandates", {
      jabatan: "kaltim/pengelola",
      penerima: receiver,
      sejak: "2026-11-23",
      sampai: "2026-11-27",
      dasar: "CONTOH dinas luar",
      ...given,
    });
  const given = async (giver: Official, receiver: string): Promise<string> => {
    const answer = await give(giver, receiver);
    if (!answer.ok) throw new Error(await answer.text());
    return ((await answer.json()) as { data: { id: string } }).data.id;
  };
  const inbox = async (who: Official) =>
    (await get<{ ref: string }[]>(portal, who, "/api/inbox")).map(({ ref }) => ref);
  const act = async (who: Official) =>
    decide(
      portal,
      request.ref,
      who,
      decisionFor(await look(portal, request.ref, who), ["db-satu"]),
    );

  it("shows the item to both, lets the receiver act a.n., and the agent takes what they decided", async () => {
    await upTo("rencana");
    expect(await inbox(pemeriksa)).not.toContain(request.ref);
    await given(pengelola, pemeriksa.person);
    expect(await inbox(pemeriksa)).toContain(request.ref);
    expect(await inbox(pengelola)).toContain(request.ref);
    // Plans, and sends the agent to work: its replay of the chain meets the capacity twice.
    expect((await act(pemeriksa)).status).toBe(200);
    expect((await act(pemeriksa)).status).toBe(200);
    await agent.work();
    const { timeline } = await look(portal, request.ref, pengelola);
    expect(timeline.filter(({ actorJabatan }) => actorJabatan?.startsWith("a.n. "))).not.toEqual(
      [],
    );
    // What is done by mandate is done by the person: they do not check it, by their own position.
    expect((await act(pengelola)).status).toBe(200);
    const view = await look(portal, request.ref, pemeriksa);
    expect(view.next).toMatchObject({ act: "konfirmasi", mayAct: false });
    const refused = await galatOf(
      await decide(portal, request.ref, pemeriksa, {
        act: "konfirmasi",
        seen: view.head,
        decision: "perform",
        tick: ["0"],
        hasil: "x",
      }),
    );
    expect(refused).toMatchObject({ status: 403, code: "WORKFLOW_SAME_PERSON" });
  });

  it("of the checker's position does not let the doer check", async () => {
    await upTo("konfirmasi");
    const lent = await give(pemeriksa, pengelola.person, { jabatan: "kaltim/pemeriksa" });
    expect(lent.status).toBe(200);
    const view = await look(portal, request.ref, pengelola);
    expect(view.next).toMatchObject({ act: "konfirmasi", mayAct: false });
    expect(view.next?.mayNot).toMatch(/orang yang berbeda/);
  });

  it("is taken back at once, by its giver only", async () => {
    await upTo("rencana");
    const id = await given(pengelola, pemeriksa.person);
    const foreign = await post(portal, pemeriksa, `/api/mandates/${id}/end`);
    expect(foreign.status).toBe(404);
    expect((await post(portal, pengelola, `/api/mandates/${id}/end`)).status).toBe(200);
    expect(await inbox(pemeriksa)).not.toContain(request.ref);
    expect((await look(portal, request.ref, pemeriksa)).next?.mayAct).toBe(false);
    const page = await get<MandatePage>(portal, pengelola, "/api/mandates");
    expect(page.given.find((one) => one.id === id)).toMatchObject({ state: "taken_back" });
  });

  it("ends when the giver's own position ends, and the receiver cannot pass it on", async () => {
    const giver = await portal.official("kaltim", "pengelola", { until: "2026-11-25" });
    const long = await galatOf(await give(giver, pemeriksa.person));
    expect(long.perbaikan.map(({ field }) => field)).toEqual(["sampai"]);
    expect((await give(giver, pemeriksa.person, { sampai: "2026-11-25" })).status).toBe(200);
    const onward = await galatOf(await give(pemeriksa, giver.person));
    expect(onward.perbaikan.map(({ field }) => field)).toEqual(["jabatan"]);
    const page = await get<MandatePage>(portal, pemeriksa, "/api/mandates");
    expect(page.lendable.map(({ jabatan }) => jabatan)).toEqual(["pemeriksa"]);
    const admin = await openAdmin(portal);
    const { holdings } = await portal.services.admin.person(
      { person: admin.person, name: "", positions: [], admin: true, secondFactor: true },
      giver.person,
    );
    const end = `/api/admin/positions/${holdings[0]?.id}/end`;
    const before = await portal.services.people.viewerOf(new Headers({ cookie: pemeriksa.cookie }));
    expect(before?.positions.map(({ capacity }) => capacity)).toContain("mandat");
    expect((await post(portal, admin, end, { sampai: "2026-11-22" })).status).toBe(200);
    const after = await portal.services.people.viewerOf(new Headers({ cookie: pemeriksa.cookie }));
    expect(after?.positions.map(({ capacity }) => capacity)).toEqual(["definitif"]);
  });

  it("tells every field to mend and stores nothing", async () => {
    const wrong = { jabatan: "kaltim/pengelola", penerima: "x", sejak: "", sampai: "", dasar: "" };
    const galat = await galatOf(await post(portal, pengelola, "/api/mandates", wrong));
    expect(galat.perbaikan.map(({ field }) => field)).toEqual(["dasar", "sejak", "sampai"]);
    const nobody = await post(portal, null, "/api/mandates", wrong);
    expect(nobody.status).toBe(401);
    const page = await get<MandatePage>(portal, pengelola, "/api/mandates");
    expect(page.given).toEqual([]);
  });
});

describe("a position that changes hands in the middle of a request", () => {
  it("takes its open items to the next holder at midnight of the agency, and tells the old one why", async () => {
    await using portal = await openTestPortal();
    const office = new Office(portal);
    const agent = await hireAgent(portal, ["db-satu"]);
    const old = await portal.official("kukar", "kepala-bidang", { until: "2026-11-23" });
    const next = await portal.official("kukar", "kepala-bidang", { since: "2026-11-24" });
    const request = await submit(portal, KUKAR);
    await walk(office, KUKAR, request, {
      targets: [],
      agent,
      until: (view) => view.next?.act === "disposisi-kabid",
    });
    const inbox = async (who: Official) =>
      (await get<{ ref: string }[]>(portal, who, "/api/inbox")).map(({ ref }) => ref);
    portal.clock.set("2026-11-23T23:59:59+08:00");
    expect(await inbox(old)).toEqual([request.ref]);
    expect(await inbox(next)).toEqual([]);
    const seen = await look(portal, request.ref, old);
    portal.clock.set("2026-11-24T00:00:00+08:00");
    expect(await inbox(old)).toEqual([]);
    expect(await inbox(next)).toEqual([request.ref]);
    // The page that was open at midnight decides nothing any more.
    const late = await decide(portal, request.ref, old, decisionFor(seen, []));
    expect(late.status).toBe(404);
    const viewer = await portal.services.people.viewerOf(new Headers({ cookie: old.cookie }));
    const former: readonly FormerPosition[] = viewer
      ? await portal.services.mandates.former(viewer)
      : [];
    expect(former).toEqual([
      {
        title: "Kepala Bidang",
        agencyName: "Diskominfo Kukar",
        until: "2026-11-23",
        lent: false,
      },
    ]);
    const view = await look(portal, request.ref, next);
    expect((await decide(portal, request.ref, next, decisionFor(view, []))).status).toBe(200);
  });

  it("leaves the old holder who has another position reading, with the sentence why they may not", async () => {
    await using portal = await openTestPortal();
    const office = new Office(portal);
    const agent = await hireAgent(portal, ["db-satu"]);
    const old = await portal.official("kukar", "kepala-bidang", { until: "2026-11-23" });
    const admin = await openAdmin(portal);
    const own = await post(portal, admin, "/api/admin/positions", {
      orang: old.person,
      instansi: "kukar",
      jabatan: "jft",
      kapasitas: "definitif",
      sejak: "2026-11-24",
      sampai: "",
      dasar: "CONTOH",
    });
    expect(own.status).toBe(200);
    const request = await submit(portal, KUKAR);
    await walk(office, KUKAR, request, {
      targets: [],
      agent,
      until: (view) => view.next?.act === "disposisi-kabid",
    });
    portal.clock.set("2026-11-24T01:00:00.000Z");
    const view = await look(portal, request.ref, old);
    expect(view.next).toMatchObject({ mayAct: false });
    expect(view.next?.mayNot).toMatch(/bukan wewenang jabatan Anda pada tanggal ini/);
  });
});

describe("separation of duties", () => {
  it("counts who sent the agent to work as well as who closed the act", async () => {
    await using portal = await openTestPortal();
    const office = new Office(portal);
    const agent = await hireAgent(portal, ["db-satu"]);
    const request = await submit(portal, KALTIM);
    await walk(office, KALTIM, request, {
      targets: ["db-satu"],
      agent,
      until: (view) => view.next?.act === "laksana",
    });
    const starter = await portal.official("kaltim", "pengelola");
    const admin = await openAdmin(portal);
    await post(portal, admin, "/api/admin/positions", {
      orang: starter.person,
      instansi: "kaltim",
      jabatan: "pemeriksa",
      kapasitas: "plt",
      sejak: "2026-11-23",
      sampai: "",
      dasar: "CONTOH",
    });
    const act = async (who: Official) =>
      decide(
        portal,
        request.ref,
        who,
        decisionFor(await look(portal, request.ref, who), ["db-satu"]),
      );
    expect((await act(starter)).status).toBe(200);
    await agent.work();
    const other = await office.of(sopOf(portal, KALTIM), "pengelola");
    expect((await act(other)).status).toBe(200);
    const view = await look(portal, request.ref, starter);
    expect(view.next).toMatchObject({ act: "konfirmasi", mayAct: false });
    expect(view.next?.mayNot).toMatch(/orang yang berbeda/);
  });
});
