/** What becomes of the copy that a restore has kept: one asks, another approves, the agent does it. */

import { inArray } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { outbox } from "#db/schema/notices.ts";
import { roleOf } from "#domain/sop/navigate.ts";
import { assignPosition } from "#functions/services/people/assign-position.ts";
import { rebuild } from "#functions/services/requests/rebuild.ts";
import { type MailServer, startMailServer } from "#support/mail-server.ts";
import type { Official } from "#support/server.ts";
import { KALTIM, sopOf } from "./office.ts";
import { RestoreDesk } from "./restore-desk.ts";

let mail: MailServer;
let desk: RestoreDesk;
beforeAll(async () => {
  mail = await startMailServer();
  desk = await RestoreDesk.open({
    PULIH_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    PULIH_MAIL_FROM: "pulih@kaltim.contoh.go.id",
  });
}, 60_000);
afterAll(async () => {
  await desk.close();
  await mail.close();
});
beforeEach(() => desk.submitNext());

const idOf = ({ ref }: { readonly ref: string }): string => ref.replaceAll("-", "");

describe("a kept copy", () => {
  it("is made live again once another approved, by the order of the restore", async () => {
    const copy = await desk.restored();
    expect(copy).toMatchObject({
      state: "kept",
      targets: [{ alias: "db-satu", kept: "nama lama", safetyBackup: "pengaman" }],
      approver: roleOf(sopOf(desk.portal, KALTIM), "pengawas").judul,
      mayAsk: ["rollback", "drop"],
    });
    await desk.asks(desk.pengelola, "ask_rollback", copy.restored);
    expect(await desk.copyFor(desk.pengawas)).toMatchObject({
      state: "asked",
      mayAnswer: true,
      followUp: { action: "rollback", reason: "CONTOH salah cadangan" },
    });
    expect((await desk.approve(desk.pengawas)).keptCopies[0]?.state).toBe("working");
    await desk.agent.work();
    expect(await desk.copyFor(desk.pengelola)).toMatchObject({ state: "rolled_back", mayAsk: [] });
    const [restore, followUp] = await desk.specs();
    expect(followUp).toMatchObject({
      action: "rollback",
      destructive: true,
      restored: restore.job,
      choices: restore.choices,
      manifests: restore.manifests,
      agent: restore.agent,
    });
    for (const decision of ["ask_drop", "ask_rollback"]) {
      const { head } = await desk.seenBy(desk.pengelola);
      expect(
        await desk.refused(desk.pengelola, {
          seen: head,
          decision,
          job: copy.restored,
          alasan: "CONTOH",
        }),
      ).toMatchObject({ status: 409, code: "WORKFLOW_FOLLOW_UP" });
    }
  });

  it("is dropped after the request was completed, which stays closed when it was", async () => {
    const { restored: job } = await desk.restored();
    const end = await desk.upTo(null);
    expect(end.status).toBe("completed");
    desk.portal.clock.advance(3_600_000);
    const asked = await desk.asks(desk.pemeriksa, "ask_drop", job);
    expect(asked).toMatchObject({ status: "completed", next: null, closedAt: end.closedAt });
    await desk.approve(desk.pengawas);
    await desk.agent.work();
    const dropped = await desk.seenBy(desk.pengelola);
    expect(dropped).toMatchObject({ status: "completed", closedAt: end.closedAt });
    expect(dropped.keptCopies).toMatchObject([{ state: "dropped", mayAsk: [] }]);
    expect(
      await desk.refused(desk.pengelola, {
        seen: dropped.head,
        decision: "ask_rollback",
        job,
        alasan: "CONTOH",
      }),
    ).toMatchObject({ code: "WORKFLOW_FOLLOW_UP" });
    expect(await rebuild(desk.portal.deps, { dryRun: true })).toMatchObject({
      differing: [],
      cellsDiffering: [],
    });
    const pemohon = await desk.seenBy({ code: desk.request.code });
    expect(pemohon.timeline.at(-1)?.text).toBe(
      "Salinan lama yang disimpan oleh pemulihan dihapus.",
    );
    expect(JSON.stringify(pemohon)).not.toMatch(/nama lama|salah cadangan/);
  });

  it("waits for another person of the right position, in their inbox, without a due time", async () => {
    const { restored: job } = await desk.restored();
    const both = await desk.portal.official("kaltim", "pemeriksa");
    await assignPosition(desk.portal.deps, {
      email: both.email,
      agency: "kaltim",
      jabatan: "pengawas",
      capacity: "plh",
      since: "2026-01-01",
      until: null,
      decree: "CONTOH",
    });
    await desk.asks(both, "ask_rollback", job);
    const { followUp } = await desk.copyFor(desk.pengawas);
    const { head } = await desk.seenBy(desk.pengawas);
    const answer = { seen: head, job: followUp?.job, digest: followUp?.digest, alasan: "CONTOH" };
    for (const decision of ["approve", "decline"]) {
      expect(await desk.refused(both, { ...answer, decision })).toMatchObject({
        status: 403,
        code: "WORKFLOW_OTHER_PERSON",
      });
      for (const visitor of [desk.pengelola, { code: desk.request.code }]) {
        expect(await desk.refused(visitor, { ...answer, decision })).toMatchObject({
          status: 403,
          code: "WORKFLOW_WRONG_PERSON",
        });
      }
    }
    expect(
      await desk.refused(desk.pengawas, { ...answer, decision: "approve", digest: "0".repeat(64) }),
    ).toMatchObject({ status: 409, code: "WORKFLOW_STALE" });

    const waiting = async ({ cookie }: Official) => {
      const inbox = await desk.portal.fetch("/api/inbox", { headers: { cookie } });
      const { followUps } = (await inbox.json()) as { followUps: { ref: string }[] };
      return followUps.filter(({ ref }) => ref === desk.request.ref);
    };
    expect(await waiting(desk.pengawas)).toMatchObject([{ action: "rollback" }]);
    for (const other of [both, desk.pengelola, desk.pemeriksa])
      expect(await waiting(other)).toEqual([]);

    const declined = await desk.sent(desk.pengawas, {
      decision: "decline",
      job: followUp?.job,
      alasan: "CONTOH tidak perlu",
    });
    expect(declined.keptCopies[0]).toMatchObject({
      state: "kept",
      followUp: { ended: "declined" },
    });
    expect(await waiting(desk.pengawas)).toEqual([]);
    expect(declined.timeline.at(-1)).toMatchObject({
      outsideSop: true,
      notes: [{ label: "Alasan", value: "CONTOH tidak perlu" }],
    });
    expect((await desk.copyFor(both)).mayAsk).toEqual(["rollback", "drop"]);
  });

  it("is no longer asked about once the one who asked took it back; who was told hears so", async () => {
    const { restored: job } = await desk.restored();
    await desk.asks(desk.pengelola, "ask_drop", job);
    const asked = await desk.copyFor(desk.pengelola);
    expect(asked).toMatchObject({ state: "asked", mayWithdraw: true, mayAnswer: false });
    expect(await desk.copyFor(desk.pengawas)).toMatchObject({ mayWithdraw: false });
    const { head } = await desk.seenBy(desk.pengelola);
    const withdraw = { seen: head, decision: "withdraw", job: asked.followUp?.job };
    for (const other of [desk.pengawas, desk.pemeriksa, { code: desk.request.code }]) {
      expect(await desk.refused(other, withdraw)).toMatchObject({
        status: 403,
        code: "WORKFLOW_WRONG_PERSON",
      });
    }
    expect(await desk.refused(desk.pengelola, { ...withdraw, seen: "x" })).toMatchObject({
      status: 409,
      code: "WORKFLOW_STALE",
    });
    const told = () =>
      desk.portal.deps.db.orm.query.outbox.findMany({
        where: (row, { and, eq, like }) =>
          and(
            eq(row.to, desk.pengawas.email),
            like(row.dedupe, `${idOf(desk.request)}:%follow-up%`),
          ),
      });
    await desk.portal.deps.db.orm
      .update(outbox)
      .set({ sentAt: desk.portal.clock.now().toISOString() })
      .where(
        inArray(
          outbox.id,
          (await told()).map(({ id }) => id),
        ),
      );
    const withdrawn = await desk.sent(desk.pengelola, withdraw);
    expect(withdrawn.keptCopies[0]).toMatchObject({
      state: "kept",
      mayWithdraw: false,
      mayAsk: ["rollback", "drop"],
      followUp: { ended: "withdrawn" },
    });
    expect(withdrawn.timeline.at(-1)).toMatchObject({
      outsideSop: true,
      text: "Ditarik oleh yang meminta: hapus salinan lama yang disimpan oleh pemulihan.",
    });
    expect((await told()).map(({ subject }) => subject).sort()).toEqual([
      `Permohonan ${desk.request.ref} menunggu persetujuan Anda (di luar SOP)`,
      `Permohonan ${desk.request.ref}: permintaan ditarik, tidak lagi menunggu Anda`,
    ]);
    const { followUp } = asked;
    for (const decision of ["approve", "decline"]) {
      expect(
        await desk.refused(desk.pengawas, {
          seen: withdrawn.head,
          decision,
          job: followUp?.job,
          digest: followUp?.digest,
          alasan: "CONTOH",
        }),
      ).toMatchObject({ status: 409, code: "WORKFLOW_FOLLOW_UP" });
    }
    expect((await desk.agent.poll()).offers).toEqual([]);
    const pemohon = await desk.seenBy({ code: desk.request.code });
    expect(pemohon.timeline.at(-1)?.text).toBe("Permohonan ditinjau petugas.");

    // Whoever was not told yet hears of neither.
    await desk.asks(desk.pengelola, "ask_rollback", job);
    const again = await desk.copyFor(desk.pengelola);
    const view = await desk.seenBy(desk.pengelola);
    expect(await told()).toHaveLength(3);
    await desk.sent(desk.pengelola, {
      seen: view.head,
      decision: "withdraw",
      job: again.followUp?.job,
    });
    expect(await told()).toHaveLength(2);
    expect(await rebuild(desk.portal.deps, { dryRun: true })).toMatchObject({ differing: [] });
  });

  it("may be asked about again after the agent failed, with a reason each time", async () => {
    const { restored: job } = await desk.restored();
    const { head } = await desk.seenBy(desk.pengelola);
    expect(
      await desk.refused(desk.pengelola, {
        seen: head,
        decision: "ask_rollback",
        job,
        alasan: " ",
      }),
    ).toMatchObject({ status: 422, perbaikan: [{ field: "alasan" }] });
    await desk.asks(desk.pengelola, "ask_rollback", job);
    await desk.approve(desk.pengawas);
    await desk.agent.work("failed");
    const copy = await desk.copyFor(desk.pengelola);
    expect(copy).toMatchObject({ state: "kept", followUp: { ended: "failed" } });
    expect(copy.mayAsk).toEqual(["rollback", "drop"]);
    await desk.asks(desk.pengelola, "ask_rollback", job);
    await desk.approve(desk.pengawas);
    await desk.agent.work();
    expect((await desk.copyFor(desk.pengelola)).state).toBe("rolled_back");
  });

  it("is not rolled back behind a newer restore of the same target, of whatever request", async () => {
    const older = desk.request;
    const { restored: job } = await desk.restored();
    await desk.upTo(null);
    desk.portal.clock.advance(60_000);
    await desk.submitNext();
    await desk.restored();
    desk.request = older;
    expect(await desk.copyFor(desk.pengelola)).toMatchObject({ mayAsk: ["drop"] });
    const { head } = await desk.seenBy(desk.pengelola);
    expect(
      await desk.refused(desk.pengelola, {
        seen: head,
        decision: "ask_rollback",
        job,
        alasan: "CONTOH",
      }),
    ).toMatchObject({ status: 409, code: "WORKFLOW_RESTORED_SINCE" });
  });

  it("is told of by mail: to those who may answer, and to the one who asked", async () => {
    const { restored: job } = await desk.restored();
    const before = new Set(
      (await desk.portal.deps.db.orm.select().from(outbox)).map(({ id }) => id),
    );
    const told = async (to: Official) =>
      (await desk.portal.deps.db.orm.select().from(outbox)).filter(
        (row) => row.to === to.email && !before.has(row.id) && row.dedupe.includes("follow-up"),
      );
    await desk.asks(desk.pengelola, "ask_drop", job);
    const [asked, ...more] = await told(desk.pengawas);
    expect(more).toEqual([]);
    expect(asked?.subject).toBe(
      `Permohonan ${desk.request.ref} menunggu persetujuan Anda (di luar SOP)`,
    );
    expect(asked?.body).not.toMatch(/db-satu|nama lama|salah cadangan/);
    expect(await told(desk.pengelola)).toEqual([]);
    await desk.approve(desk.pengawas);
    expect(await told(desk.pengawas), "what is answered waits for nobody").toEqual([]);
    await desk.agent.work();
    expect((await told(desk.pengelola)).map(({ subject }) => subject)).toEqual([
      `Permohonan ${desk.request.ref}: permintaan Anda disetujui`,
      `Permohonan ${desk.request.ref}: permintaan Anda selesai dikerjakan`,
    ]);
  });

  it("leaves every event in the record for an auditor, in the words of that event", async () => {
    const { restored: job } = await desk.restored();
    await desk.asks(desk.pengelola, "ask_rollback", job);
    await desk.approve(desk.pengawas);
    await desk.agent.work();
    const answer = await desk.portal.fetch(`/api/requests/${desk.request.ref}/riwayat.json`, {
      headers: { cookie: desk.pemeriksa.cookie },
    });
    const { data } = (await answer.json()) as {
      data: {
        events: { bytes: string; text: string; outsideSop: boolean; actor: string | null }[];
      };
    };
    const told = data.events.slice(-3).map(({ bytes, text, outsideSop }) => {
      return [JSON.parse(bytes).event.type, text, outsideSop];
    });
    expect(told).toEqual([
      ["follow_up_asked", "Diminta: kembalikan data ke keadaan sebelum pemulihan.", true],
      ["follow_up_approved", "Disetujui: kembalikan data ke keadaan sebelum pemulihan.", true],
      ["job_finished", "Data dikembalikan ke keadaan sebelum pemulihan.", true],
    ]);
  });
});

