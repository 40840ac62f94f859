import { strFromU8, unzipSync } from "fflate";
import { extractText, getDocumentProxy } from "unpdf";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPpid } from "#functions/services/ppid/store.ts";
import { type Official, openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { galatOf } from "./office.ts";

const SECRETS = { nama: "CONTOH Peminta Rahasia", alamat: "Jalan CONTOH 7", telepon: "0800-0000" };
const FORM = {
  instansi: "kukar",
  informasi: "CONTOH: SOP pemulihan data yang berlaku tahun 2026",
  tujuan: "CONTOH: penelitian",
  cara: "salinan-elektronik",
  jenisPemohon: "perorangan",
  surel: "peminta@contoh.go.id",
  ...SECRETS,
};
const PDF = new Uint8Array(Buffer.from("%PDF-1.4\n% CONTOH\n%%EOF\n"));

let portal: TestPortal;
let ppid: Official;
let superior: Official;

beforeEach(async () => {
  portal = await openTestPortal();
  ppid = await portal.official("kukar", "ppid");
  superior = await portal.official("kukar", "atasan-ppid");
});
afterEach(() => portal[Symbol.asyncDispose]());

const post = (path: string, values: Record<string, string | Blob>, cookie = "") => {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  return portal.fetch(path, { method: "POST", body, headers: cookie === "" ? {} : { cookie } });
};

async function ask(values: Record<string, string | Blob> = FORM) {
  const answer = await post("/api/ppid", values);
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { data: { ref: string; code: string } }).data;
}

interface Seen {
  readonly head: string;
  readonly register: { readonly number: number };
  readonly state: { readonly status: string };
  readonly may: Readonly<Record<string, boolean>>;
  readonly overdue: boolean;
  readonly documents: readonly { readonly id: string; readonly title: string }[];
}
const look = async (ref: string, by: { code: string } | Official): Promise<Seen> => {
  const answer = await portal.fetch(
    `/api/ppid/${ref}${"code" in by ? `?kode=${by.code}` : ""}`,
    "cookie" in by ? { headers: { cookie: by.cookie } } : {},
  );
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { data: Seen }).data;
};
const decide = async (
  ref: string,
  by: { code: string } | Official,
  values: Record<string, string | Blob>,
) =>
  post(
    `/api/ppid/${ref}/decisions`,
    {
      seen: (await look(ref, by)).head,
      ...("code" in by ? { kode: by.code } : {}),
      ...values,
    },
    "cookie" in by ? by.cookie : "",
  );

