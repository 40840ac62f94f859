/**
 * The calendars an agency worked by. A day off that is decreed later does not change what was late
 * or on time before it was known: a step that is over is judged by the calendar known when it
 * ended, an open one by the newest.
 */
import { z } from "zod";
import { canonicalJson, type Json } from "../trust/canonical.ts";
import type { WorkCalendar } from "./types.ts";

export interface KnownCalendar {
  /** Instant from which it was known; what was before the first one counts by the first one. */
  readonly since: string;
  readonly calendar: WorkCalendar;
}

/** Oldest first, never empty. */
export type CalendarHistory = readonly [KnownCalendar, ...KnownCalendar[]];

/** The calendar known at an instant; null = the newest. */
export function calendarKnownAt(history: CalendarHistory, instant: string | null): WorkCalendar {
  const known = history.findLast(({ since }) => instant === null || since <= instant);
  return (known ?? history[0]).calendar;
}

/** One text for one calendar. */
export function calendarText({ daysOff, ...rest }: WorkCalendar): string {
  return canonicalJson({ ...rest, daysOff: [...daysOff].sort() } as unknown as Json);
}

const Windows = z.array(z.strictObject({ from: z.number(), to: z.number() }));

const Stored = z.strictObject({
  offsetMinutes: z.int(),
  hours: z.array(
    z.strictObject({
      since: z.string(),
      until: z.string().nullable(),
      week: z.tuple([Windows, Windows, Windows, Windows, Windows, Windows, Windows]),
    }),
  ),
  daysOff: z.array(z.string()).transform((days): ReadonlySet<string> => new Set(days)),
  minutesPerDay: z.number(),
});

/** The calendar of a `calendarText`. */
export function calendarOfText(text: string): WorkCalendar {
  return Stored.parse(JSON.parse(text));
}
