/** How pressing an open item is, and how that is said. Time is counted as the agency works. */
import { localDate } from "../calendar/local-time.ts";
import type { WorkCalendar } from "../calendar/types.ts";
import { workingMinutes } from "../calendar/working-minutes.ts";
import { minutesText } from "../indonesian.ts";

/**
 * In the order in which items are worked off; `waiting` = the pemohon was asked and no clock runs,
 * `barred` = the SOP wants another person than the one who looks.
 */
export const URGENCIES = ["overdue", "today", "later", "no_limit", "waiting", "barred"] as const;
export type Urgency = (typeof URGENCIES)[number];

export function urgencyOf(
  item: {
    readonly dueAt: string | null;
    readonly awaitsAnswer: boolean;
    readonly barred: boolean;
  },
  now: Date,
  offsetMinutes: number,
): Urgency {
  if (item.barred) return "barred";
  if (item.awaitsAnswer) return "waiting";
  if (item.dueAt === null) return "no_limit";
  const due = new Date(item.dueAt);
  if (due < now) return "overdue";
  return localDate(due, offsetMinutes) === localDate(now, offsetMinutes) ? "today" : "later";
}

/** "2 jam kerja lagi", "lewat 3 hari kerja": the time left or gone in working time, rounded down. */
export function dueText(calendar: WorkCalendar, dueAt: string, now: Date): string {
  const due = new Date(dueAt);
  const late = due < now;
  const minutes = late ? workingMinutes(calendar, due, now) : workingMinutes(calendar, now, due);
  if (late) return minutes < 1 ? "baru saja lewat" : `lewat ${spanText(calendar, minutes)}`;
  return minutes < 1 ? "kurang dari 1 menit lagi" : `${spanText(calendar, minutes)} lagi`;
}

/** From here on minutes no longer matter. */
const WHOLE_HOURS_FROM = 180;

function spanText({ minutesPerDay }: WorkCalendar, minutes: number): string {
  if (minutes >= minutesPerDay) return `${Math.floor(minutes / minutesPerDay)} hari kerja`;
  const whole = Math.floor(minutes);
  return `${minutesText(whole < WHOLE_HOURS_FROM ? whole : whole - (whole % 60))} kerja`;
}
