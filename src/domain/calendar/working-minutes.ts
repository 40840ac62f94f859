import { MS_PER_MINUTE, toLocal } from "./local-time.ts";
import type { WorkCalendar } from "./types.ts";
import { windowsOfDay } from "./windows-of-day.ts";

/** Working minutes in [from, to), fractions included; 0 where `to` is not after `from`. */
export function workingMinutes(calendar: WorkCalendar, from: Date, to: Date): number {
  const start = toLocal(from, calendar.offsetMinutes);
  const end = toLocal(to, calendar.offsetMinutes);
  let ms = 0;
  for (let day = start.day; day <= end.day; day += 1) {
    const lower = day === start.day ? start.msOfDay : 0;
    const upper = day === end.day ? end.msOfDay : Number.POSITIVE_INFINITY;
    for (const window of windowsOfDay(calendar, day)) {
      const opens = Math.max(window.from * MS_PER_MINUTE, lower);
      const closes = Math.min(window.to * MS_PER_MINUTE, upper);
      ms += Math.max(0, closes - opens);
    }
  }
  return ms / MS_PER_MINUTE;
}
