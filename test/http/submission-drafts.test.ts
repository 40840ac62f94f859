import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documents, submissionDrafts } from "#db/schema/requests.ts";
import { submissionSteps } from "#domain/workflow/submission-form.ts";
import { purgeDrafts } from "#functions/services/submissions/discard.ts";
import { LETTER_NUMBER, officialLetter, signedElsewhere } from "#support/official-letter.ts";
import { openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { galatOf, KALTIM, KUKAR, look, sopOf } from "./office.ts";

const PDF = Buffer.from("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
const DAY_MS = 24 * 60 * 60_000;

type Given = Readonly<Record<string, string | readonly string[]>>;

const PEMOHON: Given = {
  opd: "CONTOH Dinas Pendidikan",
  nama: "CONTOH Siti Rahma",
  surel: "siti@opd.contoh.go.id",
  kontak: "0541 731963",
};
const SYSTEMS: Given = {
  sistemNama: ["CONTOH SIMPEG", "CONTOH arsip", ""],
  sistemJenis: ["aplikasi", "basis-data", ""],
  sistemKeterangan: ["server web dan lampiran", "", ""],
};

describe("a request form that is filled in steps", () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await openTestPortal();
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  /** One page of the form, as a browser sends it. */
  const post = (
    path: string,
    given: Given,
    letter: Uint8Array | null = null,
    accept = "text/html",
  ) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(given)) {
      for (const one of [value].flat()) body.append(name, one);
    }
    if (letter) body.set("surat", new Blob([new Uint8Array(letter)]), "surat.pdf");
    const headers = { accept, origin: TEST_ORIGIN };
    return portal.fetch(`/api/drafts${path}`, { method: "POST", body, headers });
  };
  const placeOf = (answer: Response): URL => {
    expect(answer.status).toBe(303);
    return new URL(answer.headers.get("location") ?? "", TEST_ORIGIN);
  };
  const begin = async (sop = KALTIM, given: Given = { jenis: "restore" }) => {
    const [first] = submissionSteps(sopOf(portal, sop), "");
    const place = placeOf(await post("", { sop, langkah: first?.id ?? "", ...given }));
    const token = place.searchParams.get("konsep") ?? "";
    const step = (langkah: string, answers: Given, letter: Uint8Array | null = null) =>
      post("", { sop, konsep: token, langkah, ...answers }, letter);
    return { place, token, step };
  };
  const draftOf = (place: URL) => portal.services.drafts.read(place.searchParams.get("draf") ?? "");

  it("leads through every step to the check page and makes one request of it, then is gone", async () => {
    const { place, token, step } = await begin();
    expect(place.pathname).toBe(`/sop/${KALTIM}/ajukan/pemohon/`);
    const steps: [string, Given, string][] = [
      ["pemohon", PEMOHON, "sistem"],
      ["sistem", SYSTEMS, "aset"],
      ["aset", { kategori: "tinggi" }, "kejadian"],
      [
        "kejadian",
        { kejadian: "CONTOH data terhapus", titikPulih: "CONTOH Minggu malam" },
        "alasan",
      ],
      ["alasan", { alasan: "CONTOH alasan", waktu: "2026-12-01", catatanWaktu: "sore" }, "surat"],
      ["surat", { nomorSurat: "CONTOH/1" }, "periksa"],
    ];
    for (const [id, given, next] of steps) {
      const to = placeOf(await step(id, given, id === "surat" ? PDF : null));
      expect(to.pathname).toBe(`/sop/${KALTIM}/ajukan/${next}/`);
    }
    expect((await portal.services.submissions.view(token)).open).toEqual([]);
    const sent = placeOf(await post("/send", { sop: KALTIM, konsep: token }));
    expect(sent.pathname).toBe("/lacak/");
    const [ref, code] = [sent.searchParams.get("nomor") ?? "", sent.searchParams.get("kode") ?? ""];
    const view = await look(portal, ref, { code });
    expect(view.kind).toBe("restore");
    const [letter] = view.documents;
    expect(letter?.mime).toBe("application/pdf");
    const back = await portal.fetch(letter?.href ?? "");
    expect(Buffer.from(await back.arrayBuffer()).equals(PDF)).toBe(true);
    const again = placeOf(await post("/send", { sop: KALTIM, konsep: token }));
    expect(again.pathname).toBe(`/sop/${KALTIM}/ajukan/`);
  });

  it("writes the rows into the letter as one line each, with the labels people read", async () => {
    const { token, step } = await begin(KUKAR, PEMOHON);
    await step("sistem", SYSTEMS);
    await step("alasan", { alasan: "CONTOH" });
    const sent = placeOf(await post("/send", { sop: KUKAR, konsep: token }));
    const [ref, code] = [sent.searchParams.get("nomor") ?? "", sent.searchParams.get("kode") ?? ""];
    const letter = (await look(portal, ref, { code })).documents.find(
      ({ mime }) => mime === "application/json",
    );
    const { rows } = (await (await portal.fetch(letter?.href ?? "")).json()) as {
      rows: { label: string; value: string }[];
    };
    expect(rows.find(({ label }) => label.startsWith("Daftar spesifikasi"))?.value).toBe(
      "CONTOH SIMPEG (Aplikasi): server web dan lampiran\nCONTOH arsip (Basis data)",
    );
  });

  it("names the problem of every field on its own page and keeps none of the answers", async () => {
    const { token, step } = await begin();
    const cases: [string, Given, string[]][] = [
      [
        "pemohon",
        { ...PEMOHON, opd: " ", surel: "bukan", kontak: "telepon saya" },
        ["opd", "surel", "kontak"],
      ],
      ["sistem", {}, ["sistem-0-nama"]],
      [
        "sistem",
        { sistemNama: ["", "x"], sistemJenis: ["aplikasi", "lain"] },
        ["sistem-0-nama", "sistem-1-jenis"],
      ],
      [
        "sistem",
        {
          sistemNama: Array.from({ length: 21 }, () => "x"),
          sistemJenis: Array.from({ length: 21 }, () => "server"),
        },
        ["sistem-20-nama"],
      ],
      ["aset", { kategori: "rahasia", kodeAset: "AST-SALAH" }, ["kategori", "kodeAset"]],
      ["alasan", { alasan: "", waktu: "2026-11-22" }, ["alasan", "waktu"]],
      ["alasan", { alasan: "x", waktu: "besok" }, ["waktu"]],
    ];
    for (const [langkah, given, fields] of cases) {
      const to = placeOf(await step(langkah, given));
      expect(to.pathname).toBe(`/sop/${KALTIM}/ajukan/${langkah}/`);
      expect(to.hash).toBe("#galat");
      expect(draftOf(to)?.problems.map(({ field }) => field)).toEqual(fields);
      expect(JSON.stringify(draftOf(to)?.values)).not.toContain(token);
    }
    expect((await portal.services.submissions.view(token)).values).toEqual({ jenis: ["restore"] });
  });

  it("adds and drops rows without judging them, and never more than twenty", async () => {
    const { token, step } = await begin();
    const more = placeOf(await step("sistem", { ...SYSTEMS, aksi: "tambah" }));
    expect(more.hash).toBe("#baris-terakhir");
    const rows = async () => (await portal.services.submissions.view(token)).values["sistemNama"];
    expect(await rows()).toEqual(["CONTOH SIMPEG", "CONTOH arsip", "", ""]);
    await step("sistem", { ...SYSTEMS, aksi: "hapus:0" });
    expect(await rows()).toEqual(["CONTOH arsip", ""]);
    const many = Array.from({ length: 25 }, (_, at) => `x${at}`);
    await step("sistem", { sistemNama: many, aksi: "tambah" });
    expect(await rows()).toHaveLength(20);
    expect(
      (
        await galatOf(
          await post(
            "",
            { sop: KALTIM, konsep: token, langkah: "sistem", aksi: "hapus:x" },
            null,
            "application/json",
          ),
        )
      ).code,
    ).toBe("INPUT_MALFORMED");
  });

  it("keeps half an answer for another day, and lets it be sent only when it is whole", async () => {
    const { token, step } = await begin();
    const saved = placeOf(
      await step("pemohon", { nama: "CONTOH Siti", surel: "si", aksi: "simpan" }),
    );
    expect(saved.pathname).toBe(`/sop/${KALTIM}/ajukan/tersimpan/`);
    const view = await portal.services.submissions.view(token);
    expect(view.values["surel"]).toEqual(["si"]);
    expect(new Set(view.open.map((one) => one.step))).toEqual(
      new Set(["pemohon", "sistem", "alasan"]),
    );
    const refused = placeOf(await post("/send", { sop: KALTIM, konsep: token }));
    expect(refused.pathname).toBe(`/sop/${KALTIM}/ajukan/periksa/`);
    expect(draftOf(refused)?.status).toBe(422);
  });

  it("leads back to the check page from an answer that was changed there", async () => {
    const { step } = await begin();
    const to = placeOf(await step("pemohon", { ...PEMOHON, ubah: "1" }));
    expect(to.pathname).toBe(`/sop/${KALTIM}/ajukan/periksa/`);
  });

  it("leaves nothing readable in the database: not the answers, not the letter, not the secret", async () => {
    const { token, step } = await begin();
    await step("pemohon", { ...PEMOHON, nama: "CONTOH Kasim", surel: "kasim@opd.contoh.go.id" });
    await step(
      "surat",
      { nomorSurat: "CONTOH-RAHASIA-7" },
      Buffer.concat([PDF, Buffer.from("ISI-SURAT-RAHASIA")]),
    );
    const rows = await portal.deps.db.orm.select().from(submissionDrafts);
    const dump = rows
      .map((row) => JSON.stringify({ ...row, sealedLetter: row.sealedLetter?.toString("latin1") }))
      .join("\n");
    const files = await Promise.all(
      ["pulih.db", "pulih.db-wal"].map((name) =>
        readFile(portal.pathOf(name)).catch(() => Buffer.alloc(0)),
      ),
    );
    for (const secret of [
      "CONTOH Kasim",
      "kasim@opd",
      "CONTOH-RAHASIA-7",
      "ISI-SURAT-RAHASIA",
      token,
    ]) {
      expect(dump).not.toContain(secret);
      expect(Buffer.concat(files).includes(secret)).toBe(false);
    }
    expect(JSON.stringify(portal.log)).not.toContain(token);
    expect((await portal.services.submissions.view(token)).letter?.bytes).toBe(PDF.length + 17);
  });

  it("opens by its own secret only, and tells nothing of others, of changed bytes or of what is over", async () => {
    const [mine, other] = [await begin(), await begin()];
    await mine.step("pemohon", PEMOHON);
    const unknown = { code: "DRAFT_UNKNOWN" };
    const view = (token: string) => portal.services.submissions.view(token);
    for (const wrong of ["", "x", "a".repeat(43), `${mine.token}AA`]) {
      await expect(view(wrong)).rejects.toMatchObject(unknown);
    }
    const rows = await portal.deps.db.orm.select().from(submissionDrafts);
    const newest = rows.at(-1);
    expect(newest).toBeDefined();
    await portal.deps.db.orm.update(submissionDrafts).set({ sealed: rows.at(-2)?.sealed ?? "" });
    await expect(view(other.token)).rejects.toMatchObject(unknown);
    const later = await begin();
    await later.step("pemohon", PEMOHON);
    portal.clock.advance(13 * DAY_MS);
    expect((await view(later.token)).values["nama"]).toEqual(["CONTOH Siti Rahma"]);
    portal.clock.advance(2 * DAY_MS);
    await expect(view(later.token)).rejects.toMatchObject(unknown);
    const to = placeOf(await later.step("pemohon", PEMOHON));
    expect(to.pathname).toBe(`/sop/${KALTIM}/ajukan/`);
    expect(await purgeDrafts(portal.deps)).toBeGreaterThan(0);
    expect(await portal.deps.db.orm.select().from(submissionDrafts)).toEqual([]);
  });

  it("is deleted with its letter when its owner says so, and saying it twice is no error", async () => {
    const { token, step } = await begin();
    await step("surat", {}, PDF);
    for (let turn = 0; turn < 2; turn += 1) {
      const gone = placeOf(await post("/discard", { sop: KALTIM, konsep: token }));
      expect(gone.search).toBe("?dihapus=1");
    }
    await expect(portal.services.submissions.view(token)).rejects.toMatchObject({
      code: "DRAFT_UNKNOWN",
    });
  });

  it("keeps a good letter although another answer is refused, and refuses a bad one beside its field", async () => {
    const { token, step } = await begin();
    const bad = placeOf(await step("surat", {}, Buffer.from("MZ program")));
    expect(draftOf(bad)?.problems.map(({ field }) => field)).toEqual(["surat"]);
    await step("surat", { nomorSurat: "x" }, PDF);
    expect((await portal.services.submissions.view(token)).letter?.mime).toBe("application/pdf");
    await step("surat", { nomorSurat: "x" });
    expect((await portal.services.submissions.view(token)).letter).not.toBeNull();
    await step("surat", { nomorSurat: "x", hapusSurat: "1" });
    expect((await portal.services.submissions.view(token)).letter).toBeNull();
  });

  it("tells the number and the signatures it read in a letter, and lets neither change what was typed", async () => {
    const { token, step } = await begin(KUKAR, PEMOHON);
    await step("sistem", SYSTEMS);
    await step("alasan", { alasan: "CONTOH surat terbaca" });
    const signed = await signedElsewhere(await officialLetter());
    await step("surat", { nomorSurat: "CONTOH/KETIKAN" }, signed);
    const { letter, values } = await portal.services.submissions.view(token);
    expect(letter?.found?.number).toBe(LETTER_NUMBER);
    expect(letter?.found?.signatures).toMatchObject([{ intact: true, whole: true }]);
    expect(values["nomorSurat"]).toEqual(["CONTOH/KETIKAN"]);
    await post("/send", { sop: KUKAR, konsep: token });
    const rows = await portal.deps.db.orm.select({ found: documents.found }).from(documents);
    expect(rows.at(-1)?.found).toEqual(letter?.found);
  });

  it("lets nobody guess secrets for long", async () => {
    await using strict = await openTestPortal({ env: { PULIH_LIMIT_TRACK: "3" } });
    const codes: string[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const answer = await strict.fetch("/api/drafts/send", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify({ sop: KALTIM, konsep: `${"a".repeat(42)}${turn}` }),
      });
      codes.push((await galatOf(answer)).code);
    }
    expect(new Set(codes.slice(0, 3))).toEqual(new Set(["DRAFT_UNKNOWN"]));
    expect(codes[4]).toBe("INPUT_RATE_LIMITED");
  });

  it("asks no choice of one, and knows no step and no SOP that is not there", async () => {
    const { place } = await begin(KUKAR, PEMOHON);
    expect(place.pathname).toBe(`/sop/${KUKAR}/ajukan/sistem/`);
    const json = (given: Given) => post("", given, null, "application/json").then(galatOf);
    expect((await json({ sop: KUKAR, langkah: "layanan" })).code).toBe("NOT_FOUND");
    expect((await json({ sop: "tidak-ada", langkah: "pemohon" })).code).toBe("SOP_UNKNOWN");
    expect((await json({ sop: KUKAR, langkah: "pemohon", situs: "x" })).code).toBe(
      "INPUT_MALFORMED",
    );
    expect((await json({ sop: KUKAR, langkah: "pemohon", konsep: "salah" })).code).toBe(
      "DRAFT_UNKNOWN",
    );
  });
});
