/**
 * When a request is usually done. Each step that is still to come counts with what it took before,
 * where enough of it was measured, else with its standard time; a step that has neither leaves the
 * estimate open, for nobody could stand by it.
 */
import { dueAt } from "../calendar/due-at.ts";
import type { WorkCalendar } from "../calendar/types.ts";
import { type Histogram, quantile, sizeOf } from "../transparency/histogram.ts";

/** Fewer runs say nothing about the next one, and could tell of a single one. */
export const MEASURED_MIN = 5;

export interface RemainingStep {
  readonly no: number;
  /** Working minutes this step took in other requests. */
  readonly measured: Histogram;
  /** In working minutes; null where the source prints none. */
  readonly standardMinutes: number | null;
  /** Working minutes it has been open already; 0 for a step to come. */
  readonly spent: number;
}

export interface Estimate {
  /** Half of all are done by then. */
  readonly from: Date;
  /** Nine of ten are done by then. */
  readonly to: Date;
  /** Working minutes still to go at the two. */
  readonly minutesFrom: number;
  readonly minutesTo: number;
  /** Where the figures come from. */
  readonly basis: "measured" | "standard" | "both";
}

/** Null where a remaining step has neither figure, or nothing remains. */
export function estimateOf(
  calendar: WorkCalendar,
  now: Date,
  steps: readonly RemainingStep[],
): Estimate | null {
  let [low, high] = [0, 0];
  const bases = new Set<"measured" | "standard">();
  for (const { measured, standardMinutes, spent } of steps) {
    const enough = sizeOf(measured) >= MEASURED_MIN;
    const median = enough ? quantile(measured, 0.5) : standardMinutes;
    const slow = enough ? quantile(measured, 0.9) : standardMinutes;
    if (median === null || slow === null) return null;
    bases.add(enough ? "measured" : "standard");
    // What is overdue already may end any moment: it adds nothing, and takes nothing away.
    low += Math.max(0, median - spent);
    high += Math.max(0, slow - spent);
  }
  const [basis] = bases;
  if (basis === undefined) return null;
  const after = (minutes: number): Date =>
    dueAt(calendar, now, { value: Math.max(1, minutes), unit: "menit" });
  return {
    from: after(low),
    to: after(high),
    minutesFrom: low,
    minutesTo: high,
    basis: bases.size > 1 ? "both" : basis,
  };
}

/** "1 jam", "2 hari kerja": working minutes as people plan with them, rounded up. */
export function workingSpanText(minutes: number, minutesPerDay: number): string {
  if (minutes < 60) return `${Math.max(5, Math.ceil(minutes / 5) * 5)} menit kerja`;
  if (minutes < minutesPerDay) return `${Math.ceil(minutes / 60)} jam kerja`;
  return `${Math.ceil(minutes / minutesPerDay)} hari kerja`;
}

/** "sekitar 2 jam kerja", "1 jam kerja sampai 2 hari kerja". */
export function estimateText(
  { minutesFrom, minutesTo }: Pick<Estimate, "minutesFrom" | "minutesTo">,
  minutesPerDay: number,
): string {
  const [low, high] = [minutesFrom, minutesTo].map((one) => workingSpanText(one, minutesPerDay));
  return low === high ? `sekitar ${low}` : `${low} sampai ${high}`;
}
