/**
 * How long ago a restore was last carried through, as a band: a date would tell when an office needed
 * one. Read from published months alone, and only as far back as their completed requests are shown.
 */
import type { Cell } from "./cells.ts";
import { completedOf, Tally } from "./counted.ts";
import type { Publication } from "./periods.ts";
import { POSSIBLE_LEAST, type Shown, SMALL_BELOW } from "./protect.ts";
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
  if (tellsOfKinds(publications, periods)) return { until, age: null };
  const tally = new Tally(cells, 0);
  for (const { quarter, months } of publications.toReversed()) {
    const completed = periods.find(({ id }) => id === quarter.id)?.flow.completed.kind;
    if (completed !== "count" && completed !== "small") return { until, age: null };
    const last = months.findLast((month) => tally.count(month, completedOf("restore")) > 0);
    if (last) return { until, age: ageBand(last.id, until) };
  }
  return { until, age: "never" };
}

/**
 * Where no restore was carried through, those received in a year are among the few requests that were
 * not: one left of ten would be the one restore that the kinds of that year hide. So no band is told
 * once any year leaves room for one or two. This asks how many were left, never for the restores
 * themselves: that nothing is told must not tell why.
 */
function tellsOfKinds(
  publications: readonly Publication[],
  periods: readonly PublicPeriod[],
): boolean {
  const flows = new Map(periods.map(({ id, flow }) => [id, flow]));
  const refusedBefore = new Map<string, number>();
  let [left, refused] = [0, 0];
  return publications.some(({ quarter: { id } }) => {
    const flow = flows.get(id);
    if (!flow) return false;
    const year = id.slice(0, 4);
    refusedBefore.set(year, refusedBefore.get(year) ?? refused);
    left += mostOf(flow.received) - leastOf(flow.completed);
    refused += leastOf(flow.refused) + leastOf(flow.cancelled);
    return [...refusedBefore.values()].some((before) => {
      const room = left - before;
      return room > 0 && room < POSSIBLE_LEAST;
    });
  });
}

function mostOf(shown: Shown): number {
  if (shown.kind === "count") return shown.value;
  return shown.kind === "small" ? SMALL_BELOW - 1 : Number.POSITIVE_INFINITY;
}

function leastOf(shown: Shown): number {
  if (shown.kind === "count") return shown.value;
  return shown.kind === "hidden" ? 0 : 1;
}

/** The band of the months from one month to a later one. */
export function ageBand(from: string, until: string): RestoreAge {
  const months = monthsBetween(from, until);
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