describe("a request for public information", () => {
  it("runs from the form to the answer of an objection, with its files and clocks", async () => {
    const { ref, code } = await ask({ ...FORM, identitas: new Blob([PDF]) });
    const first = await look(ref, { code });
    expect(first).toMatchObject({ register: { number: 1 }, overdue: false, documents: [] });
    expect(first.may).toEqual({
      answer: false,
      extend: false,
      object: false,
      answerObjection: false,
      withdraw: true,
    });
    expect((await look(ref, ppid)).documents).toHaveLength(1);

    const extended = await decide(ref, ppid, {
      decision: "extend",
      alasanPerpanjangan: "CONTOH: arsip lama",
    });
    expect(extended.status).toBe(200);
    portal.clock.set("2026-12-21T02:00:00.000Z");
    const answered = await decide(ref, ppid, {
      decision: "answer",
      putusan: "dikabulkan-sebagian",
      alasanTolak: "dikecualikan",
      butir: "alamat-jaringan",
      jawaban: "CONTOH: terlampir, alamat jaringan dihitamkan.",
      berkas: new Blob([PDF]),
    });
    expect(answered.status).toBe(200);
    const seen = await look(ref, { code });
    expect(seen).toMatchObject({ state: { status: "answered" }, may: { object: true } });
    expect(seen.documents.map(({ title }) => title)).toEqual(["Berkas jawaban"]);
    const file = await portal.fetch(`/api/ppid/${ref}/files/${seen.documents[0]?.id}?kode=${code}`);
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(PDF);

    const objected = await decide(
      ref,
      { code },
      {
        decision: "object",
        alasanKeberatan: "d",
        uraian: "CONTOH: yang diminta bukan itu.",
      },
    );
    expect(objected.status).toBe(200);
    expect((await look(ref, ppid)).may["answerObjection"]).toBe(false);
    const closed = await decide(ref, superior, {
      decision: "answer_objection",
      putusan: "dikabulkan",
      jawaban: "CONTOH: PPID diminta memberikan yang dimaksud.",
    });
    expect(closed.status).toBe(200);
    expect((await look(ref, { code })).state.status).toBe("closed");
  });

  it("tells every field to mend, and stores nothing", async () => {
    const answer = await post("/api/ppid", { instansi: "kukar", surel: "bukan surel" });
    expect(answer.status).toBe(422);
    const { perbaikan } = await galatOf(answer);
    expect(perbaikan.map(({ field }) => field).sort()).toEqual(
      ["alamat", "cara", "informasi", "jenisPemohon", "nama", "surel", "tujuan"].sort(),
    );
    const noContact = await post("/api/ppid", { ...FORM, surel: "", telepon: "" });
    expect((await galatOf(noContact)).perbaikan).toEqual([
      { field: "surel", pesan: "Isi alamat surel atau nomor telepon." },
    ]);
    expect((await post("/api/ppid", { ...FORM, instansi: "tidak-ada" })).status).toBe(422);
    expect(await portal.deps.db.orm.query.ppidRequests.findMany()).toEqual([]);
    expect(await portal.deps.db.orm.query.requestContents.findMany()).toEqual([]);
  });

  it("goes back to the form with the answers where a browser sent it", async () => {
    const body = new URLSearchParams({ ...FORM, nama: "" });
    const answer = await portal.fetch("/api/ppid", {
      method: "POST",
      body,
      headers: { accept: "text/html", origin: TEST_ORIGIN },
    });
    expect(answer.status).toBe(303);
    const location = new URL(answer.headers.get("location") ?? "", TEST_ORIGIN);
    expect(location.pathname).toBe("/ppid/minta/");
    const draft = portal.services.drafts.read(location.searchParams.get("draf") ?? "");
    expect(draft).toMatchObject({ status: 422, values: { informasi: [FORM.informasi] } });
  });

  it("is hidden from all but its requester, the PPID and the PPID's superior", async () => {
    const { ref, code } = await ask();
    const others = await Promise.all([
      portal.official("kukar", "kepala-dinas"),
      portal.official("kaltim", "ppid"),
    ]);
    for (const { cookie } of others) {
      expect((await portal.fetch(`/api/ppid/${ref}`, { headers: { cookie } })).status).toBe(404);
    }
    expect((await portal.fetch(`/api/ppid/${ref}`)).status).toBe(401);
    expect((await portal.fetch(`/api/ppid/${ref}?kode=${code}x`)).status).toBe(404);
    const values = { decision: "answer", putusan: "dikabulkan", jawaban: "CONTOH" };
    const { head } = await look(ref, ppid);
    const byOther = await post(
      `/api/ppid/${ref}/decisions`,
      { ...values, seen: head },
      superior.cookie,
    );
    expect((await galatOf(byOther)).code).toBe("WORKFLOW_WRONG_PERSON");
    expect((await galatOf(await decide(ref, { code }, values))).code).toBe("WORKFLOW_WRONG_PERSON");
    expect((await look(ref, { code })).state.status).toBe("open");
  });

  it("keeps the identity paper from whoever has the code, and every name from the log", async () => {
    const { ref, code } = await ask({ ...FORM, identitas: new Blob([PDF]) });
    const [paper] = (await look(ref, ppid)).documents;
    const byCode = await portal.fetch(`/api/ppid/${ref}/files/${paper?.id}?kode=${code}`);
    expect(byCode.status).toBe(404);
    const told = JSON.stringify(portal.log);
    for (const secret of Object.values(SECRETS)) expect(told).not.toContain(secret);
  });

  it("refuses what was decided on an older state", async () => {
    const { ref } = await ask();
    const { head } = await look(ref, ppid);
    const extended = await decide(ref, ppid, {
      decision: "extend",
      alasanPerpanjangan: "CONTOH",
    });
    expect(extended.status).toBe(200);
    const stale = await post(
      `/api/ppid/${ref}/decisions`,
      { seen: head, decision: "answer", putusan: "dikabulkan", jawaban: "CONTOH" },
      ppid.cookie,
    );
    expect((await galatOf(stale)).code).toBe("WORKFLOW_STALE");
  });
});

