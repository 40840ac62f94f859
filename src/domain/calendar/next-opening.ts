import { DAYS_WITHOUT_WINDOW_MAX, endless } from "./closings.ts";
import { fromLocal, MS_PER_MINUTE, toLocal } from "./local-time.ts";
import type { WorkCalendar } from "./types.ts";
import { windowsOfDay } from "./windows-of-day.ts";

/** The instant itself while the office works, else the moment at which it next opens. */
export function nextOpening(calendar: WorkCalendar, instant: Date): Date {
  const { day: first, msOfDay } = toLocal(instant, calendar.offsetMinutes);
  for (let day = first; day - first <= DAYS_WITHOUT_WINDOW_MAX; day += 1) {
    for (const window of windowsOfDay(calendar, day)) {
      if (day === first && msOfDay >= window.to * MS_PER_MINUTE) continue;
      const opens = fromLocal(
        { day, msOfDay: window.from * MS_PER_MINUTE },
        calendar.offsetMinutes,
      );
      return opens > instant ? opens : instant;
    }
  }
  throw endless();
}
