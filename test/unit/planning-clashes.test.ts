import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromLocal, MS_PER_MINUTE, toLocal, weekdayOfDay } from "#domain/calendar/local-time.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { windowsOfDay } from "#domain/calendar/windows-of-day.ts";
import { type ClashContext, clashesOf } from "#domain/planning/clashes.ts";
import { freeSlots } from "#domain/planning/free-slots.ts";
import type { MaintenanceWindow, StandingWork } from "#domain/planning/types.ts";

const office = [
  { from: 450, to: 720 },
  { from: 780, to: 960 },
];
const calendar: WorkCalendar = {
  offsetMinutes: 480,
  minutesPerDay: 450,
  daysOff: new Set(["2026-11-25"]),
  hours: [
    {
      since: "2026-01-01",
      until: null,
      week: [[], office, office, office, office, [{ from: 450, to: 660 }], []],
    },
  ],
};
/** Monday 23 November 2026, local midnight. */
const monday = fromLocal(
  { day: toLocal(new Date("2026-11-23T00:00:00Z"), 0).day, msOfDay: 0 },
  480,
).getTime();
const at = (minutes: number) => new Date(monday + minutes * MS_PER_MINUTE);

const Windows = fc.array(
  fc
    .record({
      weekday: fc.integer({ min: 0, max: 6 }),
      a: fc.integer({ min: 0, max: 96 }),
      b: fc.integer({ min: 0, max: 96 }),
    })
    .filter(({ a, b }) => a !== b)
    .map(
      ({ weekday, a, b }): MaintenanceWindow => ({
        weekday,
        from: Math.min(a, b) * 15,
        to: Math.max(a, b) * 15,
      }),
    ),
  { maxLength: 5 },
);
const Stretch = fc.record({
  from: fc.integer({ min: 0, max: 7 * 1440 }),
  length: fc.integer({ min: 1, max: 1800 }),
});
const Standing = fc.array(
  fc.record({
    stretch: Stretch,
    agent: fc.constantFrom("satu", "dua"),
    alias: fc.constantFrom("a", "b", "c"),
  }),
  { maxLength: 4 },
);

const context = (given: Partial<ClashContext>): ClashContext => ({
  now: at(-10_000),
  calendar,
  windows: [],
  standing: [],
  needs: [],
  validUntil: null,
  ...given,
});
const standingOf = ({
  stretch,
  agent,
  alias,
}: {
  stretch: { from: number; length: number };
  agent: string;
  alias: string;
}): StandingWork => ({
  ref: "ABC-DEF-GHK",
  agent,
  aliases: [alias],
  from: at(stretch.from),
  to: at(stretch.from + stretch.length),
});

/** What is true of one minute, told without any of the code under test but the calendar's own. */
function minute(time: number, windows: readonly MaintenanceWindow[]) {
  const local = toLocal(new Date(time), 480);
  const ofDay = local.msOfDay / MS_PER_MINUTE;
  const within = ({ from, to }: { from: number; to: number }) => from <= ofDay && ofDay < to;
  const date = new Date(local.day * 86_400_000).toISOString().slice(0, 10);
  return {
    maintained: windows.some((one) => one.weekday === weekdayOfDay(local.day) && within(one)),
    working: windowsOfDay(calendar, local.day).some(within),
    off: calendar.daysOff.has(date),
  };
}

describe("what speaks against a plan", () => {
  it("is what a look at every single minute finds", () => {
    fc.assert(
      fc.property(Stretch, Windows, Standing, (stretch, windows, others) => {
        const standing = others.map(standingOf);
        const work = {
          agent: "satu",
          aliases: ["a"],
          from: at(stretch.from),
          to: at(stretch.from + stretch.length),
        };
        const kinds = new Set<string>();
        for (let step = 0; step < stretch.length; step += 1) {
          const time = work.from.getTime() + step * MS_PER_MINUTE;
          const { maintained, working, off } = minute(time, windows);
          if (off) kinds.add("libur");
          if (windows.length > 0 && !maintained) kinds.add("jendela");
          if (windows.length === 0 && !working) kinds.add("jam-kerja");
          for (const other of standing) {
            if (other.agent !== "satu" || time < other.from.getTime() || time >= other.to.getTime())
              continue;
            kinds.add(other.aliases.includes("a") ? "sasaran" : "agen");
          }
        }
        // A holiday says already that nobody works.
        if (kinds.has("libur")) kinds.delete("jam-kerja");
        const found = clashesOf(work, context({ windows, standing }));
        expect(new Set(found.map(({ kind }) => kind))).toEqual(kinds);
      }),
      { numRuns: 300 },
    );
  });

  it("is nothing for the free times that are suggested, and the first of them is the earliest", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 240 }),
        Windows,
        Standing,
        (minutes, windows, others) => {
          const standing = others.map(standingOf);
          const slots = freeSlots({
            minutes,
            agent: "satu",
            after: at(0),
            calendar,
            windows,
            standing,
          });
          const fits = (from: Date) =>
            clashesOf(
              {
                agent: "satu",
                aliases: ["a"],
                from,
                to: new Date(from.getTime() + minutes * MS_PER_MINUTE),
              },
              context({ windows, standing }),
            ).length === 0;
          for (const slot of slots) expect(fits(slot)).toBe(true);
          const [first] = slots;
          if (!first) return;
          for (let time = monday; time < first.getTime(); time += 15 * MS_PER_MINUTE) {
            expect(fits(new Date(time))).toBe(false);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("is a vault too small, an order that runs out before, and a beginning that is over", () => {
    const work = { agent: "satu", aliases: ["a"], from: at(540), to: at(600) };
    const found = clashesOf(
      work,
      context({
        now: at(541),
        needs: [
          { vault: "kecil", needBytes: 11, freeBytes: 10 },
          { vault: "cukup", needBytes: 10, freeBytes: 10 },
          { vault: "tak-diketahui", needBytes: 10, freeBytes: null },
        ],
        validUntil: at(539),
      }),
    );
    expect(found).toEqual([
      { kind: "ruang", vault: "kecil", needBytes: 11, freeBytes: 10 },
      { kind: "kedaluwarsa", until: at(539) },
      { kind: "lewat" },
    ]);
  });

  it("lets a night of two windows go on past midnight, and ends meet beginnings without a clash", () => {
    const windows = [
      { weekday: 1, from: 1320, to: 1440 },
      { weekday: 2, from: 0, to: 120 },
    ];
    const night = { agent: "satu", aliases: ["a"], from: at(1380), to: at(1500) };
    expect(clashesOf(night, context({ windows }))).toEqual([]);
    const next: StandingWork = {
      ref: null,
      agent: "satu",
      aliases: ["a"],
      from: at(1500),
      to: at(1510),
    };
    expect(clashesOf(night, context({ windows, standing: [next] }))).toEqual([]);
  });
});
