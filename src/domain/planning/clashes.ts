import { dateOfDay, toLocal } from "../calendar/local-time.ts";
import type { WorkCalendar } from "../calendar/types.ts";
import { covers, maintenanceSpans, overlaps, type Span, workingSpans } from "./spans.ts";
import type { Clash, MaintenanceWindow, PlannedWork, StandingWork, VaultNeed } from "./types.ts";

export interface ClashContext {
  readonly now: Date;
  readonly calendar: WorkCalendar;
  /** None: the agency named none, and its working hours are what is looked at. */
  readonly windows: readonly MaintenanceWindow[];
  readonly standing: readonly StandingWork[];
  readonly needs: readonly VaultNeed[];
  /** When the order that the plan freezes runs out; null where none is frozen. */
  readonly validUntil: Date | null;
}

/** All that speaks against a plan, the most direct first. */
export function clashesOf(work: PlannedWork, context: ClashContext): Clash[] {
  const span = spanOf(work);
  const touching = context.standing.filter((other) => overlaps(span, spanOf(other)));
  return [
    ...touching.flatMap((other): Clash[] => {
      const aliases = other.aliases.filter((alias) => work.aliases.includes(alias));
      if (other.agent !== work.agent) return [];
      const { ref } = other;
      return [aliases.length > 0 ? { kind: "sasaran", ref, aliases } : { kind: "agen", ref }];
    }),
    ...timeClashes(span, context),
    ...context.needs.flatMap(({ vault, needBytes, freeBytes }): Clash[] =>
      freeBytes !== null && needBytes > freeBytes
        ? [{ kind: "ruang", vault, needBytes, freeBytes }]
        : [],
    ),
    ...(context.validUntil && work.from > context.validUntil
      ? [{ kind: "kedaluwarsa", until: context.validUntil } as const]
      : []),
    ...(work.from < context.now ? [{ kind: "lewat" } as const] : []),
  ];
}

function timeClashes(span: Span, { calendar, windows }: ClashContext): Clash[] {
  const out: Clash[] = [];
  const offset = calendar.offsetMinutes;
  if (windows.length > 0 && !covers(maintenanceSpans(windows, offset, span), span)) {
    out.push({ kind: "jendela" });
  }
  const off = datesOf(span, offset).find((date) => calendar.daysOff.has(date));
  if (off !== undefined) out.push({ kind: "libur", date: off });
  // Where there are windows they say when to work, also at night; else the office's hours do.
  else if (windows.length === 0 && !covers(workingSpans(calendar, span), span)) {
    out.push({ kind: "jam-kerja" });
  }
  return out;
}

/** Local dates on which some of the span lies. */
export function datesOf(span: Span, offsetMinutes: number): string[] {
  const first = toLocal(new Date(span.from), offsetMinutes).day;
  const last = toLocal(new Date(Math.max(span.from, span.to - 1)), offsetMinutes).day;
  return Array.from({ length: last - first + 1 }, (_, index) => dateOfDay(first + index));
}

function spanOf({ from, to }: PlannedWork): Span {
  return { from: from.getTime(), to: to.getTime() };
}
