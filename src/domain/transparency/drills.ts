/**
 * Restore drills of an agency: how many were held, how many passed. They are the office's own
 * exercises, by its own calendar, whatever anybody asks for; so nothing of a request can be read from
 * them and small numbers are told. They are published with the quarters, like all figures.
 */
import type { PeriodKind, Publication } from "./periods.ts";
import { ageBand, type RestoreAge } from "./restore-age.ts";

/** Drills of one local month of the agency, by when the portal heard of them. */
export interface DrillMonth {
  readonly month: string;
  readonly held: number;
  readonly passed: number;
}

export interface DrillPeriod {
  readonly id: string;
  readonly kind: PeriodKind;
  readonly held: number;
  readonly passed: number;
}

export interface DrillFigures {
  /** Oldest first; empty before the first publication. */
  readonly periods: readonly DrillPeriod[];
  /** How long before the end of the newest published month a drill last passed; null before it. */
  readonly lastPassed: { readonly until: string; readonly age: RestoreAge } | null;
}

export function publishDrills(
  months: readonly DrillMonth[],
  publications: readonly Publication[],
  thisMonth: string,
): DrillFigures {
  const of = new Map(months.map((one) => [one.month, one]));
  const sum = (ids: readonly string[], what: "held" | "passed"): number =>
    ids.reduce((total, month) => total + (of.get(month)?.[what] ?? 0), 0);
  const periods = publications.flatMap(({ quarter, months: apart, year }) =>
    [...apart, quarter, ...(year ? [year] : [])].map(
      (period): DrillPeriod => ({
        id: period.id,
        kind: period.kind,
        held: sum(period.months, "held"),
        passed: sum(period.months, "passed"),
      }),
    ),
  );
  const newest = publications.at(-1)?.quarter.months.at(-1);
  if (newest === undefined) return { periods, lastPassed: null };
  // A sample site tells of the running quarter.
  const until = newest < thisMonth ? newest : thisMonth;
  const last = months
    .filter(({ month, passed }) => passed > 0 && month <= until)
    .map(({ month }) => month)
    .sort()
    .at(-1);
  return {
    periods,
    lastPassed: { until, age: last === undefined ? "never" : ageBand(last, until) },
  };
}
