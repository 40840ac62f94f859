import { dateOfDay, dayOfDate, weekdayOfDay } from "./local-time.ts";
import type { Window, WorkCalendar } from "./types.ts";

/** A calendar never changes, and the same few years of days are asked for again and again. */
const known = new WeakMap<WorkCalendar, Map<number, readonly Window[]>>();

/**
 * The windows in which the office works on a local date, in order; none on a day off and none where
 * no working hours are given. Where entries overlap (Ramadan), the last one wins.
 */
export function windowsOfDate(calendar: WorkCalendar, date: string): readonly Window[] {
  return windowsOfDay(calendar, dayOfDate(date));
}

/** The same for a day number of local-time.ts. */
export function windowsOfDay(calendar: WorkCalendar, day: number): readonly Window[] {
  let days = known.get(calendar);
  if (!days) {
    days = new Map();
    known.set(calendar, days);
  }
  let windows = days.get(day);
  if (!windows) {
    windows = lookUp(calendar, day);
    days.set(day, windows);
  }
  return windows;
}

function lookUp(calendar: WorkCalendar, day: number): readonly Window[] {
  const date = dateOfDay(day);
  if (calendar.daysOff.has(date)) return [];
  const hours = calendar.hours.findLast(
    (entry) => entry.since <= date && (entry.until === null || date <= entry.until),
  );
  return hours?.week[weekdayOfDay(day)] ?? [];
}
