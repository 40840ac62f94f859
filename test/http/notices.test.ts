import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outbox } from "#db/schema/notices.ts";
import { createSender, eraseToldNotices } from "#functions/services/notices/send.ts";
import { assignPosition } from "#functions/services/people/assign-position.ts";
import { type MailServer, startMailServer } from "#support/mail-server.ts";
import { openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { appoint, ask, type Clerk, decideAs, reply } from "./clerks.ts";
import { answers, KALTIM, type Submitted, submit } from "./office.ts";

const PEMOHON = "contoh@opd.contoh.go.id";
const HOUR = 60 * 60_000;

describe("notices by mail", () => {
  let portal: TestPortal;
  let server: MailServer;
  let administrator: Clerk;
  let pengawas: Clerk;
  const open = async (options: Parameters<typeof startMailServer>[0] = {}) => {
    server = await startMailServer(options);
    portal = await openTestPortal({
      env: {
        PULIH_SMTP_URL: `smtp://127.0.0.1:${server.port}`,
        PULIH_MAIL_FROM: "pulih@kaltim.contoh.go.id",
      },
    });
    administrator = await appoint(portal, "kaltim", "administrator");
    pengawas = await appoint(portal, "kaltim", "pengawas");
  };
  afterEach(async () => {
    portal.deps.mail?.close();
    await portal[Symbol.asyncDispose]();
    await server.close();
  });
  const send = () => createSender(portal.deps).run();
  const rows = () => portal.deps.db.orm.select().from(outbox);
  const subjectsTo = (address: string) =>
    server.received.filter(({ to }) => to === address).map(({ mail }) => mail.subject ?? "");

  describe("to those whom an act concerns", () => {
    let request: Submitted;
    beforeEach(async () => {
      await open();
      request = await submit(portal, KALTIM, { jenis: "backup" });
    });

    it("tell the pemohon of the receipt with the code, and the next official without it", async () => {
      await send();
      expect(subjectsTo(PEMOHON)).toEqual([`Permohonan ${request.ref} sudah diterima`]);
      expect(subjectsTo(administrator.email)).toEqual([
        `Permohonan ${request.ref} menunggu tindakan Anda`,
      ]);
      const textTo = (address: string) =>
        server.received.find(({ to }) => to === address)?.mail.text ?? "";
      expect(textTo(PEMOHON)).toContain(
        `${TEST_ORIGIN}/lacak/?nomor=${request.ref}&kode=${request.code}`,
      );
      const official = textTo(administrator.email);
      expect(official).toContain(`${TEST_ORIGIN}/ruang-kerja/permohonan/${request.ref}/`);
      expect(official).toContain("Batas waktu: 23 November 2026 pukul 09.15 WITA");
      expect(official).not.toContain(request.code);
      // Nothing of what the pemohon wrote but their own address on the envelope.
      expect(official).not.toContain("CONTOH alasan");
      const words = official.split("\n").filter((line) => !line.startsWith("http"));
      expect(Math.max(...words.map((line) => line.length))).toBeLessThanOrEqual(72);
      expect(official.match(/https?:/g)).toHaveLength(1);
    });

    it("go on with the acts: question, answer, disposisi, return, refusal", async () => {
      const acts = [
        () => ask(portal, request, administrator),
        () => reply(portal, request),
        () => decideAs(portal, request.ref, administrator),
        () => decideAs(portal, request.ref, pengawas, "return", { to: "ajukan", alasan: "CONTOH" }),
        () => decideAs(portal, request.ref, { code: request.code }),
        () =>
          decideAs(portal, request.ref, administrator, "refuse", {
            golongan: "lainnya",
            alasan: "CONTOH rahasia",
          }),
      ];
      await send();
      for (const act of acts) {
        await act();
        await send();
      }
      const about = (...words: string[]) => words.map((one) => `Permohonan ${request.ref}${one}`);
      expect(subjectsTo(PEMOHON).sort()).toEqual(
        about(
          " dikembalikan",
          " menunggu jawaban Anda",
          " sudah diterima",
          " tidak dapat dilanjutkan",
        ),
      );
      expect(subjectsTo(administrator.email).sort()).toEqual(
        about(" menunggu tindakan Anda", " menunggu tindakan Anda", ": pemohon sudah menjawab"),
      );
      expect(subjectsTo(pengawas.email)).toEqual(about(" menunggu tindakan Anda"));
      expect(server.received.map(({ raw }) => raw).join()).not.toContain("rahasia");
    });

    it("reach the pemohon at the address they corrected last", async () => {
      const corrected = "perbaikan@opd.contoh.go.id";
      const mend = async (values: Readonly<Record<string, string>>) => {
        const alasan = "CONTOH";
        await decideAs(portal, request.ref, administrator, "return", { to: "ajukan", alasan });
        const ctx = { viewer: null, code: request.code, requestId: "test" };
        const { head } = await portal.services.requests.view(ctx, request.ref);
        const { ref } = request;
        await portal.services.requests.correct(ctx, { ref, seen: head, letter: null, values });
      };
      const given = { ...answers(portal, KALTIM, { jenis: "backup" }), catatan: "CONTOH" };
      await mend({ ...given, surel: "lama@opd.contoh.go.id" });
      await mend({ ...given, surel: corrected });
      // What is mended later is something else: the address stays.
      await mend({ ...given, surel: corrected, alasan: "CONTOH alasan lain" });
      await portal.deps.db.orm.delete(outbox);
      await ask(portal, request, administrator);
      await send();
      expect(subjectsTo(corrected)).toEqual([`Permohonan ${request.ref} menunggu jawaban Anda`]);
      expect(subjectsTo(PEMOHON)).toEqual([]);
    });

    it("reach a Plt. beside the holder, and nobody whose time is over", async () => {
      const plt = await appoint(portal, "kaltim", "pengawas", "plt");
      const gone = await appoint(portal, "kaltim", "pemeriksa");
      await assignPosition(portal.deps, {
        email: gone.email,
        agency: "kaltim",
        jabatan: "pengawas",
        capacity: "plh",
        since: "2026-10-01",
        until: "2026-11-22",
        decree: "CONTOH",
      });
      await decideAs(portal, request.ref, administrator);
      await send();
      expect([pengawas.email, plt.email, gone.email].map((one) => subjectsTo(one).length)).toEqual([
        1, 1, 0,
      ]);
    });

    it("wait for the office to open; those to the pemohon only for the day", async () => {
      await send();
      portal.clock.set("2026-11-23T13:30:00.000Z");
      await decideAs(portal, request.ref, administrator);
      await ask(portal, request, pengawas);
      await send();
      expect([subjectsTo(pengawas.email), subjectsTo(PEMOHON).length]).toEqual([[], 1]);
      portal.clock.set("2026-11-23T22:00:00.000Z");
      await send();
      expect([subjectsTo(pengawas.email), subjectsTo(PEMOHON).length]).toEqual([[], 2]);
      portal.clock.set("2026-11-23T23:30:00.000Z");
      await send();
      expect(subjectsTo(pengawas.email)).toHaveLength(1);
    });

    it("are taken back where the act was done before the office opened", async () => {
      await send();
      portal.clock.set("2026-11-23T13:30:00.000Z");
      const pengelola = await appoint(portal, "kaltim", "pengelola");
      await decideAs(portal, request.ref, administrator);
      await decideAs(portal, request.ref, pengawas);
      portal.clock.set("2026-11-24T01:00:00.000Z");
      await send();
      expect([pengawas, pengelola].map(({ email }) => subjectsTo(email).length)).toEqual([0, 1]);
      expect(subjectsTo(PEMOHON)).toHaveLength(1);
    });

    it("are erased a month after they were told, and keep no address", async () => {
      await send();
      portal.clock.advance(29 * 24 * HOUR);
      expect(await eraseToldNotices(portal.deps)).toBe(0);
      portal.clock.advance(2 * 24 * HOUR);
      expect(await eraseToldNotices(portal.deps)).toBe(2);
      expect((await rows()).map(({ to, subject, body }) => to + subject + body)).toEqual(["", ""]);
    });
  });

  it("are sent once by two senders at once, and none twice by a later one", async () => {
    await open();
    await Promise.all([1, 2, 3].map((n) => submit(portal, KALTIM, { alasan: `CONTOH ${n}` })));
    await Promise.all([send(), send()]);
    await send();
    expect(server.received).toHaveLength(6);
    expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(6);
  });

  it("come again after a greylisting, and after a crash before it was marked with the same id", async () => {
    await open({ refuse: (_, times) => (times === 1 ? { code: 451, text: "later" } : null) });
    await submit(portal, KALTIM);
    expect(await send()).toEqual({ sent: 0, failed: 2 });
    expect(await send()).toEqual({ sent: 0, failed: 0 });
    portal.clock.advance(30_000);
    const metrics = await (await portal.fetch("/metrics")).text();
    expect(metrics).toContain("pulih_outbox_waiting 2\npulih_outbox_oldest_seconds 30\n");
    portal.clock.advance(90_000);
    expect(await send()).toEqual({ sent: 2, failed: 0 });
    // As if the process had died between the server's answer and the mark.
    await portal.deps.db.orm.update(outbox).set({ sentAt: null });
    expect(await send()).toEqual({ sent: 0, failed: 0 });
    portal.clock.advance(11 * 60_000);
    expect(await send()).toEqual({ sent: 2, failed: 0 });
    const ids = server.received.map(({ mail }) => mail.messageId);
    expect([ids.length, new Set(ids).size]).toEqual([4, 2]);
  });

  it("stop at once where the address does not exist, and say so in the log without it", async () => {
    await open({
      refuse: (address) => (address === PEMOHON ? { code: 550, text: "no such user" } : null),
    });
    await submit(portal, KALTIM);
    expect(await send()).toEqual({ sent: 1, failed: 1 });
    portal.clock.advance(HOUR);
    expect(await send()).toEqual({ sent: 0, failed: 0 });
    const lines = portal.log.filter(({ event }) => event === "notice_given_up");
    expect(lines).toMatchObject([{ detail: { channel: "mail", attempts: 1, error: "550" } }]);
    expect(JSON.stringify(portal.log)).not.toContain(PEMOHON);
  });

  it("survive a server that is down: asked once a run, given up after three days, none lost before", async () => {
    await open();
    const { port } = server;
    await server.close();
    await submit(portal, KALTIM);
    expect(await send()).toEqual({ sent: 0, failed: 1 });
    for (let hours = 0; hours < 70; hours += 2) {
      portal.clock.advance(2 * HOUR);
      await send();
    }
    expect((await rows()).map(({ givenUpAt }) => givenUpAt)).toEqual([null, null]);
    server = await startMailServer({ port });
    portal.clock.advance(HOUR + 15 * 60_000);
    expect((await send()).sent).toBe(2);

    await server.close();
    await submit(portal, KALTIM, { alasan: "CONTOH lain" });
    for (let hours = 0; hours < 80; hours += 1) {
      portal.clock.advance(HOUR + 15 * 60_000);
      await send();
    }
    expect((await rows()).filter(({ givenUpAt }) => givenUpAt !== null)).toHaveLength(2);
  });

  it("are not even written where no mail server is set", async () => {
    await open();
    portal.deps.mail?.close();
    await portal[Symbol.asyncDispose]();
    portal = await openTestPortal();
    await appoint(portal, "kaltim", "administrator");
    await submit(portal, KALTIM);
    expect(await rows()).toEqual([]);
  });
});
