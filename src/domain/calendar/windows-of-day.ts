import { dateOfDay, dayOfDate, weekdayOfDay } from "./local-time.ts";
import type { Window, WorkCalendar } from "./types.ts";

/**
 * The windows in which the office works on a local date, in order; none on a day off and none where
 * no working hours are given. Where entries overlap (Ramadan), the last one wins.
 */
export function windowsOfDate(calendar: WorkCalendar, date: string): readonly Window[] {
  return windowsOfDay(calendar, dayOfDate(date));
}

/** The same for a day number of local-time.ts. */
export function windowsOfDay(calendar: WorkCalendar, day: number): readonly Window[] {
  const date = dateOfDay(day);
  if (calendar.daysOff.has(date)) return [];
  const hours = calendar.hours.findLast(
    (entry) => entry.since <= date && (entry.until === null || date <= entry.until),
  );
  return hours?.week[weekdayOfDay(day)] ?? [];
}
