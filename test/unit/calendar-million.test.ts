import { expect, test } from "vitest";
import { dueWithPauses } from "#domain/calendar/pauses.ts";
import type { StandardTime } from "#domain/calendar/types.ts";
import { at, countedCalendars, MINUTES, minuteOf } from "#support/minute-walk.ts";

const CASES = 1_000_000;
const UNITS = ["menit", "jam", "hari", "minggu"] as const;
const LONGEST = { menit: 2_000, jam: 20, hari: 10, minggu: 2 } as const;

/** mulberry32: the same million cases in every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** At which minute each count was reached. */
function reached(counts: Int32Array): Int32Array {
  const minutes = new Int32Array((counts.at(-1) ?? 0) + 1);
  for (let minute = counts.length - 1; minute >= 0; minute -= 1) {
    minutes[counts[minute] ?? 0] = minute;
  }
  return minutes;
}

test("of a million due times with pauses none differs from the counted minutes", async () => {
  const calendars = (await countedCalendars()).map((counted) => ({
    ...counted,
    minuteOfWork: reached(counted.worked),
    minuteOfClosing: reached(counted.closed),
  }));
  const random = randomFrom(20_261_122);
  const wrong: unknown[] = [];
  for (let index = 0; index < CASES; index += 1) {
    const counted = calendars[index % calendars.length];
    if (!counted) throw new Error("no calendar");
    const unit = UNITS[random(4)] ?? "menit";
    const time: StandardTime = { value: 1 + random(LONGEST[unit]), unit };
    const start = 1_440 + random(MINUTES - 130 * 1_440);
    const pauses: [number, number][] = [];
    for (let pause = random(4), edge = start; pause > 0; pause -= 1) {
      const from = edge + random(3 * 1_440);
      edge = from + random(8 * 1_440);
      pauses.push([from, edge]);
    }

    const inMinutes = unit === "menit" || unit === "jam";
    const counts = inMinutes ? counted.worked : counted.closed;
    const minutes = inMinutes ? counted.minuteOfWork : counted.minuteOfClosing;
    const days = unit === "minggu" ? time.value * 5 : time.value;
    const firstDay = (counted.daysBegun[start] ?? 0) + (counted.onWorkday[start] ? 0 : 1);
    let left = inMinutes
      ? time.value * (unit === "jam" ? 60 : 1)
      : firstDay + days - (counted.closed[start] ?? 0);
    let since = start;
    for (const [from, to] of pauses) {
      const used = (counts[from] ?? 0) - (counts[since] ?? 0);
      if (used >= left) break;
      left -= used;
      since = to;
    }
    const expected = minutes[(counts[since] ?? 0) + left];

    const list = pauses.map(([from, to]) => ({ from: at(from), to: at(to) }));
    const due = minuteOf(dueWithPauses(counted.calendar, at(start), time, list));
    if (due !== expected) wrong.push({ index, start, time, pauses, due, expected });
  }
  expect(wrong.slice(0, 3)).toEqual([]);
}, 120_000);
