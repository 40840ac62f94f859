import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { dueAt } from "#domain/calendar/due-at.ts";
import { nextOpening } from "#domain/calendar/next-opening.ts";
import { dueWithPauses, type Pause, pausedMinutes } from "#domain/calendar/pauses.ts";
import type { StandardTime } from "#domain/calendar/types.ts";
import { workingMinutes } from "#domain/calendar/working-minutes.ts";
import {
  at,
  type CountedMinutes,
  countedCalendars,
  MINUTES,
  minuteOf,
} from "#support/minute-walk.ts";

let calendars: readonly CountedMinutes[];
beforeAll(async () => {
  calendars = await countedCalendars();
});
const which = fc.nat(2);
const calendarOf = (index: number): CountedMinutes => {
  const found = calendars[index];
  if (!found) throw new Error("three calendars");
  return found;
};
const wita = (text: string) => new Date(`${text}:00+08:00`);

const ROOM = 250 * 1440;
const startMinute = fc.integer({ min: 1440, max: MINUTES - ROOM });
const standard: fc.Arbitrary<StandardTime> = fc.oneof(
  fc.record({ value: fc.integer({ min: 1, max: 2_000 }), unit: fc.constant("menit" as const) }),
  fc.record({ value: fc.integer({ min: 1, max: 20 }), unit: fc.constant("jam" as const) }),
  fc.record({ value: fc.integer({ min: 1, max: 10 }), unit: fc.constant("hari" as const) }),
  fc.record({ value: fc.integer({ min: 1, max: 2 }), unit: fc.constant("minggu" as const) }),
);
/** Minutes from one edge to the next: running, standing, running … */
const edges = fc.array(fc.oneof(fc.nat(600), fc.nat(6 * 1440), fc.nat(20 * 1440)), {
  maxLength: 6,
});

function pausesFrom(start: number, steps: readonly number[]): [number, number][] {
  const pauses: [number, number][] = [];
  let minute = start;
  for (let index = 0; index + 1 < steps.length; index += 2) {
    const from = minute + (steps[index] ?? 0);
    minute = from + (steps[index + 1] ?? 0);
    pauses.push([from, minute]);
  }
  return pauses;
}
const asPauses = (pauses: readonly [number, number][]): Pause[] =>
  pauses.map(([from, to]) => ({ from: at(from), to: at(to) }));

/** One minute after the other: what is used up is a working minute, or the end of a working day, that passes outside the pauses. */
function walk(
  { worked, closed, daysBegun, onWorkday }: CountedMinutes,
  start: number,
  { value, unit }: StandardTime,
  pauses: readonly [number, number][],
): number {
  const inMinutes = unit === "menit" || unit === "jam";
  const count = inMinutes ? worked : closed;
  let toGo = unit === "jam" ? value * 60 : value;
  if (!inMinutes) {
    const days = unit === "minggu" ? value * 5 : value;
    // The day of the start, or the next one worked on, and as many more, minus those that ended.
    const begun = (daysBegun[start] ?? 0) + (onWorkday[start] ? 0 : 1) + days;
    toGo = begun - (closed[start] ?? 0);
  }
  let minute = start;
  while (toGo > 0) {
    minute += 1;
    const passed = (count[minute] ?? 0) - (count[minute - 1] ?? 0);
    if (passed === 0) continue;
    const stood = pauses.some(([from, to]) => from < minute && minute <= to);
    if (!stood) toGo -= 1;
  }
  return minute;
}

