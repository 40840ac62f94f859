/**
 * How a due time moves when the clock stood. What was left when it stopped is left when it goes on:
 *
 * - menit, jam: as many working minutes.
 * - hari, minggu: as many closings of working days. A standard time in days knows no hours, so a
 *   pause inside one working day moves nothing, and each working day that ended during the pause
 *   moves the due time by one.
 *
 * Whoever was late when the clock stopped stays late: a due time that had passed does not move. It
 * never moves to an earlier time, since the same is left at a later moment.
 */
import { closingAfter, closingsBetween } from "./closings.ts";
import { dueAt } from "./due-at.ts";
import type { StandardTime, WorkCalendar } from "./types.ts";
import { workingMinutes } from "./working-minutes.ts";

/** A stretch of time in which the clock stood. */
export interface Pause {
  readonly from: Date;
  readonly to: Date;
}

/** When a standard time that starts now is over, with pauses in order of time. */
export function dueWithPauses(
  calendar: WorkCalendar,
  start: Date,
  standard: StandardTime,
  pauses: readonly Pause[],
): Date {
  return pauses.reduce(
    (due, pause) => dueAfterPause(calendar, due, standard.unit, pause),
    dueAt(calendar, start, standard),
  );
}

/** Working minutes in the pauses, which do not overlap. */
export function pausedMinutes(calendar: WorkCalendar, pauses: readonly Pause[]): number {
  return pauses.reduce((sum, { from, to }) => sum + workingMinutes(calendar, from, to), 0);
}

function dueAfterPause(
  calendar: WorkCalendar,
  due: Date,
  unit: StandardTime["unit"],
  { from, to }: Pause,
): Date {
  if (from >= due || to <= from) return due;
  if (unit === "menit" || unit === "jam") {
    const value = workingMinutes(calendar, from, due);
    return dueAt(calendar, to, { value, unit: "menit" });
  }
  return closingAfter(calendar, to, closingsBetween(calendar, from, due));
}
