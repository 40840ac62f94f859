import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { answers, galatOf, KALTIM, KUKAR, look, postJson, submit } from "./office.ts";

const PDF = Buffer.from("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
const ODT_TYPE = "application/vnd.oasis.opendocument.text";

/** A zip with one stored entry, as an ODF package begins. */
function zipOf(name: string, content: string): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt32LE(content.length, 18);
  head.writeUInt32LE(content.length, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, Buffer.from(name), Buffer.from(content), Buffer.alloc(64)]);
}

describe("POST /api/requests", () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await openTestPortal();
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const count = async (): Promise<number> =>
    (await portal.deps.db.orm.query.requestEvents.findMany()).length;
  let turn = 0;
  const fresh = () => {
    turn += 1;
    return { alasan: `CONTOH alasan ${turn}` };
  };
  const upload = (letter: Uint8Array | null, given: Record<string, string> = fresh()) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(answers(portal, KALTIM, given)))
      body.set(name, value);
    if (letter)
      body.set(
        "surat",
        new Blob([new Uint8Array(letter)], { type: "application/pdf" }),
        "surat.pdf",
      );
    return body;
  };
  const sendForm = (body: FormData | URLSearchParams, headers: Record<string, string> = {}) =>
    portal.fetch("/api/requests", {
      method: "POST",
      body,
      headers: { accept: "text/html,*/*", origin: TEST_ORIGIN, ...headers },
    });
  const draftOf = (answer: Response) => {
    const location = new URL(answer.headers.get("location") ?? "", TEST_ORIGIN);
    return {
      location,
      draft: portal.services.drafts.read(location.searchParams.get("draf") ?? ""),
    };
  };

  it("takes a JSON submission, answers 201 with number and code, and writes the letter itself", async () => {
    const answer = await postJson(portal, "/api/requests", answers(portal, KALTIM, fresh()));
    expect(answer.status).toBe(201);
    const { data } = (await answer.json()) as {
      data: { ref: string; code: string; created: boolean };
    };
    expect(data.ref).toMatch(
      /^[A-HJ-NPR-Y]{2}[2-9]-[A-HJ-NPR-Y]{2}[2-9]-[A-HJ-NPR-Y]{2}[A-HJ-NPR-Y2-9]$/,
    );
    expect(data.code).toMatch(/^[a-z2-9]{16}$/);
    expect(data.created).toBe(true);
    const view = await look(portal, data.ref, data);
    expect(view.documents.map(({ kind, mime }) => [kind, mime])).toEqual([
      ["surat-permohonan", "application/json"],
    ]);
    expect(view.steps[0]).toMatchObject({ state: "closed", workingMinutes: null });
    expect(view.steps[1]).toMatchObject({ state: "current", enteredAt: view.submittedAt });
  });

  it("sends a browser on to the tracking page with number, code and the mark of a new request", async () => {
    const answer = await sendForm(new URLSearchParams(answers(portal, KUKAR, fresh())));
    expect(answer.status).toBe(303);
    const location = new URL(answer.headers.get("location") ?? "", TEST_ORIGIN);
    expect(location.pathname).toBe("/lacak/");
    expect([...location.searchParams.keys()]).toEqual(["nomor", "kode", "baru"]);
  });

  it("keeps an uploaded letter byte for byte", async () => {
    for (const [letter, mime] of [
      [PDF, "application/pdf"],
      [zipOf("mimetype", ODT_TYPE), ODT_TYPE],
    ] as const) {
      const answer = await sendForm(upload(letter), { accept: "application/json" });
      expect(answer.status).toBe(201);
      const { data } = (await answer.json()) as { data: { ref: string; code: string } };
      const [document] = (await look(portal, data.ref, data)).documents;
      expect(document?.mime).toBe(mime);
      const back = await portal.fetch(document?.href ?? "");
      expect(Buffer.from(await back.arrayBuffer()).equals(letter)).toBe(true);
      expect(back.headers.get("content-disposition")).toMatch(/^attachment/);
    }
  });

  it("gives the same number for the very same submission within a day, and changes nothing", async () => {
    const given = fresh();
    const first = await submit(portal, KALTIM, given);
    const before = await count();
    const again = await postJson(portal, "/api/requests", answers(portal, KALTIM, given));
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({
      data: { ref: first.ref, code: first.code, created: false },
    });
    expect(await count()).toBe(before);
  });

  it("makes one request of two clicks at the same moment", async () => {
    const given = fresh();
    const before = await count();
    const [left, right] = await Promise.all([
      postJson(portal, "/api/requests", answers(portal, KALTIM, given)),
      postJson(portal, "/api/requests", answers(portal, KALTIM, given)),
    ]);
    expect([left.status, right.status].sort()).toEqual([200, 201]);
    expect(await count()).toBe(before + 1);
  });

  it("names every field to mend and writes nothing", async () => {
    const before = await count();
    const answer = await postJson(portal, "/api/requests", {
      ...answers(portal, KALTIM, fresh()),
      opd: " ",
      surel: "bukan-surel",
      jenis: "hapus",
    });
    const galat = await galatOf(answer);
    expect([galat.status, galat.code]).toEqual([422, "INPUT_INVALID"]);
    expect(galat.perbaikan.map((one) => one.field)).toEqual(["jenis", "opd", "surel"]);
    expect(await count()).toBe(before);
  });

  it("sends a browser back to the form with its answers kept and the problems named", async () => {
    const answer = await sendForm(upload(null, { ...fresh(), nama: "" }));
    expect(answer.status).toBe(303);
    const { location, draft } = draftOf(answer);
    expect(location.pathname).toBe(`/sop/${KALTIM}/formulir/`);
    expect(location.hash).toBe("#galat");
    expect(draft?.status).toBe(422);
    expect(draft?.problems.map((one) => one.field)).toEqual(["nama"]);
    expect([draft?.values["opd"]].flat()[0]).toContain("CONTOH");
  });

  it("refuses a letter by its content, not by its name or declared type", async () => {
    const before = await count();
    const cases: [Uint8Array, number, string][] = [
      [Buffer.from("MZ\u0090\u0000 program"), 415, "INPUT_FILE_TYPE"],
      [Buffer.from("<html><script>1</script></html>"), 415, "INPUT_FILE_TYPE"],
      [zipOf("isi.txt", "bukan odt"), 415, "INPUT_FILE_TYPE"],
      [zipOf("mimetype", "application/zip"), 415, "INPUT_FILE_TYPE"],
      [Buffer.alloc(0), 422, "INPUT_FILE_EMPTY"],
      [Buffer.concat([PDF, Buffer.alloc(10 * 1024 * 1024)]), 413, "INPUT_FILE_TOO_LARGE"],
    ];
    for (const [letter, status, code] of cases) {
      const galat = await galatOf(await sendForm(upload(letter), { accept: "application/json" }));
      expect([galat.status, galat.code, galat.perbaikan[0]?.field]).toEqual([
        status,
        code,
        "surat",
      ]);
      expect(galat.pesan).toMatch(/\. .+\.$/);
    }
    expect(await count()).toBe(before);
  });

  it("reads no more than 12 MB, and still finds the way back to the form", async () => {
    const huge = new Response(upload(Buffer.concat([PDF, Buffer.alloc(13 * 1024 * 1024)])));
    const type = huge.headers.get("content-type") ?? "";
    const answer = await portal.fetch("/api/requests", {
      method: "POST",
      body: await huge.arrayBuffer(),
      headers: {
        accept: "text/html",
        "content-type": type,
        referer: `${TEST_ORIGIN}/sop/${KALTIM}/`,
      },
    });
    const { location, draft } = draftOf(answer);
    expect(location.pathname).toBe(`/sop/${KALTIM}/formulir/`);
    expect(draft).toMatchObject({ status: 413, problems: [{ field: "surat" }] });
  });

  it("knows no SOP that is not in force, and tells no program that fills hidden fields anything", async () => {
    const unknown = await postJson(portal, "/api/requests", {
      ...answers(portal, KALTIM),
      sop: "tidak-ada",
    });
    expect(await galatOf(unknown)).toMatchObject({ status: 404, code: "SOP_UNKNOWN" });
    const trapped = await postJson(portal, "/api/requests", {
      ...answers(portal, KALTIM),
      situs: "x",
    });
    expect(await galatOf(trapped)).toMatchObject({ status: 400, code: "INPUT_MALFORMED" });
  });

  it("refuses what another site makes a browser send, and bodies that cannot be read", async () => {
    const foreign = { origin: "https://lain.test", accept: "application/json" };
    const body = new URLSearchParams(answers(portal, KALTIM, fresh()));
    expect(await galatOf(await sendForm(body, foreign))).toMatchObject({
      status: 403,
      code: "AUTH_CROSS_SITE",
    });
    const bySite = { "sec-fetch-site": "cross-site", accept: "application/json" };
    expect((await sendForm(body, bySite)).status).toBe(403);
    for (const init of [
      { body: "{", headers: { "content-type": "application/json" } },
      { body: "[]", headers: { "content-type": "application/json" } },
      { body: "x", headers: { "content-type": "text/plain" } },
      { body: "x", headers: { "content-type": "multipart/form-data; boundary=q" } },
    ]) {
      const answer = await portal.fetch("/api/requests", { method: "POST", ...init });
      expect(await galatOf(answer)).toMatchObject({ status: 400, code: "INPUT_MALFORMED" });
    }
  });
});
