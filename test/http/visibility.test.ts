import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requestContents } from "#db/schema/requests.ts";
import { newReference } from "#functions/services/requests/reference.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import {
  decide,
  decisionFor,
  galatOf,
  KALTIM,
  look,
  Office,
  type Submitted,
  sopOf,
  submit,
} from "./office.ts";

describe("what a request shows to whom", () => {
  let portal: TestPortal;
  let office: Office;
  let request: Submitted;
  beforeAll(async () => {
    portal = await openTestPortal();
    office = new Office(portal);
    request = await submit(portal, KALTIM);
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  /** A well-formed number that nobody has. */
  const nobodys = () => newReference(new Uint8Array(16).fill(7));
  const bodyWithoutId = async (answer: Response) => {
    const text = await answer.text();
    const { galat } = JSON.parse(text) as { galat: { requestId: string } };
    return `${answer.status} ${text.replace(galat.requestId, "")}`;
  };

  it("answers for another agency's request exactly as for one that does not exist", async () => {
    const stranger = await portal.official("kukar", "kepala-dinas");
    const headers = { cookie: stranger.cookie };
    const paths = (ref: string) => [
      `/api/requests/${ref}`,
      `/api/requests/${ref}/stream`,
      `/api/requests/${ref}/documents/x`,
    ];
    for (const [index, path] of paths(request.ref).entries()) {
      const hidden = await bodyWithoutId(await portal.fetch(path, { headers }));
      const absent = await bodyWithoutId(
        await portal.fetch(paths(nobodys())[index] ?? "", { headers }),
      );
      expect(hidden).toBe(absent);
      expect(hidden).toMatch(/^404/);
    }
    const body = { act: "disposisi-administrator", seen: "x", decision: "perform" };
    const hidden = await bodyWithoutId(await decide(portal, request.ref, stranger, body));
    expect(hidden).toBe(await bodyWithoutId(await decide(portal, nobodys(), stranger, body)));
  });

  it("answers a wrong code exactly as an unknown number, and neither code nor session with 401", async () => {
    const wrong = await portal.fetch(`/api/requests/${request.ref}?kode=aaaaaaaaaaaaaaaa`);
    const unknown = await portal.fetch(`/api/requests/${nobodys()}?kode=${request.code}`);
    const malformed = await portal.fetch(`/api/requests/bukan-nomor?kode=${request.code}`);
    const first = await bodyWithoutId(wrong);
    expect(first).toMatch(/^404.*AUTH_TRACKING/);
    expect(await bodyWithoutId(unknown)).toBe(first);
    expect(await bodyWithoutId(malformed)).toBe(first);
    for (const ref of [request.ref, nobodys()]) {
      expect(await galatOf(await portal.fetch(`/api/requests/${ref}`))).toMatchObject({
        status: 401,
        code: "AUTH_REQUIRED",
      });
    }
  });

  it("tells by the number alone the stage and when it is due, and no name, letter, text or head", async () => {
    const outline = await portal.services.requests.track({
      ref: request.ref,
      code: null,
      requestId: "t",
    });
    expect(outline).toMatchObject({
      requester: null,
      timeline: [],
      documents: [],
      jobs: [],
      head: "",
    });
    expect(outline.next).toMatchObject({ stepNo: 2, mayAct: false, fields: [] });
    expect(outline.next?.dueAt).not.toBeNull();
    expect(JSON.stringify(outline)).not.toContain("CONTOH nama");
    await expect(
      portal.services.requests.track({ ref: nobodys(), code: null, requestId: "t" }),
    ).rejects.toMatchObject({ code: "AUTH_TRACKING" });
  });

  it("takes number and code as people type them", async () => {
    const typed = `${request.ref.toLowerCase().replaceAll("-", " ")}`;
    const code = request.code.toUpperCase().replace(/(.{4})(?=.)/g, "$1-");
    const answer = await portal.fetch(`/api/requests/${encodeURIComponent(typed)}?kode=${code}`);
    expect(answer.status).toBe(200);
  });

  it("gives a document only with its own request", async () => {
    const other = await submit(portal, KALTIM, { alasan: "CONTOH lain" });
    const [document] = (await look(portal, other.ref, other)).documents;
    const crossed = `/api/requests/${request.ref}/documents/${document?.id}?kode=${request.code}`;
    expect(await galatOf(await portal.fetch(crossed))).toMatchObject({
      status: 404,
      code: "NOT_FOUND",
    });
  });

  it("lists in the inbox what waits for the positions held, most urgent first, and nothing to strangers", async () => {
    const sop = sopOf(portal, KALTIM);
    const administrator = await office.of(sop, "administrator");
    const inbox = async (cookie: string) =>
      (
        (await (await portal.fetch("/api/inbox", { headers: { cookie } })).json()) as {
          data: { ref: string; urgency: string }[];
        }
      ).data;
    portal.clock.advance(60 * 60_000);
    const late = await submit(portal, KALTIM, { alasan: "CONTOH baru" });
    const items = await inbox(administrator.cookie);
    expect(items.map(({ ref }) => ref)).toContain(request.ref);
    expect(items.find(({ ref }) => ref === request.ref)?.urgency).toBe("overdue");
    expect(items.at(-1)).toMatchObject({ ref: late.ref, urgency: "today" });
    const pengawas = await office.of(sop, "pengawas");
    expect(await inbox(pengawas.cookie)).toEqual([]);
    await decide(
      portal,
      late.ref,
      administrator,
      decisionFor(await look(portal, late.ref, administrator), []),
    );
    expect((await inbox(pengawas.cookie)).map(({ ref }) => ref)).toEqual([late.ref]);
    const stranger = await portal.official("kukar", "kepala-bidang");
    expect(await inbox(stranger.cookie)).toEqual([]);
    expect((await portal.fetch("/api/inbox")).status).toBe(401);
  });

  it("notices content that was altered behind its commitment, and shows an erased one as empty", async () => {
    const target = await submit(portal, KALTIM, { alasan: "CONTOH hapus" });
    const id = target.ref.replaceAll("-", "");
    const where = eq(requestContents.request, id);
    const { orm } = portal.deps.db;
    const [row] = await orm.select().from(requestContents).where(where);
    await orm
      .update(requestContents)
      .set({ json: (row?.json ?? "").replace("hapus", "palsu") })
      .where(where);
    const altered = await portal.fetch(`/api/requests/${target.ref}?kode=${target.code}`);
    expect(await galatOf(altered)).toMatchObject({ status: 500, code: "INTERNAL" });
    await orm.delete(requestContents).where(where);
    expect((await look(portal, target.ref, target)).requester).toEqual({ opd: "", name: "" });
  });
});
