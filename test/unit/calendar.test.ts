import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { dueAt, standardMinutes } from "#domain/calendar/due-at.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import type { StandardTime, WorkCalendar } from "#domain/calendar/types.ts";
import { windowsOfDate } from "#domain/calendar/windows-of-day.ts";
import { workingMinutes } from "#domain/calendar/working-minutes.ts";
import { isAppError } from "#domain/errors.ts";
import { at, countMinutes, FIRST, LAST, MINUTE, minuteOf } from "#support/minute-walk.ts";

const content = fileURLToPath(new URL("../../content", import.meta.url));

const calendars: Record<"kaltim" | "kukar", WorkCalendar> = {} as never;
/** Working minutes since FIRST, counted one by one: the slow truth to compare with. */
const counted: Record<"kaltim" | "kukar", Int32Array> = {} as never;

beforeAll(async () => {
  const { agencies } = await loadCatalog(content);
  for (const id of ["kaltim", "kukar"] as const) {
    const agency = agencies.get(id);
    if (!agency) throw new Error(`no agency ${id}`);
    calendars[id] = agency.calendar;
    counted[id] = countMinutes(agency.calendar).worked;
  }
});

const agencyId = fc.constantFrom("kaltim" as const, "kukar" as const);
/** Minutes after FIRST, leaving room for the longest standard at the end. */
const startMinute = fc.integer({ min: 0, max: (LAST - FIRST) / MINUTE - 60 * 1440 });
const instantMs = fc.integer({ min: FIRST, max: LAST - 1 });
const wita = (text: string) => new Date(`${text}:00+08:00`);