describe("due times with pauses", () => {
  test("equal those found by walking minute by minute, for any calendar, start, standard and pauses", () => {
    fc.assert(
      fc.property(which, startMinute, standard, edges, (index, start, time, steps) => {
        const counted = calendarOf(index);
        const pauses = pausesFrom(start, steps);
        const due = dueWithPauses(counted.calendar, at(start), time, asPauses(pauses));
        expect(minuteOf(due)).toBe(walk(counted, start, time, pauses));
      }),
      { numRuns: 20_000 },
    );
  });

  test("never come earlier by a further pause, and never by a longer one", () => {
    fc.assert(
      fc.property(
        which,
        startMinute,
        standard,
        edges,
        fc.nat(3 * 1440),
        (index, start, time, steps, longer) => {
          const { calendar } = calendarOf(index);
          const pauses = asPauses(pausesFrom(start, steps));
          const last = pauses.at(-1);
          if (!last) return;
          const due = (list: readonly Pause[]) =>
            dueWithPauses(calendar, at(start), time, list).getTime();
          expect(due(pauses)).toBeGreaterThanOrEqual(due(pauses.slice(0, -1)));
          const stretched = { from: last.from, to: new Date(last.to.getTime() + longer * 60_000) };
          expect(due([...pauses.slice(0, -1), stretched])).toBeGreaterThanOrEqual(due(pauses));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test("leave exactly the standard time in working minutes outside the pauses", () => {
    fc.assert(
      fc.property(which, startMinute, fc.integer({ min: 1, max: 2_000 }), edges, (...given) => {
        const [index, start, value, steps] = given;
        const { calendar } = calendarOf(index);
        const pauses = asPauses(pausesFrom(start, steps));
        const due = dueWithPauses(calendar, at(start), { value, unit: "menit" }, pauses);
        const until = pauses.flatMap(({ from, to }) =>
          from < due ? [{ from, to: new Date(Math.min(to.getTime(), due.getTime())) }] : [],
        );
        const net = workingMinutes(calendar, at(start), due) - pausedMinutes(calendar, until);
        expect(net).toBe(value);
      }),
      { numRuns: 3_000 },
    );
  });

  test("are those of the answer where the question came at once", () => {
    fc.assert(
      fc.property(which, startMinute, fc.nat(20 * 1440), fc.nat(500), (index, start, length, v) => {
        const { calendar } = calendarOf(index);
        const pauses = asPauses([[start, start + length]]);
        const time: StandardTime = { value: v + 1, unit: "menit" };
        expect(dueWithPauses(calendar, at(start), time, pauses)).toEqual(
          dueAt(calendar, at(start + length), time),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, string, StandardTime, [string, string][], string]>([
    [
      "a question over Christmas leaves the minutes that were left",
      "2026-12-23T15:00",
      { value: 90, unit: "menit" },
      [["2026-12-23T15:30", "2026-12-28T09:00"]],
      "2026-12-28T10:00",
    ],
    [
      "a question within one day moves no day",
      "2026-11-23T09:00",
      { value: 1, unit: "hari" },
      [["2026-11-23T10:00", "2026-11-23T15:00"]],
      "2026-11-24T16:00",
    ],
    [
      "a question over a weekend moves one day, the Friday that ended",
      "2026-11-19T09:00",
      { value: 2, unit: "hari" },
      [["2026-11-20T10:00", "2026-11-23T08:00"]],
      "2026-11-24T16:00",
    ],
    [
      "a question asked when it was late already moves nothing",
      "2026-11-23T09:00",
      { value: 15, unit: "menit" },
      [["2026-11-23T09:20", "2026-11-25T09:00"]],
      "2026-11-23T09:15",
    ],
    [
      "two questions each leave what was left",
      "2026-11-23T09:00",
      { value: 1, unit: "jam" },
      [
        ["2026-11-23T09:20", "2026-11-23T11:00"],
        ["2026-11-23T11:10", "2026-11-24T08:00"],
      ],
      "2026-11-24T08:30",
    ],
  ])("at Kaltim: %s", (_, start, time, pauses, due) => {
    const list = pauses.map(([from, to]) => ({ from: wita(from), to: wita(to) }));
    expect(dueWithPauses(calendarOf(0).calendar, wita(start), time, list)).toEqual(wita(due));
  });
});

describe("the next opening", () => {
  test("is the first minute from now on in which somebody works", () => {
    fc.assert(
      fc.property(which, startMinute, (index, start) => {
        const { calendar, worked } = calendarOf(index);
        let minute = start;
        while (worked[minute + 1] === worked[minute]) minute += 1;
        expect(minuteOf(nextOpening(calendar, at(start)))).toBe(minute);
      }),
      { numRuns: 3_000 },
    );
  });
});
