import { createHash } from "node:crypto";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { multiply } from "#support/request-crowd.ts";
import { type Official, openTestPortal, type TestPortal } from "#support/server.ts";
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
} from "./office.ts";

describe("the officials' room", () => {
  let portal: TestPortal;
  let office: Office;
  let request: Submitted;
  let first: Official;
  beforeAll(async () => {
    portal = await openTestPortal();
    office = new Office(portal);
    request = await submit(portal, KALTIM, { opd: "=CONTOH Dinas Pertama" });
    const next = (await look(portal, request.ref, request)).next;
    first = await office.of(sopOf(portal, KALTIM), next?.role ?? "");
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const viewerOf = async ({ cookie }: Official) => {
    const viewer = await portal.services.people.viewerOf(new Headers({ cookie }));
    if (!viewer) throw new Error("not signed in");
    return viewer;
  };
  const list = async (official: Official, query = "") =>
    portal.services.requests.list(await viewerOf(official), new URLSearchParams(query));
  const csv = async (official: Official, query = "") => {
    const answer = await portal.fetch(`/api/requests.csv${query}`, {
      headers: { cookie: official.cookie },
    });
    const bytes = await answer.arrayBuffer();
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return { answer, text, rows: parse(text, { bom: true }) as string[][] };
  };

  describe("the list of requests", () => {
    beforeAll(async () => {
      await multiply(portal.deps, request.ref, 120, {
        opd: (at) => (at % 3 === 0 ? `CONTOH 100% Dinas_${at}` : `CONTOH Badan ${at}`),
        dueIn: (at) => (at % 2 === 0 ? -600_000 : 600_000),
        status: (at) => (at >= 100 ? "refused" : "active"),
      });
    });

    it("is cut into pages of fifty, newest first, and a page too far is the last one", async () => {
      const all = await list(first);
      expect(all).toMatchObject({ total: 121, page: 1, pages: 3 });
      expect(all.items).toHaveLength(50);
      expect(all.items[0]?.ref).toBe(request.ref);
      const last = await list(first, "halaman=99");
      expect(last).toMatchObject({ page: 3 });
      expect(last.items).toHaveLength(21);
    });

    it("is narrowed by state, OPD, step, lateness and day, each alone and together", async () => {
      const total = async (query: string) => (await list(first, query)).total;
      expect(await total("keadaan=ditolak")).toBe(20);
      expect(await total("keadaan=selesai")).toBe(0);
      expect(await total("cari=badan")).toBe(80);
      expect(await total("langkah=2")).toBe(101);
      expect(await total("lewat=1")).toBe(50);
      expect(await total("lewat=1&cari=dinas_")).toBe(17);
      expect(await total("dari=2026-11-23&sampai=2026-11-23")).toBe(121);
      expect(await total("dari=2026-11-24")).toBe(0);
      expect(await total("sop=tidak-ada")).toBe(0);
      expect(await total(`sop=${KALTIM}&jenis=backup`)).toBe(121);
    });

    it("finds a request by its number as people type it", async () => {
      const found = await list(first, `cari=${request.ref.toLowerCase().replaceAll("-", "%20")}`);
      expect(found.items.map(({ ref }) => ref)).toEqual([request.ref]);
    });

    it("takes percent and underscore for themselves", async () => {
      expect((await list(first, "cari=100%25")).total).toBe(40);
      expect((await list(first, "cari=0%25_D")).total).toBe(0);
    });

    it("sorts by due date with closed ones last", async () => {
      const { items } = await list(first, "urut=batas");
      const due = items.map(({ dueAt }) => dueAt ?? "~");
      expect(due).toEqual([...due].sort());
      expect((await list(first, "urut=batas&halaman=3")).items.at(-1)?.status).toBe("refused");
    });

    it("shows nothing of another agency, whatever is asked", async () => {
      const stranger = await portal.official("kukar", "kepala-dinas");
      expect((await list(stranger)).total).toBe(0);
      expect((await list(stranger, `sop=${KALTIM}`)).total).toBe(0);
      expect((await list(stranger, `cari=${request.ref}`)).total).toBe(0);
      expect((await csv(stranger)).rows).toHaveLength(1);
    });

    it("is a file for spreadsheets with the same filter, whole, and without formulas", async () => {
      const { answer, text, rows } = await csv(first);
      expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
      expect(answer.headers.get("cache-control")).toBe("private, no-store");
      expect(text.startsWith("\uFEFFNomor,")).toBe(true);
      expect(text.endsWith("\r\n")).toBe(true);
      expect(rows).toHaveLength(122);
      const own = rows.find(([ref]) => ref === request.ref);
      expect(own?.[1]).toBe("'=CONTOH Dinas Pertama");
      expect(own?.[9]).toBe("2026-11-23 09:00");
      expect((await csv(first, "?keadaan=ditolak")).rows).toHaveLength(21);
    });

    it("is for the signed in", async () => {
      expect((await portal.fetch("/api/requests.csv")).status).toBe(401);
      expect((await portal.fetch(`/api/requests/${request.ref}/riwayat.json`)).status).toBe(401);
      expect((await portal.fetch("/api/inbox/stream")).status).toBe(401);
    });
  });

  describe("the inbox", () => {
    const inbox = async (official: Official, page = 1) => {
      const answer = await portal.fetch(`/api/inbox?halaman=${page}`, {
        headers: { cookie: official.cookie },
      });
      return (await answer.json()) as {
        data: {
          ref: string;
          urgency: string;
          asTitle: string;
          dueAt: string;
          pausedSince: string | null;
        }[];
        counts: Record<string, number>;
        page: number;
        pages: number;
      };
    };

    it("counts every group and shows fifty at once, the most urgent first", async () => {
      const one = await inbox(first);
      expect(one.counts).toMatchObject({ overdue: 50, today: 1, later: 50, waiting: 0 });
      expect(one).toMatchObject({ page: 1, pages: 3 });
      expect(new Set(one.data.map(({ urgency }) => urgency))).toEqual(new Set(["overdue"]));
      const two = await inbox(first, 2);
      expect(two.data[0]).toMatchObject({ ref: request.ref, urgency: "today" });
      const all = [one, two, await inbox(first, 3)].flatMap(({ data }) => data);
      expect(new Set(all.map(({ ref }) => ref)).size).toBe(101);
    });

    it("names the position by which one may act, with its capacity", async () => {
      const sop = sopOf(portal, KALTIM);
      const role = sop.pelaksana
        .flatMap(({ peran }) => peran)
        .find(({ id }) => id === "administrator");
      const jabatan = role?.jabatan[0] ?? "";
      const deputy = await portal.official("kaltim", jabatan, { capacity: "plt" });
      expect((await inbox(deputy)).data[0]?.asTitle).toMatch(/^Plt\. /);
    });

    it("puts what waits for the pemohon's answer apart, and takes it back with the answer", async () => {
      const view = await look(portal, request.ref, first);
      const asked = await decide(portal, request.ref, first, {
        act: view.next?.act,
        seen: view.head,
        decision: "ask",
        pertanyaan: "CONTOH server yang mana?",
      });
      expect(asked.status).toBe(200);
      const { data, counts } = await inbox(first, 3);
      expect(counts).toMatchObject({ today: 0, waiting: 1 });
      const askedAt = portal.clock.now().toISOString();
      expect(data.at(-1)).toMatchObject({ ref: request.ref, pausedSince: askedAt });
      expect((await inbox(first)).data[0]).toMatchObject({ pausedSince: null });
      const { steps } = await look(portal, request.ref, request);
      expect(steps.filter(({ pausedSince }) => pausedSince !== null)).toMatchObject([
        { state: "current", pausedSince: askedAt },
      ]);
      const waiting = await list(first, "keadaan=menunggu-jawaban");
      expect(waiting.items.map(({ ref }) => ref)).toEqual([request.ref]);
      const seen = (await look(portal, request.ref, request)).head;
      const answer = { act: "", seen, decision: "answer", jawaban: "CONTOH server satu" };
      expect((await decide(portal, request.ref, request, answer)).status).toBe(200);
      expect((await inbox(first)).counts).toMatchObject({ waiting: 0 });
      const going = (await look(portal, request.ref, request)).steps;
      expect(going.every(({ pausedSince }) => pausedSince === null)).toBe(true);
    });

    it("tells where a request went that was sent on", async () => {
      const viewer = await viewerOf(first);
      expect(await portal.services.requests.forwarded(viewer)).toEqual([]);
      const view = await look(portal, request.ref, first);
      const done = await decide(portal, request.ref, first, decisionFor(view, []));
      expect(done.status).toBe(200);
      const [sent, ...others] = await portal.services.requests.forwarded(viewer);
      expect(others).toEqual([]);
      expect(sent).toMatchObject({ ref: request.ref, mine: view.next?.title });
      const now = (await look(portal, request.ref, request)).next;
      expect(sent).toMatchObject({ actTitle: now?.title, roleTitle: now?.roleTitle });
      expect(sent?.actTitle).not.toBe(view.next?.title);
      expect((await list(first, "saya=1")).items.map(({ ref }) => ref)).toEqual([request.ref]);
    });
  });

  describe("the page of a request", () => {
    it("tells what the pemohon stated, who did what, and the rounds of question and answer", async () => {
      const viewer = await viewerOf(first);
      const ctx = { viewer, code: null, requestId: "t" };
      const desk = await portal.services.requests.desk(ctx, request.ref, null);
      expect(desk.answers.find(({ label }) => label.includes("OPD"))?.value).toBe(
        "=CONTOH Dinas Pertama",
      );
      expect(desk.rounds).toMatchObject([
        { no: 1, opened: { type: "asked" }, reply: { type: "answered" }, open: false },
      ]);
      expect(desk.done.at(-1)).toMatchObject({
        stepNo: 2,
        name: expect.stringContaining("CONTOH"),
      });
      expect(desk.since).toEqual([]);
      const begun = desk.view.timeline[0];
      const record = await portal.services.requests.record(ctx, request.ref);
      const since = await portal.services.requests.desk(
        ctx,
        request.ref,
        record.events[0]?.hash ?? "",
      );
      expect(since.since.map(({ version }) => version)).toEqual(
        desk.view.timeline.slice(1).map(({ version }) => version),
      );
      expect(begun?.type).toBe("submitted");
    });

    it("takes a step back out of what is done when the request is returned before it", async () => {
      const ctx = { viewer: await viewerOf(first), code: null, requestId: "t" };
      const view = await look(portal, request.ref, request);
      const official = await office.of(sopOf(portal, KALTIM), view.next?.role ?? "");
      const theirs = await look(portal, request.ref, official);
      const back = theirs.next?.returnTo[0]?.act ?? "";
      const returned = await decide(portal, request.ref, official, {
        act: theirs.next?.act,
        seen: theirs.head,
        decision: "return",
        to: back,
        alasan: "CONTOH kurang",
      });
      expect(returned.status).toBe(200);
      const desk = await portal.services.requests.desk(ctx, request.ref, null);
      expect(desk.done.map(({ stepNo }) => stepNo)).not.toContain(2);
      expect(desk.rounds.at(-1)).toMatchObject({ no: 2, opened: { type: "returned" }, open: true });
    });

    it("is a record that anybody can check without the portal", async () => {
      const answer = await portal.fetch(`/api/requests/${request.ref}/riwayat.json`, {
        headers: { cookie: first.cookie },
      });
      expect(answer.headers.get("content-disposition")).toContain(`riwayat-${request.ref}.json`);
      const { data } = (await answer.json()) as {
        data: {
          head: string;
          events: { hash: string; bytes: string; text: string; actor: string | null }[];
          contents: { id: string; salt: string; json: string }[];
        };
      };
      const sha = (text: string) => createHash("sha256").update(text).digest("hex");
      let before = "";
      for (const { bytes, hash } of data.events) {
        expect(sha(bytes)).toBe(hash);
        expect((JSON.parse(bytes) as { prev: string }).prev).toBe(before);
        before = hash;
      }
      expect(before).toBe(data.head);
      const submitted = JSON.parse(data.events[0]?.bytes ?? "") as {
        event: { content: { id: string; commitment: string } };
      };
      const words = data.contents.find(({ id }) => id === submitted.event.content.id);
      expect(sha(`${words?.salt}\n${words?.json}`)).toBe(submitted.event.content.commitment);
      expect(data.events.every(({ text, actor }) => text !== "" && actor !== null)).toBe(true);
    });

    it("keeps the record from other agencies and from the pemohon", async () => {
      const path = `/api/requests/${request.ref}/riwayat.json`;
      const stranger = await portal.official("kukar", "kepala-bidang");
      const hidden = await portal.fetch(path, { headers: { cookie: stranger.cookie } });
      expect(await galatOf(hidden)).toMatchObject({ status: 404, code: "NOT_FOUND" });
      expect((await portal.fetch(`${path}?kode=${request.code}`)).status).toBe(401);
    });
  });

  describe("GET /api/inbox/stream", () => {
    it("tells of the viewer's own agencies, new requests too, and ends with the session", async () => {
      const answer = await portal.fetch("/api/inbox/stream", { headers: { cookie: first.cookie } });
      expect(answer.headers.get("content-type")).toContain("text/event-stream");
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      if (!reader) throw new Error("no body");
      let text = "";
      const until = async (found: () => boolean) => {
        while (!found()) {
          const { value, done } = await reader.read();
          if (done) return false;
          text += value;
        }
        return true;
      };
      await until(() => text.includes("terhubung"));
      const foreign = await submit(portal, KUKAR, { jenis: "restore" });
      const own = await submit(portal, KALTIM, { alasan: "CONTOH baru" });
      expect(await until(() => text.includes(own.ref))).toBe(true);
      expect(text).not.toContain(foreign.ref);
      await portal.fetch("/api/session/end", {
        method: "POST",
        headers: { cookie: first.cookie },
      });
      await submit(portal, KALTIM, { alasan: "CONTOH sesudah keluar" });
      expect(await until(() => false)).toBe(false);
    });
  });
});
