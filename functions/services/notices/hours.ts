import { fromLocal, MS_PER_MINUTE, toLocal } from "#domain/calendar/local-time.ts";
import { nextOpening } from "#domain/calendar/next-opening.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";

const DAY_FROM = 6 * 60 * MS_PER_MINUTE;
const DAY_TO = 20 * 60 * MS_PER_MINUTE;

/** Officials are written to while their office works. */
export function officeHour(calendar: WorkCalendar, at: Date): Date {
  return nextOpening(calendar, at);
}

/** The pemohon is written to at once, but not at night. */
export function dayHour({ offsetMinutes }: WorkCalendar, at: Date): Date {
  const { day, msOfDay } = toLocal(at, offsetMinutes);
  if (msOfDay >= DAY_FROM && msOfDay < DAY_TO) return at;
  const opens = msOfDay < DAY_FROM ? day : day + 1;
  return fromLocal({ day: opens, msOfDay: DAY_FROM }, offsetMinutes);
}
