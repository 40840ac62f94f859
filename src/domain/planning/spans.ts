/** Stretches of time in milliseconds, half open: what ends as another begins does not touch it. */
import { fromLocal, MS_PER_MINUTE, toLocal, weekdayOfDay } from "../calendar/local-time.ts";
import type { Window, WorkCalendar } from "../calendar/types.ts";
import { windowsOfDay } from "../calendar/windows-of-day.ts";
import type { MaintenanceWindow } from "./types.ts";

export interface Span {
  readonly from: number;
  readonly to: number;
}

export function overlaps(one: Span, other: Span): boolean {
  return one.from < other.to && other.from < one.to;
}

/** Working time between two moments, in order. */
export function workingSpans(calendar: WorkCalendar, range: Span): Span[] {
  return spansOfDays(calendar.offsetMinutes, range, (day) => windowsOfDay(calendar, day));
}

/** Maintenance windows between two moments, in order. */
export function maintenanceSpans(
  windows: readonly MaintenanceWindow[],
  offsetMinutes: number,
  range: Span,
): Span[] {
  return spansOfDays(offsetMinutes, range, (day) =>
    windows.filter(({ weekday }) => weekday === weekdayOfDay(day)),
  );
}

function spansOfDays(
  offset: number,
  range: Span,
  windowsOn: (day: number) => readonly Window[],
): Span[] {
  const first = toLocal(new Date(range.from), offset).day;
  const last = toLocal(new Date(range.to), offset).day;
  const spans: Span[] = [];
  for (let day = first; day <= last; day += 1) {
    for (const { from, to } of windowsOn(day)) {
      const at = (minutes: number) =>
        fromLocal({ day, msOfDay: minutes * MS_PER_MINUTE }, offset).getTime();
      spans.push({ from: at(from), to: at(to) });
    }
  }
  return merged(spans);
}

/** The same time with stretches that touch put together: a night goes on past midnight. */
export function merged(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && span.from <= last.to) {
      out[out.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    } else out.push(span);
  }
  return out;
}

/** Whether every moment of `span` lies in one of `spans`, which are merged. */
export function covers(spans: readonly Span[], span: Span): boolean {
  return spans.some(({ from, to }) => from <= span.from && span.to <= to);
}

/** What is left of merged `spans` without `taken`. */
export function without(spans: readonly Span[], taken: readonly Span[]): Span[] {
  let left: Span[] = [...spans];
  for (const hole of taken) {
    left = left.flatMap((span) =>
      overlaps(span, hole)
        ? [
            { from: span.from, to: hole.from },
            { from: hole.to, to: span.to },
          ].filter(({ from, to }) => from < to)
        : [span],
    );
  }
  return left;
}
