import { AppError } from "../errors.ts";
import { fromLocal, MS_PER_MINUTE, toLocal } from "./local-time.ts";
import type { WorkCalendar } from "./types.ts";
import { windowsOfDay } from "./windows-of-day.ts";

/** Longer than any run of days off; beyond it the calendar itself is wrong. */
export const DAYS_WITHOUT_WINDOW_MAX = 400;

/** The end of the last window of a day; null where nobody works. */
function closingOfDay(calendar: WorkCalendar, day: number): Date | null {
  const last = windowsOfDay(calendar, day).at(-1);
  return last ? fromLocal({ day, msOfDay: last.to * MS_PER_MINUTE }, calendar.offsetMinutes) : null;
}

/** Working days that end after `from` and not after `to`. */
export function closingsBetween(calendar: WorkCalendar, from: Date, to: Date): number {
  const [first, last] = [from, to].map((at) => toLocal(at, calendar.offsetMinutes).day);
  let count = 0;
  // A window until 24:00 closes on the day after.
  for (let day = (first ?? 0) - 1; day <= (last ?? 0); day += 1) {
    const closing = closingOfDay(calendar, day);
    if (closing && closing > from && closing <= to) count += 1;
  }
  return count;
}

/** The `count`-th closing of a working day after an instant, `count` at least 1. */
export function closingAfter(calendar: WorkCalendar, from: Date, count: number): Date {
  const first = toLocal(from, calendar.offsetMinutes).day - 1;
  let toGo = count;
  let lastWorked = first;
  for (let day = first; day - lastWorked <= DAYS_WITHOUT_WINDOW_MAX; day += 1) {
    const closing = closingOfDay(calendar, day);
    if (!closing) continue;
    lastWorked = day;
    if (closing > from) toGo -= 1;
    if (toGo === 0) return closing;
  }
  throw endless();
}

/** What a search for working time ends with where the calendar has none. */
export function endless(): AppError {
  return new AppError(
    "INTERNAL",
    `the calendar has no working window within ${DAYS_WITHOUT_WINDOW_MAX} days`,
  );
}
