import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { windowsOfDate } from "#domain/calendar/windows-of-day.ts";
import { decidePpid, evolvePpid, type PpidCommand } from "#domain/ppid/decide.ts";
import { LIMIT_DAYS, limitsOf } from "#domain/ppid/limits.ts";
import { figuresOf } from "#domain/ppid/report.ts";
import { DenialReason, Ground, Outcome, type PpidState } from "#domain/ppid/types.ts";

const DAY = 86_400_000;
const content = { id: "c", commitment: "0".repeat(64) };
const by = { person: "p", jabatan: "ppid", capacity: "definitif" as const };
let calendar: WorkCalendar;

beforeAll(async () => {
  const { agencies } = await loadCatalog(fileURLToPath(new URL("../../content", import.meta.url)));
  const agency = agencies.get("kukar");
  if (!agency) throw new Error("no agency");
  calendar = agency.calendar;
});

const requested = (at: string): PpidState =>
  evolvePpid(null, { type: "requested", agency: "kukar", content }, at);
/** The n-th working day after the day of `start`, counted day by day. */
function workingDayAfter(start: Date, days: number): string {
  let day = start.getTime();
  const works = (at: number) =>
    windowsOfDate(calendar, localDate(new Date(at), calendar.offsetMinutes)).length > 0;
  while (!works(day)) day += DAY;
  for (let left = days; left > 0; ) {
    day += DAY;
    if (works(day)) left -= 1;
  }
  return localDate(new Date(day), calendar.offsetMinutes);
}

const command = (type: PpidCommand["type"], outcome: Outcome, reason: DenialReason | null) =>
  ({
    extended: { type: "extended", by, content },
    answered: { type: "answered", by, outcome, reason, content, documents: [] },
    objected: { type: "objected", ground: "c", content },
    objection_answered: { type: "objection_answered", by, outcome, content, documents: [] },
    withdrawn: { type: "withdrawn", content },
  })[type] as PpidCommand;