describe("its projection", () => {
  it("is what the events say, after each of them", async () => {
    const { ref, code } = await ask();
    await decide(ref, ppid, { decision: "extend", alasanPerpanjangan: "CONTOH" });
    await decide(ref, { code }, { decision: "withdraw", alasan: "CONTOH" });
    const [row] = await portal.deps.db.orm.query.ppidRequests.findMany();
    const { events, state } = await loadPpid(portal.deps, row?.id ?? "");
    expect(events).toHaveLength(3);
    expect(row).toMatchObject({
      status: "withdrawn",
      version: 3,
      head: events.at(-1)?.hash,
      state,
    });
  });
});

describe("the register", () => {
  it("numbers requests without a gap, also those that come at once, and anew each year", async () => {
    await Promise.all(Array.from({ length: 4 }, () => ask()));
    portal.clock.set("2027-01-04T01:00:00.000Z");
    await ask();
    const rows = await portal.deps.db.orm.query.ppidRequests.findMany();
    const numbers = rows.map(({ year, registerNumber }) => `${registerNumber}/${year}`).sort();
    expect(numbers).toEqual(["1/2026", "1/2027", "2/2026", "3/2026", "4/2026"]);
  });

  it("is a table for the PPID, with nothing that a spreadsheet would run", async () => {
    await ask({ ...FORM, informasi: "=HYPERLINK(1)" });
    const path = "/api/ppid/register.csv?instansi=kukar&tahun=2026";
    const answer = await portal.fetch(path, { headers: { cookie: ppid.cookie } });
    expect(answer.headers.get("content-type")).toContain("text/csv");
    const [head, row] = (await answer.text()).split("\r\n");
    expect(head).toContain("Nomor,Tanggal,Nomor permintaan,Nama");
    expect(row).toMatch(/^1\/2026,2026-11-23,/);
    expect(row).toContain("'=HYPERLINK(1)");
    const other = await portal.official("kukar", "kepala-dinas");
    expect((await portal.fetch(path, { headers: { cookie: other.cookie } })).status).toBe(404);
    expect((await portal.fetch(path)).status).toBe(401);
  });
});

describe("the yearly report", () => {
  it("is a PDF and an ODT that count the register, for the PPID alone", async () => {
    const { ref } = await ask();
    await ask();
    await decide(ref, ppid, { decision: "answer", putusan: "dikabulkan", jawaban: "CONTOH" });
    const path = "/api/ppid/report?tahun=2026";
    const headers = { cookie: ppid.cookie };
    const pdf = await portal.fetch(`${path}&bentuk=pdf`, { headers });
    expect(pdf.headers.get("content-type")).toBe("application/pdf");
    const { text } = await extractText(
      await getDocumentProxy(new Uint8Array(await pdf.arrayBuffer())),
      { mergePages: true },
    );
    expect(text).toContain("TAHUN 2026");
    expect(text.replace(/\s+/g, " ")).toContain(
      "diterima 2 permintaan informasi; 1 dijawab, 1 menunggu",
    );
    expect(text).toContain("BELUM DITANDATANGANI");
    const odt = new Uint8Array(
      await (await portal.fetch(`${path}&bentuk=odt`, { headers })).arrayBuffer(),
    );
    const files = unzipSync(odt);
    expect(Object.keys(files)[0]).toBe("mimetype");
    expect(strFromU8(files["content.xml"] ?? new Uint8Array())).toContain("E. Rekomendasi");
    expect((await portal.fetch(path)).status).toBe(401);
    expect((await portal.fetch("/api/ppid/report", { headers })).status).toBe(400);
  });
});
