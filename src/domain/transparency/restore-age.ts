/**
 * How long ago a restore was last carried through, as a band: a date would tell when an office needed
 * one. Read from published months alone, and only as far back as their completed requests are shown.
 */
import type { Cell } from "./cells.ts";
import { completedOf, Tally } from "./counted.ts";
import type { Publication } from "./periods.ts";
import type { PublicPeriod } from "./publish.ts";

export type RestoreAge = "below-1" | "1-to-3" | "above-3" | "never";

export interface LastRestore {
  /** Month (`YYYY-MM`) from whose end the band counts back. */
  readonly until: string;
  /** Null where what ended in some quarter is withheld. */
  readonly age: RestoreAge | null;
}

export function lastRestore(
  cells: readonly Cell[],
  publications: readonly Publication[],
  periods: readonly PublicPeriod[],
  thisMonth: string,
): LastRestore | null {
  const newest = publications.at(-1)?.quarter.months.at(-1);
  if (newest === undefined) return null;
  const until = newest < thisMonth ? newest : thisMonth;
  const tally = new Tally(cells, 0);
  for (const { quarter, months } of publications.toReversed()) {
    const completed = periods.find(({ id }) => id === quarter.id)?.flow.completed.kind;
    if (completed !== "count" && completed !== "small") return { until, age: null };
    const last = months.findLast((month) => tally.count(month, completedOf("restore")) > 0);
    if (last) return { until, age: bandOf(monthsBetween(last.id, until)) };
  }
  return { until, age: "never" };
}

function bandOf(months: number): RestoreAge {
  if (months < 1) return "below-1";
  return months <= 3 ? "1-to-3" : "above-3";
}

function monthsBetween(from: string, to: string): number {
  const count = (month: string): number => {
    const [year = 0, number = 0] = month.split("-").map(Number);
    return year * 12 + number;
  };
  return count(to) - count(from);
}
