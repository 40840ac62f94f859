import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { letterCounters } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import { sheetOf } from "#domain/letters/sheet.ts";
import type { DocumentView, RequestView } from "#domain/workflow/view.ts";
import type { Deps } from "#functions/services/deps.ts";
import type { Letter } from "#functions/services/services.ts";
import { numberedContent } from "#support/numbered-content.ts";
import { type Official, openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import type { TempDir } from "#support/temp-dir.ts";
import {
  decide,
  decisionFor,
  galatOf,
  KALTIM,
  KUKAR,
  look,
  Office,
  refusedDecision,
  type Submitted,
  sopOf,
  submit,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

type Signer = NonNullable<Deps["signer"]>;

let content: TempDir;
beforeAll(async () => {
  content = await numberedContent();
});
afterAll(async () => {
  await content[Symbol.asyncDispose]();
});

function openNumbered(env: Readonly<Record<string, string>> = {}): Promise<TestPortal> {
  return openTestPortal({ env: { PULIH_CONTENT: content.path, ...env } });
}

const lettersIn = (view: RequestView): DocumentView[] =>
  view.documents.filter(({ letter }) => letter !== null);

describe("the letters of a whole course", () => {
  let portal: TestPortal;
  let office: Office;
  let agent: ScriptedAgent;
  beforeAll(async () => {
    portal = await openNumbered({ PULIH_TTE: "local-test" });
    office = new Office(portal);
    agent = await hireAgent(portal, ["db-satu"]);
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const get = (path: string, cookie: string): Promise<Response> =>
    portal.fetch(path, { headers: { cookie } });
  const letterAt = async ({ href }: DocumentView, { cookie }: Official): Promise<Letter> =>
    (await get(href, cookie)).json();
  const finished = async (slug: string): Promise<{ submitted: Submitted; view: RequestView }> => {
    const jenis = sopOf(portal, slug).jenisPermohonan[0] ?? "restore";
    const submitted = await submit(portal, slug, { jenis, alasan: `CONTOH ${Math.random()}` });
    await walk(office, slug, submitted, { targets: ["db-satu"], agent });
    await agent.poll({ catalog: true, capacity: 0 });
    const reader = await readerOf(slug);
    return { submitted, view: await look(portal, submitted.ref, reader) };
  };
  const readerOf = (slug: string): Promise<Official> => {
    const sop = sopOf(portal, slug);
    const role = sop.pelaksana.flatMap(({ peran }) => peran).find(({ pemohon }) => !pemohon);
    return office.of(sop, role?.id ?? "");
  };

  it("are those that SOP A names, each numbered in its own series and signed by its maker", async () => {
    const { view } = await finished(KALTIM);
    const reader = await readerOf(KALTIM);
    const letters = await Promise.all(lettersIn(view).map((one) => letterAt(one, reader)));
    expect(letters.map(({ kind, number, state }) => [kind, number, state])).toEqual([
      ["surat-permohonan", null, "tanpa-tanda-tangan"],
      ["disposisi", "001/CONTOH/2026", "ditandatangani"],
      ["disposisi", "002/CONTOH/2026", "ditandatangani"],
      ["perencanaan", "ND-1/CONTOH/XI/2026", "ditandatangani"],
      ["laporan", "B-001/CONTOH/000.1/11/2026", "ditandatangani"],
      ["laporan", "B-002/CONTOH/000.1/11/2026", "ditandatangani"],
    ]);
    expect(letters[2]?.chain).toMatchObject([{ from: letters[1]?.signer?.title }]);
    const report = letters.at(-1);
    expect(report?.activities.length).toBeGreaterThan(3);
    expect(report?.evidence.map(({ label }) => label)).toContain("Lama pekerjaan agen");
    expect(report?.conclusion).toMatch(/^Pencadangan 1 sasaran selesai/);
  });

  it("of SOP B: the report is initialled by its maker and signed by whoever approves it", async () => {
    const { view } = await finished(KUKAR);
    const reader = await readerOf(KUKAR);
    const letters = await Promise.all(lettersIn(view).map((one) => letterAt(one, reader)));
    const reports = letters.filter(({ kind }) => kind === "laporan");
    expect(reports.map(({ state, number }) => [state, number])).toEqual([
      ["diparaf", null],
      ["ditandatangani", "B-001/CONTOH/000.1/11/2026"],
    ]);
    const [draft, final] = reports;
    expect(draft?.signer).toBeNull();
    expect(final?.initials).toEqual(draft?.initials);
    expect(final?.signer?.title).toBe("Kepala Bidang");
    expect(final?.rows.slice(0, 1)).toEqual(draft?.rows);
    const notice = letters.find(({ kind }) => kind === "surat-pemberitahuan");
    expect(notice?.number).toBe("B-002/CONTOH/000.2/11/2026");
    const pdf = view.documents.find(({ source }) => source === lettersIn(view).at(-2)?.id);
    expect(notice?.attachments).toMatchObject([{ number: final?.number, sha256: pdf?.sha256 }]);
  });

  it("have a PDF with a valid signature and a code, each named in the event of its act", async () => {
    const { view, submitted } = await finished(KUKAR);
    const reader = await readerOf(KUKAR);
    const signed = lettersIn(view).filter(({ letter }) => letter?.state === "ditandatangani");
    expect(signed.length).toBe(4);
    const stored = await portal.deps.db.orm.query.requestEvents.findMany({
      where: (table, { eq }) => eq(table.stream, submitted.ref.replaceAll("-", "")),
    });
    const events = stored.map(({ bytes }) => bytes).join("\n");
    for (const one of signed) {
      const pdf = view.documents.find(({ source }) => source === one.id);
      expect(events).toContain(pdf?.sha256 ?? "no pdf");
      expect(events).toContain(one.sha256);
      expect(one.letter?.verify).toMatch(/^\/verifikasi\/[A-Z2-9]{10}\/$/);
      const answer = await get(one.letter?.pdf ?? "", reader.cookie);
      expect(answer.headers.get("content-type")).toBe("application/pdf");
      const verified = await portal.deps.signer?.verify(new Uint8Array(await answer.arrayBuffer()));
      expect(verified?.valid).toBe(true);
    }
  });

  it("are read by the pemohon with the code as page, PDF and ODT, by nobody else", async () => {
    const { submitted } = await finished(KUKAR);
    const view = await look(portal, submitted.ref, submitted);
    for (const { letter } of lettersIn(view)) {
      for (const [path, type] of [
        [letter?.pdf, "application/pdf"],
        [letter?.odt, "application/vnd.oasis.opendocument.text"],
      ] as const) {
        expect((await portal.fetch(path ?? "")).headers.get("content-type")).toBe(type);
        const bare = (path ?? "").replace(/&kode=[^&]*/, "");
        expect((await portal.fetch(bare)).status).toBe(401);
      }
    }
    const file = view.documents.find(({ letter }) => letter === null);
    expect((await portal.fetch(`${file?.href}&bentuk=odt`)).status).toBe(404);
  });

  it("may be looked at before: marked as konsep, without a number, and nothing is kept", async () => {
    const submitted = await submit(portal, KUKAR, { alasan: "CONTOH konsep" });
    const head = await office.of(sopOf(portal, KUKAR), "kepala-dinas");
    const view = await look(portal, submitted.ref, head);
    expect(view.next?.leavesLetter).toBe(true);
    const preview = (given: Record<string, unknown>, cookie: string) =>
      portal.fetch(`/api/requests/${submitted.ref}/preview`, {
        method: "POST",
        headers: { "content-type": "application/json", cookie },
        body: JSON.stringify(given),
      });
    const before = await portal.deps.db.orm.$count(letterCounters);
    const answer = await preview(decisionFor(view, []), head.cookie);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/pdf"]);
    expect((await look(portal, submitted.ref, head)).documents).toEqual(view.documents);
    expect(await portal.deps.db.orm.$count(letterCounters)).toBe(before);
    expect(await galatOf(await preview({}, head.cookie))).toMatchObject({ code: "INPUT_INVALID" });
    const other = await office.of(sopOf(portal, KUKAR), "jft");
    expect((await preview(decisionFor(view, []), other.cookie)).status).toBe(403);
  });

  it("end, where wanted, with one berita acara by an official who took part", async () => {
    const minutes = (ref: string, cookie: string) =>
      portal.fetch(`/api/requests/${ref}/berita-acara`, {
        method: "POST",
        headers: { cookie, accept: "application/json" },
        body: new URLSearchParams({ catatan: "CONTOH catatan" }),
      });
    const open = await submit(portal, KUKAR, { alasan: "CONTOH berita acara" });
    const { submitted } = await finished(KUKAR);
    const taker = await readerOf(KUKAR);
    const sop = sopOf(portal, KUKAR);
    const stranger = await portal.official(sop.instansi, "kepala-bidang");
    expect((await look(portal, submitted.ref, taker)).minutes).not.toBeNull();
    expect((await look(portal, submitted.ref, stranger)).minutes).toBeNull();
    expect((await minutes(submitted.ref, stranger.cookie)).status).toBe(403);
    expect((await minutes(submitted.ref, "")).status).toBe(401);
    expect((await minutes(open.ref, taker.cookie)).status).toBe(403);
    const twice = await Promise.all([1, 2].map(() => minutes(submitted.ref, taker.cookie)));
    expect(twice.map(({ status }) => status).sort()).toEqual([200, 409]);
    const view = await look(portal, submitted.ref, taker);
    const made = lettersIn(view).at(-1);
    expect(made?.letter).toMatchObject({ number: "BA-1/CONTOH/2026", state: "ditandatangani" });
    expect(view.minutes).toBeNull();
    const letter = await letterAt(made as DocumentView, taker);
    const words = JSON.stringify(sheetOf(letter));
    expect(words).toContain("Pada hari ini Senin, tanggal dua puluh tiga, bulan November");
    expect(words).toContain("PIHAK KEDUA");
    expect((await minutes(submitted.ref, taker.cookie)).status).toBe(409);
    const lines = view.timeline.map(({ type, text }) => `${type}: ${text}`);
    expect(lines.at(-1)).toBe("minutes_made: Berita acara dibuat.");
    expect(view.timeline.at(-1)).toMatchObject({
      outsideSop: true,
      stepNo: null,
      notes: [{ label: "Nomor", value: "BA-1/CONTOH/2026" }],
    });
    expect(view.timeline.at(-1)?.actorJabatan).not.toBeNull();
    expect(lines.filter((line) => line.startsWith("minutes_made"))).toHaveLength(1);
  });
});

describe("the numbers of letters", () => {
  it("stay a dash where the agency has no format", async () => {
    await using portal = await openTestPortal();
    const office = new Office(portal);
    const head = await office.of(sopOf(portal, KUKAR), "kepala-dinas");
    const { ref } = await submit(portal, KUKAR);
    await decide(portal, ref, head, decisionFor(await look(portal, ref, head), []));
    const made = lettersIn(await look(portal, ref, head)).at(-1);
    expect(made?.letter).toMatchObject({ number: null, state: "tanpa-tanda-tangan" });
    expect(await portal.deps.db.orm.$count(letterCounters)).toBe(0);
  });

  it("have no gap when fifty acts come at once and one of them cannot be signed", async () => {
    await using portal = await openNumbered();
    const head = await new Office(portal).of(sopOf(portal, KUKAR), "kepala-dinas");
    let signings = 0;
    useSigner(portal, async ({ pdf }) => {
      signings += 1;
      if (signings === 17) throw new AppError("SIGN_UNREACHABLE", "no answer");
      return { pdf };
    });
    const refs: string[] = [];
    for (let turn = 0; turn < 51; turn += 1) {
      refs.push((await submit(portal, KUKAR, { alasan: `CONTOH ${turn}` })).ref);
    }
    const views = await Promise.all(refs.map((ref) => look(portal, ref, head)));
    const answers = await Promise.all(
      views.map((view) => decide(portal, view.ref, head, decisionFor(view, []))),
    );
    expect(answers.filter(({ status }) => status === 502)).toHaveLength(1);
    const after = await Promise.all(refs.map((ref) => look(portal, ref, head)));
    const numbers = after.flatMap((view) =>
      lettersIn(view).flatMap(({ kind, letter }) => (kind === "disposisi" ? letter?.number : [])),
    );
    const wanted = Array.from(
      { length: 50 },
      (_, at) => `${String(at + 1).padStart(3, "0")}/CONTOH/2026`,
    );
    expect(numbers.sort()).toEqual(wanted);
  }, 120_000);

  it("are given once where two people decide on one request at once: the other signs nothing", async () => {
    await using portal = await openNumbered();
    const head = await new Office(portal).of(sopOf(portal, KUKAR), "kepala-dinas");
    let signings = 0;
    useSigner(portal, async ({ pdf }) => {
      signings += 1;
      return { pdf };
    });
    const { ref } = await submit(portal, KUKAR);
    const view = await look(portal, ref, head);
    const answers = await Promise.all(
      [1, 2, 3].map(() => decide(portal, ref, head, decisionFor(view, []))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(signings).toBe(1);
    const counters = await portal.deps.db.orm.select().from(letterCounters);
    expect(counters.map(({ series, last }) => [series, last])).toEqual([["disposisi", 1]]);
  });

  it("begin anew with the local year of the agency", async () => {
    await using portal = await openNumbered();
    const head = await new Office(portal).of(sopOf(portal, KUKAR), "kepala-dinas");
    const numberNow = async (iso: string, alasan: string) => {
      portal.clock.set(iso);
      const { ref } = await submit(portal, KUKAR, { alasan });
      await decide(portal, ref, head, decisionFor(await look(portal, ref, head), []));
      return lettersIn(await look(portal, ref, head)).at(-1)?.letter?.number;
    };
    expect(await numberNow("2026-12-31T15:59:00.000Z", "CONTOH tahun lama")).toBe(
      "001/CONTOH/2026",
    );
    // Midnight has passed in Makassar, not in London.
    expect(await numberNow("2026-12-31T16:01:00.000Z", "CONTOH tahun baru")).toBe(
      "001/CONTOH/2027",
    );
  });
});

describe("an act whose letter needs a passphrase", () => {
  it("asks for it, changes nothing when it is wrong, and keeps it nowhere", async () => {
    await using portal = await openNumbered();
    const head = await new Office(portal).of(sopOf(portal, KUKAR), "kepala-dinas");
    const secret = " frasa RAHASIA contoh ";
    useSigner(portal, async ({ pdf, passphrase }) => {
      if (passphrase !== secret) throw new AppError("SIGN_PASSPHRASE", "wrong");
      return { pdf };
    });
    const { ref } = await submit(portal, KUKAR);
    const view = await look(portal, ref, head);
    expect(view.next?.fields.at(-1)).toMatchObject({ name: "frasaSandi", type: "password" });
    const wrong = { ...decisionFor(view, []), frasaSandi: "lain" };
    expect(await refusedDecision(portal, ref, head, wrong)).toMatchObject({
      status: 422,
      code: "SIGN_PASSPHRASE",
    });
    expect((await look(portal, ref, head)).documents).toEqual(view.documents);
    expect(await portal.deps.db.orm.$count(letterCounters)).toBe(0);

    const form = { ...decisionFor(view, []), frasaSandi: secret, instruksi: "" };
    const body = new URLSearchParams(
      Object.entries(form).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, String(one)]),
      ),
    );
    const refused = await portal.fetch(`/api/requests/${ref}/decisions`, {
      method: "POST",
      headers: { cookie: head.cookie, accept: "text/html", origin: TEST_ORIGIN },
      body,
    });
    const location = new URL(refused.headers.get("location") ?? "", TEST_ORIGIN);
    const draft = portal.services.drafts.read(location.searchParams.get("draf") ?? "");
    expect(draft?.problems.map(({ field }) => field)).toEqual(["instruksi"]);
    expect(JSON.stringify(draft)).not.toContain("RAHASIA");

    const right = { ...decisionFor(view, []), frasaSandi: secret };
    expect((await decide(portal, ref, head, right)).status).toBe(200);
    const done = await look(portal, ref, head);
    expect(lettersIn(done).at(-1)?.letter?.number).toBe("001/CONTOH/2026");
    const contents = await portal.deps.db.orm.query.requestContents.findMany();
    for (const kept of [done, contents, portal.log]) {
      expect(JSON.stringify(kept)).not.toContain("RAHASIA");
    }
  });
});

/** Signs as it is told to, in the place of a service that asks for a passphrase. */
function useSigner({ deps }: TestPortal, sign: Signer["sign"]): void {
  const signer: Signer = {
    name: "bsre-v1",
    passphrase: true,
    status: async () => ({ state: "ready" }),
    sign,
    verify: async () => ({ valid: false, signatures: [] }),
  };
  Object.assign(deps, { signer });
}
