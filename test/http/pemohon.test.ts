import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstAct } from "#domain/sop/navigate.ts";
import { openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { decide, galatOf, KALTIM, look, Office, type Submitted, sopOf, submit } from "./office.ts";

const PDF = Buffer.from("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");

describe("the pemohon after the submission", () => {
  let portal: TestPortal;
  let office: Office;
  beforeAll(async () => {
    portal = await openTestPortal();
    office = new Office(portal);
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const sop = () => sopOf(portal, KALTIM);
  const track = ({ ref, code }: Submitted) =>
    portal.services.requests.track({ ref, code, requestId: "uji" });
  const official = async (request: Submitted) => {
    const view = await look(portal, request.ref, request);
    return { view, who: await office.of(sop(), view.next?.role ?? "") };
  };
  const giveBack = async (request: Submitted, alasan: string) => {
    const { view, who } = await official(request);
    const decision = {
      act: view.next?.act,
      seen: view.head,
      decision: "return",
      to: firstAct(sop()).id,
      alasan,
    };
    expect((await decide(portal, request.ref, who, decision)).status).toBe(200);
  };
  const correct = async (
    request: Submitted,
    given: Readonly<Record<string, string>>,
    letter: Uint8Array | null = null,
    accept = "application/json",
  ) => {
    const view = await track(request);
    const values = Object.fromEntries(
      (view.mending ?? []).flatMap(({ name, type, initial }) =>
        type === "file" ? [] : [[name, String(initial ?? "")]],
      ),
    );
    const body = new FormData();
    const filled = { seen: view.head, kode: request.code, ...values, ...given };
    for (const [name, value] of Object.entries(filled)) body.set(name, value);
    if (letter) body.set("surat", new Blob([new Uint8Array(letter)]), "surat.pdf");
    const headers = { accept, origin: TEST_ORIGIN };
    return portal.fetch(`/api/requests/${request.ref}/corrections`, {
      method: "POST",
      body,
      headers,
    });
  };

  it("mends answers and letter of what was returned, twice, and the record holds what changed", async () => {
    const request = await submit(portal, KALTIM, { jenis: "restore", nomorSurat: "CONTOH/1" });
    expect((await track(request)).mending).toBeNull();
    await giveBack(request, "CONTOH nomor surat keliru");
    const returned = await track(request);
    expect(returned.rounds).toMatchObject([{ no: 1, open: true, reply: null }]);
    expect(returned.mending?.map(({ name }) => name)).toContain("kejadian");
    expect(returned.mending?.find(({ name }) => name === "nomorSurat")?.initial).toBe("CONTOH/1");

    const first = await correct(request, {
      nomorSurat: "CONTOH/2",
      kategori: "tinggi",
      catatan: "CONTOH nomor dibetulkan",
    });
    expect(first.status).toBe(200);
    let view = await track(request);
    expect(view.timeline.at(-1)?.notes).toEqual([
      { label: "Perbaikan yang Anda lakukan", value: "CONTOH nomor dibetulkan" },
      { label: "Kategori sistem elektronik", value: "Tinggi" },
      { label: "Nomor surat permohonan", value: "CONTOH/2" },
    ]);
    expect(view.rounds).toMatchObject([{ open: false }]);
    const letters = view.documents.filter(({ mime }) => mime === "application/json").length;
    expect(letters).toBe(2);

    await giveBack(request, "CONTOH unggah surat yang ditandatangani");
    view = await track(request);
    expect(view.mending?.find(({ name }) => name === "kategori")?.initial).toBe("tinggi");
    const second = await correct(request, { kategori: "", catatan: "CONTOH surat diunggah" }, PDF);
    expect(second.status).toBe(200);
    view = await track(request);
    expect(view.timeline.at(-1)?.notes).toContainEqual({
      label: "Kategori sistem elektronik",
      value: "(dikosongkan)",
    });
    expect(
      view.documents.some(
        ({ sha256, mime, bytes }) =>
          sha256 !== "" && mime === "application/pdf" && bytes === PDF.length,
      ),
    ).toBe(true);
    const { view: seen } = await official(request);
    expect(seen.next?.byRequester).toBe(false);
  });

  it("refuses a correction that is not in order, of another, out of turn or on an older head", async () => {
    const request = await submit(portal, KALTIM, { alasan: "CONTOH tolak perbaikan" });
    const early = await correct(request, { catatan: "x" });
    expect(await galatOf(early)).toMatchObject({ status: 409, code: "WORKFLOW_OUT_OF_TURN" });
    await giveBack(request, "CONTOH perbaiki");
    const bad = await galatOf(await correct(request, { surel: "bukan", catatan: "" }));
    expect([bad.status, bad.perbaikan.map(({ field }) => field)]).toEqual([
      422,
      ["catatan", "surel"],
    ]);
    const page = await correct(request, { surel: "bukan", catatan: "x" }, null, "text/html");
    expect(page.status).toBe(303);
    expect(page.headers.get("location")).toMatch(/^\/lacak\/\?.*draf=.*#galat$/);
    expect(
      await galatOf(await correct(request, { catatan: "x" }, Buffer.from("MZ"))),
    ).toMatchObject({ status: 415 });
    expect(
      await galatOf(await correct(request, { catatan: "x", seen: "0".repeat(64) })),
    ).toMatchObject({ status: 409, code: "WORKFLOW_STALE" });
    expect(await galatOf(await correct(request, { catatan: "x", kode: "salah" }))).toMatchObject({
      status: 404,
      code: "AUTH_TRACKING",
    });
    expect((await correct(request, { catatan: "x" })).status).toBe(200);
  });

  it("never changes the kind of what was asked for, and goes by the mended name", async () => {
    const request = await submit(portal, KALTIM, { jenis: "backup", alasan: "CONTOH jenis" });
    await giveBack(request, "CONTOH");
    expect(
      (await correct(request, { jenis: "restore", nama: "CONTOH nama baru", catatan: "x" })).status,
    ).toBe(200);
    const after = await track(request);
    expect([after.kind, after.requester?.name]).toEqual(["backup", "CONTOH nama baru"]);
  });

  it("answers an official's question, once, and sees both in the conversation", async () => {
    const request = await submit(portal, KALTIM, { alasan: "CONTOH tanya jawab" });
    const { view, who } = await official(request);
    const ask = {
      act: view.next?.act,
      seen: view.head,
      decision: "ask",
      pertanyaan: "CONTOH server yang mana?",
    };
    expect((await decide(portal, request.ref, who, ask)).status).toBe(200);
    const asked = await track(request);
    expect([asked.awaitsAnswer, asked.estimate]).toEqual([true, null]);
    expect(asked.rounds[0]?.opened.notes[0]?.value).toBe("CONTOH server yang mana?");
    const answer = {
      act: "",
      seen: asked.head,
      decision: "answer",
      jawaban: "CONTOH yang pertama",
    };
    expect((await decide(portal, request.ref, request, answer)).status).toBe(200);
    const after = await track(request);
    expect(after.awaitsAnswer).toBe(false);
    expect(after.rounds).toMatchObject([{ open: false, reply: { type: "answered" } }]);
    const twice = await decide(portal, request.ref, request, { ...answer, seen: after.head });
    expect(await galatOf(twice)).toMatchObject({ status: 409, code: "WORKFLOW_QUESTION" });
  });

  it("tells when it is usually done, by the standard times while too little was measured", async () => {
    const request = await submit(portal, KALTIM, { alasan: "CONTOH perkiraan" });
    const { estimate } = await track(request);
    expect(estimate).toMatchObject({ basis: "standard", from: estimate?.to });
    expect(estimate?.text).toMatch(/^sekitar \d+ hari kerja$/);
  });

  it("tells the stage alone to whoever has the number only", async () => {
    const { ref } = await submit(portal, KALTIM, { alasan: "CONTOH nomor saja" });
    const view = await portal.services.requests.track({ ref, code: null, requestId: "uji" });
    expect(view).toMatchObject({
      head: "",
      requester: null,
      estimate: null,
      rounds: [],
      mending: null,
      plan: null,
      timeline: [],
      documents: [],
    });
  });

  it("gives a receipt as PDF to whoever has the code, and to nobody else", async () => {
    const request = await submit(portal, KALTIM, { alasan: "CONTOH tanda terima" });
    const path = `/api/requests/${request.ref}/tanda-terima`;
    const receipt = await portal.fetch(`${path}?kode=${request.code}`);
    expect(receipt.status).toBe(200);
    expect(receipt.headers.get("content-type")).toBe("application/pdf");
    expect(receipt.headers.get("cache-control")).toBe("private, no-store");
    expect(
      Buffer.from(await receipt.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe("%PDF-");
    expect((await portal.fetch(`${path}?kode=salah`)).status).toBe(404);
    expect((await portal.fetch(path)).status).toBe(401);
    const { who } = await official(request);
    expect((await portal.fetch(path, { headers: { cookie: who.cookie } })).status).toBe(404);
  });
});
