/**
 * Words of working time.
 *
 * - window: a stretch of a weekday in which the office works, minutes after local midnight
 * - working hours: the windows of each weekday, from a date on (and perhaps until one)
 * - day off: national holiday or cuti bersama; nobody works
 * - working minute: a minute inside a window of a day that is not off
 */
export interface Window {
  /** Minutes after local midnight, 0–1440, `from < to`. */
  readonly from: number;
  readonly to: number;
}

/** Weekday 0 = Sunday … 6 = Saturday, as in Date#getUTCDay. */
export type Week = readonly [
  readonly Window[],
  readonly Window[],
  readonly Window[],
  readonly Window[],
  readonly Window[],
  readonly Window[],
  readonly Window[],
];

export interface WorkingHours {
  /** Local dates, `YYYY-MM-DD`, both inclusive; `until` null = open. Later entries win where they overlap (Ramadan). */
  readonly since: string;
  readonly until: string | null;
  readonly week: Week;
}

export interface WorkCalendar {
  /** Minutes east of UTC. Indonesia keeps no daylight saving, so an offset is the whole zone. */
  readonly offsetMinutes: number;
  readonly hours: readonly WorkingHours[];
  /** Local dates that are off. */
  readonly daysOff: ReadonlySet<string>;
  /** What "1 hari" counts as when it must be told in minutes. */
  readonly minutesPerDay: number;
}

/** A standard time as an SOP prints it. */
export interface StandardTime {
  readonly value: number;
  readonly unit: "menit" | "jam" | "hari" | "minggu";
}
