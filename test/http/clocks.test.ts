import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calendarVersions, escalations, outbox } from "#db/schema/notices.ts";
import { stepLog } from "#db/schema/requests.ts";
import { escalate } from "#functions/services/clocks/escalate.ts";
import { keepCalendars } from "#functions/services/clocks/keep-calendars.ts";
import type { Deps } from "#functions/services/deps.ts";
import { rebuild } from "#functions/services/requests/rebuild.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import { appoint, ask, type Clerk, decideAs, reply } from "./clerks.ts";
import { KALTIM, look, type Submitted, submit } from "./office.ts";

/** A server that nobody asks: these tests read what is to be sent. */
const MAIL = { PULIH_SMTP_URL: "smtp://127.0.0.1:9", PULIH_MAIL_FROM: "pulih@kaltim.contoh.go.id" };
const MONDAY = "2026-11-23T01:00:00.000Z";

let portal: TestPortal;
let request: Submitted;
let administrator: Clerk;
let pengawas: Clerk;
let pengelola: Clerk;
beforeEach(async () => {
  portal = await openTestPortal({ env: MAIL });
  administrator = await appoint(portal, "kaltim", "administrator");
  pengawas = await appoint(portal, "kaltim", "pengawas");
  pengelola = await appoint(portal, "kaltim", "pengelola");
  request = await submit(portal, KALTIM, { jenis: "backup" });
});
afterEach(async () => {
  await portal[Symbol.asyncDispose]();
});

const minutes = (count: number) => portal.clock.advance(count * 60_000);
const id = () => request.ref.replaceAll("-", "");
const steps = () =>
  portal.deps.db.orm
    .select()
    .from(stepLog)
    .where(eq(stepLog.request, id()))
    .orderBy(stepLog.position);
const row = async () => {
  const found = await portal.deps.db.orm.query.requests.findFirst({
    where: (table, is) => is.eq(table.id, id()),
  });
  if (!found) throw new Error("no request");
  return found;
};
const mails = async () => portal.deps.db.orm.select().from(outbox);
const untouched = async (deps: Deps = portal.deps) => {
  const { differing, cellsDiffering } = await rebuild(deps, { dryRun: true });
  expect([differing, cellsDiffering]).toEqual([[], []]);
};

describe("the clock of a step while an official waits for the pemohon", () => {
  it("stands, and goes on with what was left", async () => {
    minutes(5);
    await ask(portal, request, administrator);
    expect(await row()).toMatchObject({
      awaitsAnswer: true,
      dueAt: "2026-11-23T01:15:00.000Z",
    });
    const used = async () => {
      const { steps: shown } = await look(portal, request.ref, { code: request.code });
      return shown.find(({ state }) => state === "current")?.workingMinutes;
    };
    minutes(120);
    expect(await used()).toBe(5);
    await reply(portal, request);
    minutes(1);
    expect(await used()).toBe(6);
    portal.clock.advance(-60_000);
    expect(await row()).toMatchObject({ awaitsAnswer: false, dueAt: "2026-11-23T03:15:00.000Z" });
    minutes(4);
    await decideAs(portal, request.ref, administrator);
    await decideAs(portal, request.ref, pengawas);
    expect((await steps())[1]).toMatchObject({
      outcome: "closed",
      workingMinutes: 9,
      pausedMinutes: 120,
      onTime: true,
    });
    await untouched();
  });

  it("goes on with whoever acts without the answer, and is judged as if answered then", async () => {
    minutes(10);
    await ask(portal, request, administrator);
    minutes(60 * 24);
    await decideAs(portal, request.ref, administrator);
    minutes(6);
    await decideAs(portal, request.ref, pengawas);
    expect((await steps())[1]).toMatchObject({ workingMinutes: 16, onTime: false });
    await untouched();
  });

  it("ends with a refusal, which counts no waiting", async () => {
    minutes(3);
    await ask(portal, request, administrator);
    minutes(30);
    await decideAs(portal, request.ref, administrator, "refuse", {
      golongan: "lainnya",
      alasan: "CONTOH",
    });
    expect((await steps())[1]).toMatchObject({
      outcome: "stopped",
      workingMinutes: 3,
      pausedMinutes: 30,
      onTime: null,
    });
    await untouched();
  });
});

