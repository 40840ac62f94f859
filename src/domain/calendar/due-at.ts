/**
 * When a standard time that starts now is over.
 *
 * - menit, jam: so many working minutes later. A start outside the windows counts from the next
 *   opening; an end that falls on a window's closing stays there and does not move to the next opening.
 * - hari: the end of the n-th working day after the day of the start, whatever the hour of the start.
 *   A start on a day without windows counts as made on the next working day. A part of a day counts
 *   as a whole one.
 * - minggu: five working days each.
 */
import { invariant } from "../errors.ts";
import { DAYS_WITHOUT_WINDOW_MAX, endless } from "./closings.ts";
import { fromLocal, MS_PER_MINUTE, toLocal } from "./local-time.ts";
import type { StandardTime, Window, WorkCalendar } from "./types.ts";
import { windowsOfDay } from "./windows-of-day.ts";

/** Working days of a week, also where an agency works six: its daily hours are shorter then. */
const DAYS_PER_WEEK = 5;

export function dueAt(calendar: WorkCalendar, start: Date, standard: StandardTime): Date {
  invariant(standard.value > 0, "a standard time is longer than 0");
  switch (standard.unit) {
    case "minggu":
      return dueAfterDays(calendar, start, Math.ceil(standard.value * DAYS_PER_WEEK));
    case "hari":
      return dueAfterDays(calendar, start, Math.ceil(standard.value));
    default:
      return dueAfterMinutes(calendar, start, standardMinutes(calendar, standard));
  }
}

/** A standard time in working minutes. */
export function standardMinutes(calendar: WorkCalendar, standard: StandardTime): number {
  switch (standard.unit) {
    case "menit":
      return standard.value;
    case "jam":
      return standard.value * 60;
    case "hari":
      return standard.value * calendar.minutesPerDay;
    case "minggu":
      return standard.value * DAYS_PER_WEEK * calendar.minutesPerDay;
  }
}

function dueAfterMinutes(calendar: WorkCalendar, start: Date, minutes: number): Date {
  const { day: firstDay, msOfDay } = toLocal(start, calendar.offsetMinutes);
  let remaining = Math.round(minutes * MS_PER_MINUTE);
  for (const { day, windows } of workingDays(calendar, firstDay)) {
    for (const window of windows) {
      const lower = day === firstDay ? msOfDay : 0;
      const opens = Math.max(window.from * MS_PER_MINUTE, lower);
      const length = Math.max(0, window.to * MS_PER_MINUTE - opens);
      if (remaining <= length) {
        return fromLocal({ day, msOfDay: opens + remaining }, calendar.offsetMinutes);
      }
      remaining -= length;
    }
  }
  throw endless();
}

function dueAfterDays(calendar: WorkCalendar, start: Date, days: number): Date {
  let toGo = days;
  for (const { day, windows } of workingDays(
    calendar,
    toLocal(start, calendar.offsetMinutes).day,
  )) {
    if (toGo === 0) {
      const closes = windows.at(-1)?.to ?? 0;
      return fromLocal({ day, msOfDay: closes * MS_PER_MINUTE }, calendar.offsetMinutes);
    }
    toGo -= 1;
  }
  throw endless();
}

function* workingDays(
  calendar: WorkCalendar,
  firstDay: number,
): Generator<{ day: number; windows: readonly Window[] }> {
  let lastWorked = firstDay;
  for (let day = firstDay; day - lastWorked <= DAYS_WITHOUT_WINDOW_MAX; day += 1) {
    const windows = windowsOfDay(calendar, day);
    if (windows.length === 0) continue;
    lastWorked = day;
    yield { day, windows };
  }
}
