import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Calendar, slotsOf } from "#agent/care/calendar.ts";
import { isCron } from "#agent/care/cron.ts";
import { type CaredTarget, dueRuns, nextRunAt, withClock } from "#agent/care/due-runs.ts";
import { began, ended } from "#agent/care/settle.ts";
import { type CareState, freshState } from "#agent/care/state.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = Date.parse("2026-11-22T00:00:00Z");

const at = (text: string): Date => new Date(text);
const daily: Calendar = { cron: "30 1 * * *", zona: "Asia/Makassar", acakMenit: 0, jendela: null };

const anyCron = fc.oneof(
  fc
    .tuple(fc.nat(59), fc.nat(23), fc.constantFrom("*", "1-5", "0", "2,4"))
    .map(([minute, hour, days]) => `${minute} ${hour} * * ${days}`),
  fc.integer({ min: 5, max: 40 }).map((every) => `*/${every} * * * *`),
  fc.tuple(fc.nat(59), fc.integer({ min: 1, max: 12 })).map(([m, h]) => `${m} */${h} * * *`),
);
const anyTime = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
const anyCalendar: fc.Arbitrary<Calendar> = fc.record({
  cron: anyCron,
  zona: fc.constantFrom("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
  acakMenit: fc.nat(60),
  jendela: fc.option(fc.tuple(anyTime, anyTime).map(([from, until]) => `${from}-${until}`)),
});

/** An agent that does at once whatever is due; gives the slots it ran, with when. */
function agentOf(calendar: Calendar, start: number) {
  const targets: CaredTarget[] = [{ alias: "db", jadwal: calendar, ujiPulih: null }];
  let state: CareState = freshState(new Date(start));
  const ran: { slot: number; at: number }[] = [];
  return {
    ran,
    get state() {
      return state;
    },
    due(now: number) {
      return dueRuns(targets, new Map([["db", withClock(state, new Date(now))]]), new Date(now));
    },
    tick(now: number) {
      const instant = new Date(now);
      state = withClock(state, instant);
      const [run] = dueRuns(targets, new Map([["db", state]]), instant);
      if (!run) return;
      ran.push({ slot: run.slot.getTime(), at: now });
      const backup = ended(began(state.backup, run.slot), run.slot, { is: "done" }, instant);
      state = { ...state, backup };
    },
  };
}

describe("a calendar", () => {
  test("names its slots in the zone of the target", () => {
    const slots = slotsOf(daily, "db");
    const before = at("2026-11-20T00:00:00Z");
    // 01.30 WITA is 17.30 UTC of the day before.
    expect(slots.newestStarted(before, at("2026-11-22T17:30:00Z"))).toEqual(
      at("2026-11-22T17:30:00Z"),
    );
    expect(slots.newestStarted(before, at("2026-11-22T17:29:59Z"))).toEqual(
      at("2026-11-21T17:30:00Z"),
    );
    expect(slots.nextStart(before, at("2026-11-22T17:30:00Z"))).toEqual(at("2026-11-23T17:30:00Z"));
  });

  test("starts a slot late by as much as the target always is, and by no more than it may", () => {
    const late = { ...daily, acakMenit: 30 };
    const starts = ["a", "b", "c", "d"].map((salt) => {
      const start = slotsOf(late, salt).nextStart(
        at("2026-11-22T00:00:00Z"),
        at("2026-11-22T17:00:00Z"),
      );
      expect(start).toEqual(
        slotsOf(late, salt).nextStart(at("2026-11-22T00:00:00Z"), at("2026-11-22T17:00:00Z")),
      );
      return start?.getTime() ?? 0;
    });
    for (const start of starts) {
      expect(start).toBeGreaterThanOrEqual(Date.parse("2026-11-22T17:30:00Z"));
      expect(start).toBeLessThanOrEqual(Date.parse("2026-11-22T18:00:00Z"));
    }
    expect(new Set(starts).size).toBe(4);
  });

  test("with a window over midnight is open on both sides of it", () => {
    const slots = slotsOf({ ...daily, jendela: "22:00-05:00" }, "db");
    expect(slots.isOpen(at("2026-11-22T13:59:00Z"))).toBe(false); // 21.59 WITA
    expect(slots.isOpen(at("2026-11-22T14:00:00Z"))).toBe(true); // 22.00
    expect(slots.isOpen(at("2026-11-22T20:59:00Z"))).toBe(true); // 04.59
    expect(slots.isOpen(at("2026-11-22T21:00:00Z"))).toBe(false); // 05.00
    expect(slots.opening(at("2026-11-22T21:00:00Z"))).toEqual(at("2026-11-23T14:00:00Z"));
    expect(slots.opening(at("2026-11-22T13:00:00Z"))).toEqual(at("2026-11-22T14:00:00Z"));
  });

  test("that names no moment, or more than minutes, is not taken", () => {
    expect(isCron("30 1 * * *")).toBe(true);
    for (const text of ["0 0 30 2 *", "* * * * * *", "61 * * * *", "malam", ""]) {
      expect(isCron(text), text).toBe(false);
    }
  });
});

describe("due runs", () => {
  test("do every slot once while the agent is up, and never before its time", () => {
    fc.assert(
      fc.property(anyCalendar, fc.integer({ min: 1, max: 90 }), (calendar, everyMinutes) => {
        const agent = agentOf(calendar, T0);
        for (let now = T0; now < T0 + 2 * DAY; now += everyMinutes * MINUTE) {
          agent.tick(now);
          expect(agent.due(now)).toEqual([]);
        }
        const slots = agent.ran.map(({ slot }) => slot);
        expect(slots).toEqual([...new Set(slots)].sort((one, other) => one - other));
        const { isOpen } = slotsOf(calendar, "x");
        for (const { slot, at: ranAt } of agent.ran) {
          expect(ranAt).toBeGreaterThanOrEqual(slot);
          expect(isOpen(new Date(ranAt))).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("leave no slot out that has time before the next one", () => {
    fc.assert(
      fc.property(fc.nat(59), fc.nat(23), fc.nat(60), (minute, hour, acakMenit) => {
        const calendar = { ...daily, cron: `${minute} ${hour} * * *`, acakMenit };
        const agent = agentOf(calendar, T0);
        for (let now = T0; now < T0 + 5 * DAY; now += 13 * MINUTE) agent.tick(now);
        // The last day's slot may start after the end.
        expect(agent.ran.length).toBeGreaterThanOrEqual(4);
        expect(agent.ran.length).toBeLessThanOrEqual(5);
      }),
      { numRuns: 25 },
    );
  });

  test("after any time off catch up once, not once for each missed slot", () => {
    fc.assert(
      fc.property(anyCalendar, fc.integer({ min: HOUR, max: 60 * DAY }), (calendar, downMs) => {
        const agent = agentOf({ ...calendar, jendela: null }, T0);
        const back = T0 + downMs;
        for (let tick = 0; tick < 5; tick++) agent.tick(back + tick);
        expect(agent.ran.length).toBeLessThanOrEqual(1);
        const expected = slotsOf({ ...calendar, jendela: null }, "db\nbackup").newestStarted(
          new Date(T0),
          new Date(back),
        );
        expect(agent.ran.map(({ slot }) => slot)).toEqual(expected ? [expected.getTime()] : []);
      }),
      { numRuns: 60 },
    );
  });

  test("do not storm, nor stop, when the clock jumps by days", () => {
    const jump = fc.record({
      afterMinutes: fc.integer({ min: 0, max: 600 }),
      byMs: fc.integer({ min: -2 * DAY, max: 2 * DAY }),
    });
    fc.assert(
      fc.property(anyCalendar, fc.array(jump, { maxLength: 6 }), (calendar, jumps) => {
        const always = { ...calendar, jendela: null };
        const agent = agentOf(always, T0);
        let clock = T0;
        let ticks = 0;
        const live = (minutes: number): void => {
          for (let minute = 0; minute < minutes; minute += 15) {
            agent.tick(clock);
            clock += 15 * MINUTE;
            ticks += 1;
          }
        };
        for (const { afterMinutes, byMs } of jumps) {
          live(afterMinutes);
          const before = agent.ran.length;
          clock += byMs;
          agent.tick(clock);
          agent.tick(clock);
          expect(agent.ran.length - before).toBeLessThanOrEqual(1);
        }
        const before = agent.ran.length;
        live((8 * DAY) / MINUTE);
        // Every calendar here has a slot in any week.
        expect(agent.ran.length).toBeGreaterThan(before);
        expect(ticks).toBeGreaterThan(0);
      }),
      { numRuns: 20 },
    );
  });

  test("go on within hours when a clock that ran days ahead is set right", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2 * HOUR, max: 40 * DAY }), (aheadMs) => {
        const agent = agentOf({ ...daily, cron: "0 * * * *" }, T0);
        agent.tick(T0 + aheadMs);
        const before = agent.ran.length;
        expect(before).toBe(1);
        for (let now = T0 + HOUR / 2; now < T0 + 3 * HOUR; now += 5 * MINUTE) agent.tick(now);
        expect(agent.ran.length - before).toBeGreaterThanOrEqual(1);
        expect(agent.ran.length - before).toBeLessThanOrEqual(3);
      }),
      { numRuns: 30 },
    );
  });

  test("of a failed slot wait, but a newer slot does not wait for an older one", () => {
    const hourly = { ...daily, cron: "0 * * * *" };
    const target: CaredTarget = { alias: "db", jadwal: hourly, ujiPulih: null };
    const first = at("2026-11-22T01:00:00Z");
    const state = freshState(new Date(T0));
    const end = { is: "failed", code: "VAULT_UNREACHABLE", mayRetry: true } as const;
    const tired = ended(ended(began(state.backup, first), first, end, first), first, end, first);
    const failed = {
      ...state,
      backup: { ...tired, tries: 2, notBefore: "2026-11-22T01:40:00.000Z" },
    };
    const dueAt = (text: string) => dueRuns([target], new Map([["db", failed]]), at(text));
    expect(dueAt("2026-11-22T01:39:59Z")).toEqual([]);
    expect(dueAt("2026-11-22T01:40:00Z")).toEqual([{ alias: "db", kind: "backup", slot: first }]);
    expect(dueAt("2026-11-22T02:00:00Z")).toEqual([
      { alias: "db", kind: "backup", slot: at("2026-11-22T02:00:00Z") },
    ]);
    expect(nextRunAt(target, "backup", failed, at("2026-11-22T01:10:00Z"))).toEqual(
      at("2026-11-22T01:40:00Z"),
    );
  });

  test("bring backups before drills, and what waits longest first", () => {
    const state = freshState(new Date(T0));
    const targets: CaredTarget[] = [
      { alias: "a", jadwal: { ...daily, cron: "30 1 * * *" }, ujiPulih: daily },
      { alias: "b", jadwal: { ...daily, cron: "10 1 * * *" }, ujiPulih: null },
    ];
    const states = new Map([
      ["a", state],
      ["b", state],
    ]);
    const due = dueRuns(targets, states, at("2026-11-22T20:00:00Z"));
    expect(due.map(({ alias, kind }) => `${kind} ${alias}`)).toEqual([
      "backup b",
      "backup a",
      "drill a",
    ]);
  });
});
