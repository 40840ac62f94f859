/**
 * The slow truth of working time: every minute of 2024–2027 told one by one, written without the
 * code under test (local clock by ISO strings).
 */
import { fileURLToPath } from "node:url";
import { loadCatalog } from "#catalog/load.ts";
import type { Week, WorkCalendar, WorkingHours } from "#domain/calendar/types.ts";

export const MINUTE = 60_000;
export const FIRST = Date.UTC(2024, 0, 1);
export const LAST = Date.UTC(2027, 11, 31);
export const MINUTES = (LAST - FIRST) / MINUTE;

export const at = (minute: number): Date => new Date(FIRST + minute * MINUTE);
export const minuteOf = (instant: Date): number => (instant.getTime() - FIRST) / MINUTE;

export interface CountedMinutes {
  readonly calendar: WorkCalendar;
  /** Working minutes before each minute. */
  readonly worked: Int32Array;
  /** Working days that ended at or before each minute. */
  readonly closed: Int32Array;
  /** Local days on which anybody works, counted up to each minute's own day. */
  readonly daysBegun: Int32Array;
  /** Whether the local day of each minute is worked on. */
  readonly onWorkday: Uint8Array;
}

/** Both agencies, and an office that exists nowhere but works by every rule at once. */
export async function countedCalendars(): Promise<readonly CountedMinutes[]> {
  const content = fileURLToPath(new URL("../../content", import.meta.url));
  const { agencies } = await loadCatalog(content);
  const known = ["kaltim", "kukar"].flatMap((id) => agencies.get(id)?.calendar ?? []);
  return [...known, madeUpCalendar(known[0]?.daysOff ?? new Set())].map(countMinutes);
}

/** Six days, breaks, a longer one on Friday, Ramadan hours, a change of hours, a shift until midnight. */
function madeUpCalendar(holidays: ReadonlySet<string>): WorkCalendar {
  const window = (from: number, to: number) => ({ from, to });
  const plain = [window(450, 720), window(765, 930)];
  const week = (day: typeof plain, friday: typeof plain, saturday: typeof plain): Week => [
    [],
    day,
    day,
    day,
    day,
    friday,
    saturday,
  ];
  const usual = week(plain, [window(450, 690), window(780, 960)], [window(480, 660)]);
  const later = week([window(480, 960)], [window(480, 690)], [window(1200, 1440)]);
  const short = week([window(480, 720), window(750, 870)], [window(480, 700)], []);
  const hours = (since: string, until: string | null, days: Week): WorkingHours => ({
    since,
    until,
    week: days,
  });
  return {
    offsetMinutes: 540,
    hours: [
      hours("2020-01-01", null, usual),
      hours("2026-04-01", null, later),
      ...["2024-03-12", "2025-03-01", "2026-02-19", "2027-02-08"].map((since) =>
        hours(since, dateAfter(since, 28), short),
      ),
    ],
    daysOff: new Set([...holidays, "2025-07-04", "2025-07-05", "2026-08-17", "2026-08-18"]),
    minutesPerDay: 435,
  };
}

function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 1440 * MINUTE)
    .toISOString()
    .slice(0, 10);
}

export function countMinutes(calendar: WorkCalendar): CountedMinutes {
  const worked = new Int32Array(MINUTES + 1);
  const closed = new Int32Array(MINUTES + 1);
  const daysBegun = new Int32Array(MINUTES + 1);
  const onWorkday = new Uint8Array(MINUTES + 1);
  let today = "";
  let windows: readonly { from: number; to: number }[] = [];
  let begun = 0;
  let ended = 0;
  let closesAt = -1;
  for (let minute = 0; minute <= MINUTES; minute += 1) {
    const local = FIRST + (minute + calendar.offsetMinutes) * MINUTE;
    const minuteOfDay = (local / MINUTE) % 1440;
    if (closesAt === minute) ended += 1;
    if (minuteOfDay === 0 || minute === 0) {
      const moment = new Date(local);
      today = moment.toISOString().slice(0, 10);
      windows = [];
      for (const entry of calendar.hours) {
        const applies = entry.since <= today && (entry.until ?? "9999-12-31") >= today;
        if (applies) windows = entry.week[moment.getUTCDay()] ?? [];
      }
      if (calendar.daysOff.has(today)) windows = [];
      if (windows.length > 0) begun += 1;
      const last = windows.at(-1);
      if (last) closesAt = minute - minuteOfDay + last.to;
    }
    closed[minute] = ended;
    daysBegun[minute] = begun;
    onWorkday[minute] = windows.length > 0 ? 1 : 0;
    if (minute === MINUTES) break;
    const works = windows.some(({ from, to }) => from <= minuteOfDay && minuteOfDay < to);
    worked[minute + 1] = (worked[minute] ?? 0) + (works ? 1 : 0);
  }
  return { calendar, worked, closed, daysBegun, onWorkday };
}