describe("forms of the pages", () => {
  const post = (visitor: Official, fields: Record<string, string>, headers = {}) =>
    desk.portal.fetch(`/api/requests/${desk.request.ref}/decisions`, {
      method: "POST",
      headers: { cookie: visitor.cookie, accept: "text/html", ...headers },
      body: new URLSearchParams(fields),
    });

  it("go back to the page, with what to mend where something is missing", async () => {
    const { restored: job } = await desk.restored();
    const { head } = await desk.seenBy(desk.pengelola);
    const empty = await post(desk.pengelola, { decision: "ask_drop", job, seen: head, alasan: "" });
    expect(empty.status).toBe(303);
    expect(empty.headers.get("location")).toMatch(/\/ruang-kerja\/permohonan\/.+\?draf=.+#galat$/);
    const stale = await post(desk.pengelola, {
      decision: "ask_drop",
      job,
      seen: "x",
      alasan: "CONTOH",
    });
    expect(stale.headers.get("location")).toContain("draf=");
    const taken = await post(desk.pengelola, {
      decision: "ask_drop",
      job,
      seen: head,
      alasan: "CONTOH",
    });
    expect(taken.headers.get("location")).toBe(`/ruang-kerja/permohonan/${desk.request.ref}/`);
    expect((await desk.copyFor(desk.pengelola)).state).toBe("asked");
  });

  it("are taken from the portal's own pages only", async () => {
    await desk.upTo("laksana");
    const { head } = await desk.seenBy(desk.pengelola);
    const fields = { decision: "preview", act: "laksana", seen: head };
    const foreign = await post(desk.pengelola, fields, {
      origin: "https://jahat.contoh",
      "sec-fetch-site": "cross-site",
    });
    expect(foreign.status).toBe(403);
    expect((await desk.seenBy(desk.pengelola)).preview?.newest).toBeNull();
  });
});
