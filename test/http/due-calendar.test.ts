import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { appoint, ask, type Clerk, decideAs } from "./clerks.ts";
import { KALTIM, type Submitted, submit } from "./office.ts";

describe("due times in people's own calendars", () => {
  let portal: TestPortal;
  let administrator: Clerk;
  let pengawas: Clerk;
  let request: Submitted;
  beforeAll(async () => {
    portal = await openTestPortal();
    administrator = await appoint(portal, "kaltim", "administrator");
    pengawas = await appoint(portal, "kaltim", "pengawas");
    request = await submit(portal, KALTIM, { alasan: "CONTOH rahasia" });
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });
  const addressOf = async ({ viewer }: Clerk) => {
    const address = await portal.services.calendar.address(viewer);
    expect(address.startsWith(`${TEST_ORIGIN}/api/calendar/`)).toBe(true);
    return address.slice(TEST_ORIGIN.length);
  };
  /** Lines of an iCalendar file are folded; a reader joins them. */
  const read = async (path: string) => {
    const answer = await portal.fetch(path);
    expect(answer.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    return (await answer.text()).replaceAll(/\r\n[ \t]/g, "");
  };

  it("hold what waits for the person, by reference and act only, and move on with it", async () => {
    const mine = await addressOf(administrator);
    const calendar = await read(mine);
    expect(calendar).toContain(
      `SUMMARY:${request.ref}: Verifikasi permohonan dan disposisikan kepada Pengawas`,
    );
    expect(calendar).toContain("DTEND:20261123T011500Z");
    expect(calendar).not.toContain("rahasia");
    expect(calendar).not.toContain(request.code);
    expect(await read(mine)).toBe(calendar);
    expect(await read(await addressOf(pengawas))).not.toContain("BEGIN:VEVENT");

    await decideAs(portal, request.ref, administrator);
    expect(await read(mine)).not.toContain("BEGIN:VEVENT");
    expect(await read(await addressOf(pengawas))).toContain("SEQUENCE:2");
    await ask(portal, request, pengawas);
    expect(await read(await addressOf(pengawas))).toContain("(menunggu jawaban pemohon)");
  });

  it("answer nobody under an address that was replaced, altered or made up", async () => {
    const old = await addressOf(pengawas);
    await portal.services.calendar.renew(pengawas.viewer);
    const renewed = await addressOf(pengawas);
    expect(renewed).not.toBe(old);
    await read(renewed);
    const mac = renewed.slice(renewed.lastIndexOf(".", renewed.length - 5) + 1);
    const dead = [
      old,
      `/api/calendar/${administrator.viewer.person}.${mac}`,
      "/api/calendar/x.ics",
      "/api/calendar/.ics",
    ];
    for (const path of dead) expect((await portal.fetch(path)).status).toBe(404);
    await portal.services.calendar.renew(pengawas.viewer);
    expect((await portal.fetch(renewed)).status).toBe(404);
  });

  it("hold one request for its pemohon, with the tracking code only", async () => {
    const own = `/api/requests/${request.ref}/tenggat.ics`;
    const calendar = await read(`${own}?kode=${request.code}`);
    expect(calendar).toContain(`SUMMARY:${request.ref}:`);
    expect(calendar).toContain("/lacak/?nomor=");
    expect((await portal.fetch(own)).status).toBe(401);
    expect((await portal.fetch(`${own}?kode=salah`)).status).toBe(404);
  });

  it("are renewed by the signed in alone", async () => {
    const headers = { origin: TEST_ORIGIN };
    const answer = await portal.fetch("/api/calendar/renew", { method: "POST", headers });
    expect(answer.status).toBe(401);
  });
});