describe("working minutes", () => {
  test("equal the minutes counted one by one, for any two whole minutes of 2024–2027", () => {
    fc.assert(
      fc.property(agencyId, startMinute, startMinute, (id, a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        const expected = (counted[id][to] ?? 0) - (counted[id][from] ?? 0);
        expect(workingMinutes(calendars[id], at(from), at(to))).toBe(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  test("add up over any instant between, to the millisecond", () => {
    fc.assert(
      fc.property(agencyId, instantMs, instantMs, instantMs, (id, ...instants) => {
        const [a, b, c] = instants.sort((x, y) => x - y).map((ms) => new Date(ms));
        if (!a || !b || !c) throw new Error("three instants");
        const work = (from: Date, to: Date) =>
          Math.round(workingMinutes(calendars[id], from, to) * MINUTE);
        expect(work(a, b) + work(b, c)).toBe(work(a, c));
      }),
      { numRuns: 2_000 },
    );
  });

  test("never shrink when the end moves later, and never exceed the time that passed", () => {
    fc.assert(
      fc.property(agencyId, instantMs, fc.nat(10 * 1440 * MINUTE), fc.nat(1e9), (id, ms, x, y) => {
        const start = new Date(ms);
        const shorter = workingMinutes(calendars[id], start, new Date(ms + x));
        const longer = workingMinutes(calendars[id], start, new Date(ms + x + y));
        expect(longer).toBeGreaterThanOrEqual(shorter);
        expect(shorter).toBeLessThanOrEqual(x / MINUTE);
      }),
      { numRuns: 2_000 },
    );
  });

  test("are 0 where the end is not after the start", () => {
    const start = wita("2026-11-23T09:00");
    expect(workingMinutes(calendars.kaltim, start, start)).toBe(0);
    expect(workingMinutes(calendars.kaltim, start, wita("2026-11-20T09:00"))).toBe(0);
  });

  test("count fractions of a minute", () => {
    const start = wita("2026-11-23T09:00");
    expect(workingMinutes(calendars.kaltim, start, new Date(start.getTime() + 90_000))).toBe(1.5);
  });

  test("refuse an instant that is no date instead of walking for ever", () => {
    expect(() => workingMinutes(calendars.kaltim, new Date(Number.NaN), new Date())).toThrow(
      "INTERNAL",
    );
  });
});

describe("due instants in menit and jam", () => {
  test("equal the minute found by walking, for any start and length in 2024–2027", () => {
    fc.assert(
      fc.property(agencyId, startMinute, fc.integer({ min: 1, max: 3_000 }), (id, start, value) => {
        const sums = counted[id];
        const wanted = (sums[start] ?? 0) + value;
        let end = start;
        while ((sums[end] ?? 0) < wanted) end += 1;
        const due = dueAt(calendars[id], at(start), { value, unit: "menit" });
        expect(minuteOf(due)).toBe(end);
      }),
      { numRuns: 3_000 },
    );
  });

  test("are the inverse of working minutes, to the millisecond", () => {
    fc.assert(
      fc.property(agencyId, instantMs, fc.integer({ min: 1, max: 3_000 }), (id, ms, value) => {
        const start = new Date(Math.min(ms, LAST - 60 * 1440 * MINUTE));
        const due = dueAt(calendars[id], start, { value, unit: "menit" });
        expect(Math.round(workingMinutes(calendars[id], start, due) * MINUTE)).toBe(value * MINUTE);
        const before = new Date(due.getTime() - 1);
        expect(workingMinutes(calendars[id], start, before)).toBeLessThan(value);
      }),
      { numRuns: 2_000 },
    );
  });

  test("never come earlier for a later start", () => {
    fc.assert(
      fc.property(
        agencyId,
        startMinute,
        fc.nat(5_000),
        fc.integer({ min: 1, max: 1_000 }),
        fc.constantFrom("menit" as const, "hari" as const),
        (id, start, later, size, unit) => {
          const standard = { value: unit === "hari" ? Math.ceil(size / 200) : size, unit };
          const first = dueAt(calendars[id], at(start), standard).getTime();
          const second = dueAt(calendars[id], at(start + later), standard).getTime();
          expect(second).toBeGreaterThanOrEqual(first);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, string, StandardTime, string]>([
    ["inside a window", "2026-11-23T09:00", { value: 15, unit: "menit" }, "2026-11-23T09:15"],
    ["before the office opens", "2026-11-23T06:00", { value: 1, unit: "jam" }, "2026-11-23T08:30"],
    [
      "at a closing that is met",
      "2026-11-23T15:45",
      { value: 15, unit: "menit" },
      "2026-11-23T16:00",
    ],
    ["over a night", "2026-11-23T15:50", { value: 15, unit: "menit" }, "2026-11-24T07:35"],
    [
      "from Friday noon over a weekend",
      "2026-11-20T12:00",
      { value: 1, unit: "jam" },
      "2026-11-23T08:30",
    ],
    [
      "over cuti bersama and Christmas",
      "2026-12-23T15:50",
      { value: 1, unit: "jam" },
      "2026-12-28T08:20",
    ],
    [
      "in Ramadan, with its own hours and break",
      "2026-02-23T11:50",
      { value: 20, unit: "menit" },
      "2026-02-23T12:40",
    ],
    [
      "over the whole Idul Fitri leave",
      "2026-03-17T15:20",
      { value: 30, unit: "menit" },
      "2026-03-25T07:50",
    ],
  ])("at Kaltim: %s", (_, start, standard, due) => {
    expect(dueAt(calendars.kaltim, wita(start), standard)).toEqual(wita(due));
  });

  test("skip the Friday break of 90 minutes at Kukar", () => {
    const due = dueAt(calendars.kukar, wita("2026-11-20T11:20"), { value: 30, unit: "menit" });
    expect(due).toEqual(wita("2026-11-20T13:20"));
  });
});

describe("due instants in hari", () => {
  test("are the closing of the n-th working day after the day of the start", () => {
    fc.assert(
      fc.property(agencyId, startMinute, fc.integer({ min: 1, max: 10 }), (id, start, value) => {
        const calendar = calendars[id];
        let day = localDate(at(start), calendar.offsetMinutes);
        const next = () => {
          do {
            day = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
          } while (windowsOfDate(calendar, day).length === 0);
        };
        if (windowsOfDate(calendar, day).length === 0) next();
        for (let n = 0; n < value; n += 1) next();
        const closing = windowsOfDate(calendar, day).at(-1)?.to ?? 0;
        const expected =
          Date.parse(`${day}T00:00:00Z`) + (closing - calendar.offsetMinutes) * MINUTE;
        expect(dueAt(calendar, at(start), { value, unit: "hari" }).getTime()).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, string, number, string]>([
    ["on a working day", "2026-11-23T09:00", 1, "2026-11-24T16:00"],
    ["on a working day, after closing", "2026-11-23T20:00", 1, "2026-11-24T16:00"],
    ["on Thursday, due on the short Friday", "2026-11-19T09:00", 1, "2026-11-20T11:00"],
    ["on Friday, over the weekend", "2026-11-20T09:00", 1, "2026-11-23T16:00"],
    ["on Saturday, counted from Monday", "2026-11-21T09:00", 1, "2026-11-24T16:00"],
    ["before a cuti bersama", "2026-12-23T09:00", 2, "2026-12-29T16:00"],
    ["half a day, which counts as one", "2026-11-23T09:00", 0.5, "2026-11-24T16:00"],
  ])("at Kaltim, from a start %s", (_, start, value, due) => {
    expect(dueAt(calendars.kaltim, wita(start), { value, unit: "hari" })).toEqual(wita(due));
  });
});

describe("calendars", () => {
  const noWork: WorkCalendar = {
    offsetMinutes: 480,
    hours: [],
    daysOff: new Set(),
    minutesPerDay: 450,
  };

  test.each(["menit", "hari"] as const)(
    "without any window end in an error, not a loop: %s",
    (unit) => {
      try {
        dueAt(noWork, wita("2026-11-23T09:00"), { value: 1, unit });
        expect.unreachable();
      } catch (error) {
        expect(isAppError(error) && error.code).toBe("INTERNAL");
      }
    },
  );

  test("take the last entry of working hours where several hold", () => {
    expect(windowsOfDate(calendars.kukar, "2026-02-18")).toEqual([
      { from: 450, to: 720 },
      { from: 780, to: 960 },
    ]);
    expect(windowsOfDate(calendars.kukar, "2026-02-19")).toEqual([
      { from: 480, to: 720 },
      { from: 750, to: 900 },
    ]);
  });

  test("tell a standard time in working minutes", () => {
    const minutes = (value: number, unit: StandardTime["unit"]) =>
      standardMinutes(calendars.kaltim, { value, unit });
    expect([minutes(15, "menit"), minutes(1, "jam"), minutes(1, "hari")]).toEqual([15, 60, 450]);
  });

  test("of Kukar hold 37 h 30 min in a plain week and 32 h 30 min in one of Ramadan", () => {
    const week = (monday: string) =>
      workingMinutes(
        calendars.kukar,
        wita(`${monday}T00:00`),
        new Date(wita(`${monday}T00:00`).getTime() + 7 * 1440 * MINUTE),
      );
    expect([week("2026-11-02") / 60, week("2026-02-23") / 60]).toEqual([37.5, 32.5]);
  });
});
