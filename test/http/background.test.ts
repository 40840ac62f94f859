import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calendarVersions, outbox } from "#db/schema/notices.ts";
import { readSettings } from "#functions/env.ts";
import { type RunningServer, startServer } from "#functions/http/server.ts";
import { eventually } from "#support/eventually.ts";
import { type MailServer, startMailServer } from "#support/mail-server.ts";
import { KALTIM } from "./office.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("what a running portal does by itself", () => {
  let data: string;
  let mail: MailServer;
  let server: RunningServer;
  const start = async () => {
    const settings = readSettings(
      {
        PULIH_DATA: data,
        PULIH_PORT: "0",
        PULIH_ORIGIN: "http://portal.test",
        PULIH_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
        PULIH_MAIL_FROM: "pulih@kaltim.contoh.go.id",
      },
      root,
    );
    // Day in Kalimantan, when the pemohon is written to at once.
    const now = () => new Date("2026-11-23T01:00:00.000Z");
    server = await startServer(settings, { log: () => undefined, now });
  };
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), "pulih-background-"));
    mail = await startMailServer();
    await start();
  });
  afterEach(async () => {
    await server.close();
    await mail.close();
    await rm(data, { recursive: true, force: true });
  });

  it("sends what was left unsent by the process before, and knows its calendars again", async () => {
    const answer = await fetch(`${server.base}/api/requests`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: "http://portal.test" },
      body: JSON.stringify({
        sop: KALTIM,
        jenis: "backup",
        opd: "CONTOH",
        nama: "CONTOH",
        surel: "contoh@opd.contoh.go.id",
        spesifikasi: "CONTOH",
        alasan: "CONTOH",
      }),
    });
    expect(answer.status).toBe(201);
    await server.close();
    // Whatever went out already is put back, as after a crash before the mark.
    await start();
    await server.deps.db.orm
      .update(outbox)
      .set({ sentAt: null, attempts: 0, notBefore: "2026-11-23T01:00:00.000Z" });
    const before = mail.received.length;
    await eventually("a mail", () => mail.received.length > before);
    expect(mail.received.at(-1)?.to).toBe("contoh@opd.contoh.go.id");
    expect(new Set(mail.received.map((one) => one.mail.messageId)).size).toBe(1);
    expect(await server.deps.db.orm.select().from(calendarVersions)).toHaveLength(2);
    expect([...server.deps.calendars.keys()].sort()).toEqual(["kaltim", "kukar"]);
  });
});
