/**
 * Local days without a time-zone library: Indonesian zones have kept one offset each since 1988 and
 * no daylight saving, so local time is UTC plus a constant.
 *
 * A day is its number since 1970-01-01; an instant is a day and the milliseconds since its midnight.
 */
import { invariant } from "../errors.ts";

export const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;

export const ZONES = {
  "Asia/Jakarta": { offsetMinutes: 420, label: "WIB" },
  "Asia/Pontianak": { offsetMinutes: 420, label: "WIB" },
  "Asia/Makassar": { offsetMinutes: 480, label: "WITA" },
  "Asia/Jayapura": { offsetMinutes: 540, label: "WIT" },
} as const;
export type ZoneId = keyof typeof ZONES;

export interface LocalInstant {
  readonly day: number;
  readonly msOfDay: number;
}

export function toLocal(instant: Date, offsetMinutes: number): LocalInstant {
  const ms = instant.getTime() + offsetMinutes * MS_PER_MINUTE;
  invariant(Number.isFinite(ms), "an instant of a calendar must be a valid date");
  const day = Math.floor(ms / MS_PER_DAY);
  return { day, msOfDay: ms - day * MS_PER_DAY };
}

/** `msOfDay` may be a whole day (24:00), which is the next day's midnight. */
export function fromLocal({ day, msOfDay }: LocalInstant, offsetMinutes: number): Date {
  return new Date(day * MS_PER_DAY + msOfDay - offsetMinutes * MS_PER_MINUTE);
}

/** `YYYY-MM-DD`. */
export function dateOfDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

export function dayOfDate(date: string): number {
  const day = Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY;
  invariant(Number.isInteger(day), `not a calendar date: ${date}`);
  return day;
}

/** 0 = Sunday … 6 = Saturday; day 0 was a Thursday. */
export function weekdayOfDay(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** The local date on which an instant falls, `YYYY-MM-DD`. */
export function localDate(instant: Date, offsetMinutes: number): string {
  return dateOfDay(toLocal(instant, offsetMinutes).day);
}