describe("limits of a request for information", () => {
  it("are 10 working days, 17 with an extension, and 30 for an objection and its answer", () => {
    const start = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2027, 6, 1) });
    fc.assert(
      fc.property(start, fc.boolean(), (ms, extended) => {
        const at = new Date(ms);
        const state = { ...requested(at.toISOString()), extended };
        const { answer, due } = limitsOf(calendar, state, at);
        const days = LIMIT_DAYS.answer + (extended ? LIMIT_DAYS.extension : 0);
        expect(localDate(answer, calendar.offsetMinutes)).toBe(workingDayAfter(at, days));
        expect(due).toEqual(answer);
        const late = new Date(answer.getTime() + 1);
        const { objection } = limitsOf(calendar, state, late);
        expect(objection && localDate(objection, calendar.offsetMinutes)).toBe(
          workingDayAfter(answer, LIMIT_DAYS.objection),
        );
        const objected = evolvePpid(
          state,
          { type: "objected", ground: "c", content },
          late.toISOString(),
        );
        const running = limitsOf(calendar, objected, late);
        expect(running.due).toEqual(running.objectionAnswer);
        expect(running.due && localDate(running.due, calendar.offsetMinutes)).toBe(
          workingDayAfter(late, LIMIT_DAYS.objectionAnswer),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe("what may happen to it", () => {
  const at = "2026-11-23T01:00:00.000Z";
  const soon = new Date("2026-11-24T01:00:00.000Z");
  const late = new Date("2027-01-04T01:00:00.000Z");

  it("extends once, and never after the limit", () => {
    const open = requested(at);
    const extend = command("extended", "ditolak", null);
    expect(decidePpid(calendar, open, extend, soon)).toMatchObject({ ok: true });
    const extended = evolvePpid(open, extend, soon.toISOString());
    expect(decidePpid(calendar, extended, extend, soon)).toEqual({
      ok: false,
      code: "PPID_EXTENSION",
    });
    expect(decidePpid(calendar, open, extend, late)).toEqual({ ok: false, code: "PPID_EXTENSION" });
  });

  it("wants a reason for what is withheld and none for what is given", () => {
    const open = requested(at);
    for (const outcome of Outcome.options) {
      for (const reason of [null, ...DenialReason.options]) {
        const answer = decidePpid(calendar, open, command("answered", outcome, reason), soon);
        expect(answer.ok).toBe((outcome === "dikabulkan") === (reason === null));
      }
    }
  });

  it("takes an objection after an answer or an overdue limit, for 30 working days", () => {
    const open = requested(at);
    const object = command("objected", "ditolak", null);
    const no = { ok: false, code: "PPID_OBJECTION_TIME" };
    expect(decidePpid(calendar, open, object, soon)).toEqual(no);
    expect(decidePpid(calendar, open, object, late)).toMatchObject({ ok: true });
    const given = command("answered", "dikabulkan", null);
    const answered = evolvePpid(open, given, soon.toISOString());
    expect(decidePpid(calendar, answered, object, soon)).toMatchObject({ ok: true });
    const { objection } = limitsOf(calendar, answered, soon);
    expect(decidePpid(calendar, answered, object, objection ?? soon)).toMatchObject({ ok: true });
    const past = new Date((objection ?? soon).getTime() + 1);
    expect(decidePpid(calendar, answered, object, past)).toEqual(no);
  });

  it("is total, and nothing happens after its end", () => {
    const types = ["extended", "answered", "objected", "objection_answered", "withdrawn"] as const;
    const step = fc.tuple(
      fc.constantFrom(...types),
      fc.constantFrom(...Outcome.options),
      fc.option(fc.constantFrom(...DenialReason.options), { nil: null }),
      fc.integer({ min: 0, max: 40 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let state = requested(at);
        let now = Date.parse(at);
        for (const [type, outcome, reason, days] of steps) {
          now += days * DAY;
          const ended = state.status === "closed" || state.status === "withdrawn";
          const decision = decidePpid(
            calendar,
            state,
            command(type, outcome, reason),
            new Date(now),
          );
          expect(decision.ok && ended).toBe(false);
          if (decision.ok) state = evolvePpid(state, decision.event, new Date(now).toISOString());
        }
      }),
    );
  });
});

describe("figures of the yearly report", () => {
  it("count each request once and agree with each other", () => {
    const now = new Date("2027-06-01T00:00:00Z");
    const state = fc
      .record({
        day: fc.integer({ min: 0, max: 364 }),
        answeredAfter: fc.option(fc.integer({ min: 0, max: 60 }), { nil: null }),
        outcome: fc.constantFrom(...Outcome.options),
        reason: fc.constantFrom(...DenialReason.options),
        ground: fc.option(fc.constantFrom(...Ground.options), { nil: null }),
        withdrawn: fc.boolean(),
      })
      .map(({ day, answeredAfter, outcome, reason, ground, withdrawn }): PpidState => {
        const start = Date.UTC(2026, 0, 1) + day * DAY;
        const open = requested(new Date(start).toISOString());
        if (answeredAfter === null) return { ...open, status: withdrawn ? "withdrawn" : "open" };
        const answer = {
          at: new Date(start + answeredAfter * DAY).toISOString(),
          outcome,
          reason: outcome === "dikabulkan" ? null : reason,
        };
        const objection = ground && { at: answer.at, ground, answer: null };
        return { ...open, status: objection ? "objected" : "answered", answer, objection };
      });
    fc.assert(
      fc.property(fc.array(state, { maxLength: 60 }), (states) => {
        const figures = figuresOf(calendar, states, now);
        const answered = Object.values(figures.answered).reduce((sum, one) => sum + one, 0);
        expect(answered + figures.open + figures.withdrawn).toBe(figures.received);
        const reasons = Object.values(figures.reasons).reduce((sum, one) => sum + one, 0);
        expect(reasons).toBe(answered - figures.answered.dikabulkan);
        expect(figures.onTime).toBeLessThanOrEqual(answered);
        expect(figures.overdue).toBeLessThanOrEqual(figures.open);
        const grounds = Object.values(figures.objections.grounds).reduce((sum, n) => sum + n, 0);
        expect(grounds).toBe(figures.objections.received);
        expect(figures.days === null).toBe(answered === 0);
        if (figures.days) expect(figures.days.median).toBeLessThanOrEqual(figures.days.longest);
      }),
      { numRuns: 200 },
    );
  });
});
