/**
 * The counts of one thing in one year: months in quarters, quarters in the year, the year in its
 * kinds or classes. Grown publication by publication; what one showed the next one keeps.
 */
import { type Counted, nodeOf, splitsOf, type Tally } from "./counted.ts";
import type { Period, Publication } from "./periods.ts";
import { type Bounds, protect, type Shown, type Sum } from "./protect.ts";

/** Months of a quarter with fewer requests than this are not shown apart. */
const MONTHS_FROM = 20;

export interface Tree {
  readonly what: Counted;
  readonly figures: Map<string, number>;
  readonly sums: Sum[];
  readonly limits: Map<string, Bounds>;
  readonly publications: Publication[];
  /** Nodes that only the newest publication brought. */
  fresh: readonly string[];
  /** Replaced when it changes, never changed. */
  shown: ReadonlyMap<string, Shown>;
}

export function seedTree(what: Counted): Tree {
  return {
    what,
    figures: new Map(),
    sums: [],
    limits: new Map(),
    publications: [],
    fresh: [],
    shown: new Map(),
  };
}

export function showsMonths({ quarter }: Publication, tally: Tally): boolean {
  return tally.count(quarter, "received") >= MONTHS_FROM;
}

export function periodsOf(publication: Publication, tally: Tally): Period[] {
  const { quarter, months, year } = publication;
  return [...(showsMonths(publication, tally) ? months : []), quarter, ...(year ? [year] : [])];
}

/** Takes a publication in and decides what it shows of this tree. */
export function grow(tree: Tree, publication: Publication, tally: Tally): void {
  const { what, figures, sums, limits, publications } = tree;
  const { quarter, months, year } = publication;
  const before = new Set(figures.keys());
  const add = (period: Period, one: Counted): string => {
    const id = nodeOf(period, one);
    figures.set(id, tally.count(period, one));
    return id;
  };
  publications.push(publication);
  const apart = showsMonths(publication, tally);
  const node = add(quarter, what);
  // That months are there, or are not, tells on which side of the bound a withheld sum lies.
  if (what === "received") {
    limits.set(
      node,
      apart
        ? { low: MONTHS_FROM, high: Number.POSITIVE_INFINITY }
        : { low: 0, high: MONTHS_FROM - 1 },
    );
  }
  if (apart) sums.push({ total: node, parts: months.map((month) => add(month, what)) });
  if (year) {
    const whole = add(year, what);
    // Quarters before the first request are zero and need no node.
    sums.push({ total: whole, parts: publications.map((one) => nodeOf(one.quarter, what)) });
    const split = splitsOf(what).map((one) => add(year, one));
    if (split.length > 0) sums.push({ total: whole, parts: split });
  }
  tree.fresh = [...figures.keys()].filter((id) => !before.has(id));
  tree.shown = protect(figures, sums, tree.shown, limits);
}
