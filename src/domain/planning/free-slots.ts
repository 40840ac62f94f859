import { MS_PER_MINUTE } from "../calendar/local-time.ts";
import type { WorkCalendar } from "../calendar/types.ts";
import { datesOf } from "./clashes.ts";
import { maintenanceSpans, type Span, without, workingSpans } from "./spans.ts";
import type { MaintenanceWindow, StandingWork } from "./types.ts";

const HORIZON_MS = 60 * 24 * 60 * MS_PER_MINUTE;
/** Beginnings are round: nobody plans for 09.07. */
const STEP_MS = 15 * MS_PER_MINUTE;

/**
 * The next beginnings at which work of this length clashes with nothing: in a maintenance window,
 * or in working time where the agency named none, off holidays, while the agent is free. One a
 * stretch, so that they are real alternatives.
 */
export function freeSlots(
  input: {
    readonly minutes: number;
    readonly agent: string;
    readonly after: Date;
    readonly calendar: WorkCalendar;
    readonly windows: readonly MaintenanceWindow[];
    readonly standing: readonly StandingWork[];
  },
  count = 3,
): Date[] {
  const { calendar, windows } = input;
  const range = { from: input.after.getTime(), to: input.after.getTime() + HORIZON_MS };
  const open =
    windows.length > 0
      ? maintenanceSpans(windows, calendar.offsetMinutes, range)
      : workingSpans(calendar, range);
  const taken = input.standing
    .filter(({ agent }) => agent === input.agent)
    .map(({ from, to }) => ({ from: from.getTime(), to: to.getTime() }));
  const length = input.minutes * MS_PER_MINUTE;
  return without(open, taken)
    .map(({ from, to }): Span => {
      const begin = Math.ceil(Math.max(from, range.from) / STEP_MS) * STEP_MS;
      return { from: begin, to };
    })
    .filter(({ from, to }) => from + length <= to)
    .filter(({ from }) => {
      const dates = datesOf({ from, to: from + length }, calendar.offsetMinutes);
      return dates.every((date) => !calendar.daysOff.has(date));
    })
    .slice(0, count)
    .map(({ from }) => new Date(from));
}