describe("a calendar that changes while requests run", () => {
  /** The portal as it starts over content with one more day off. */
  const restartWith = async (...daysOff: readonly string[]): Promise<Deps> => {
    const agencies = new Map(
      [...portal.deps.catalog.agencies].map(([name, agency]) => [
        name,
        {
          ...agency,
          calendar: {
            ...agency.calendar,
            daysOff: new Set([...agency.calendar.daysOff, ...daysOff]),
          },
        },
      ]),
    );
    const deps = { ...portal.deps, catalog: { ...portal.deps.catalog, agencies } };
    await keepCalendars(deps);
    return deps;
  };

  it("moves open due times, keeps what was judged, and says so in log, timeline and mail", async () => {
    await keepCalendars(portal.deps);
    expect(await portal.deps.db.orm.select().from(calendarVersions)).toHaveLength(2);
    minutes(10);
    await decideAs(portal, request.ref, administrator);
    await decideAs(portal, request.ref, pengawas);
    // Planning takes one hour of Monday, until Monday is taken off.
    portal.clock.set("2026-11-23T07:40:00.000Z");
    const before = await steps();
    expect(before.map(({ outcome }) => outcome)).toEqual(["closed", "closed", "open"]);
    await portal.deps.db.write([portal.deps.db.orm.delete(outbox)]);

    const deps = await restartWith("2026-11-23");
    const after = await steps();
    expect(after[1]).toEqual(before[1]);
    expect(after[2]).toMatchObject({ dueAt: "2026-11-24T00:30:00.000Z" });
    expect(before[2]).toMatchObject({ dueAt: "2026-11-23T02:10:00.000Z" });
    expect(portal.log.filter(({ event }) => event === "calendar_changed")).toMatchObject([
      { detail: { agency: "kaltim", requests: 1, moved: 1 } },
      { detail: { agency: "kukar", requests: 0, moved: 0 } },
    ]);
    expect(await mails()).toMatchObject([{ to: pengelola.email }]);
    const { timeline } = await look(portal, request.ref, { code: request.code });
    expect(timeline.at(-1)).toMatchObject({
      type: "due_moved",
      text: "Batas waktu dihitung ulang karena kalender kerja berubah.",
    });
    await untouched(deps);
    // Over the older content a command makes the same, since calendars are read from the store.
    await untouched();

    await keepCalendars(deps);
    expect(portal.log.filter(({ event }) => event === "calendar_changed")).toHaveLength(2);
  });

  it("is stored once however often the portal starts", async () => {
    await keepCalendars(portal.deps);
    await keepCalendars(portal.deps);
    expect(await portal.deps.db.orm.select().from(calendarVersions)).toHaveLength(2);
    expect(portal.log.filter(({ event }) => event === "calendar_changed")).toEqual([]);
  });
});

describe("escalation", () => {
  const escalated = async () =>
    (await portal.deps.db.orm.select().from(escalations)).map(({ percent }) => percent);
  const told = async (percent: string) =>
    (await mails()).filter(({ dedupe }) => dedupe.includes(`late:${percent}`)).map(({ to }) => to);

  it("tells the holder at three quarters of the time, and once only", async () => {
    minutes(11);
    await escalate(portal.deps);
    expect(await escalated()).toEqual([]);
    minutes(1);
    await Promise.all([escalate(portal.deps), escalate(portal.deps)]);
    await escalate(portal.deps);
    expect(await escalated()).toEqual([75]);
    expect(await told("75")).toEqual([administrator.email]);
  });

  it("tells whoever sent it there as well when the time is over", async () => {
    minutes(1);
    await decideAs(portal, request.ref, administrator);
    await decideAs(portal, request.ref, pengawas);
    minutes(61);
    await escalate(portal.deps);
    expect(await escalated()).toEqual([75, 100]);
    expect(await told("75")).toEqual([]);
    expect((await told("100")).sort()).toEqual([pengawas.email, pengelola.email].sort());
  });

  it("counts no time in which the pemohon is waited for, nor a night", async () => {
    minutes(10);
    await ask(portal, request, administrator);
    portal.clock.set("2026-11-23T09:00:00.000Z");
    await escalate(portal.deps);
    await reply(portal, request);
    portal.clock.set("2026-11-23T23:31:00.000Z");
    await escalate(portal.deps);
    expect(await escalated()).toEqual([]);
    portal.clock.set("2026-11-23T23:32:00.000Z");
    await escalate(portal.deps);
    expect(await escalated()).toEqual([75]);
  });

  it("neither repeats nor forgets where the clock jumps back and forth", async () => {
    minutes(12);
    await escalate(portal.deps);
    portal.clock.set(MONDAY);
    await escalate(portal.deps);
    portal.clock.set("2026-11-30T01:00:00.000Z");
    await escalate(portal.deps);
    portal.clock.set(MONDAY);
    await escalate(portal.deps);
    expect(await escalated()).toEqual([75, 100]);
    expect([await told("75"), await told("100")]).toEqual([
      [administrator.email],
      [administrator.email],
    ]);
  });

  it("tells nobody of a request that is closed", async () => {
    minutes(5);
    await decideAs(portal, request.ref, { code: request.code }, "cancel", { alasan: "CONTOH" });
    minutes(600);
    await escalate(portal.deps);
    expect(await escalated()).toEqual([]);
  });
});
