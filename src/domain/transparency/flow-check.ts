/**
 * What can be worked out by following requests through time: whatever ended by a certain day had been
 * received by that day. Six received, five completed and some refused leave one refused.
 *
 * Sums of one thing form a forest, whose bounds `workOut` finds exactly. This inequality joins the
 * forests of received and ended requests at the end of each published period. A value of a small
 * count is possible if, with it, as many as possible may have been received and as few as possible
 * ended, at every such end. Both extremes are reached at all ends at once, since earlier ends lie
 * within later ones; so nothing possible is taken for impossible or the other way round.
 */
import { FLOW, type Flow, nodeOf } from "./counted.ts";
import type { Period, Publication } from "./periods.ts";
import { type Bounds, isSmall, POSSIBLE_LEAST, type Shown, workOut } from "./protect.ts";
import type { Tree } from "./tree.ts";

/** The trees of one year of a service. */
export type YearTrees = Readonly<Record<Flow, Tree>>;

/** Requests that readers know to have been under way when a month ended (`YYYY-MM`). */
export type UnderWay = ReadonlyMap<string, number>;

/** Values of one small count that all else leaves possible. */
export type ValuesLeft = (tree: Tree, id: string) => number;

/** The first small count, shown as such or withheld, that is left with too few values, or null. */
export function exposedByFlow(
  years: readonly YearTrees[],
  underWay: UnderWay,
): { readonly tree: Tree; readonly id: string } | null {
  const left = flowAttack(years, underWay);
  for (const tree of years.flatMap((trees) => Object.values(trees))) {
    for (const [id, value] of tree.figures) {
      if (isSmall(value) && left(tree, id) < POSSIBLE_LEAST) return { tree, id };
    }
  }
  return null;
}

/** The whole attack on one state of a publication. */
export function flowAttack(years: readonly YearTrees[], underWay: UnderWay): ValuesLeft {
  const courses = years.map((trees): Course => courseOf(trees, underWay));
  const carried = [0];
  for (const course of courses) carried.push(lastOf(carried) + lastOf(own(course)));
  /** What must be carried into each year so that it and all later ones can be. */
  const needed = courses.map(() => NOTHING);
  for (let at = courses.length - 1; at >= 0; at -= 1) {
    const course = courses[at];
    if (course) needed[at] = neededBy(course, own(course), needed[at + 1] ?? NOTHING);
  }
  return (tree, id) => {
    const at = years.findIndex((trees) => Object.values(trees).includes(tree));
    const [trees, course] = [years[at], courses[at]];
    const flow = FLOW.find((one) => trees?.[one] === tree);
    if (!trees || !course || !flow) return 0;
    return triedOf(flow, tree, id, course.ends).filter((part) => {
      const then = { ...course, parts: { ...course.parts, [flow]: part } };
      return (carried[at] ?? 0) >= neededBy(then, own(then), needed[at + 1] ?? NOTHING);
    }).length;
  };
}

const NOTHING = Number.NEGATIVE_INFINITY;

/** The end of a published quarter, or of one of its months that are shown apart. */
interface End {
  readonly quarter: number;
  readonly months: readonly Period[];
  readonly monthsAfter: readonly Period[];
  /** Requests known to be under way then. */
  readonly underWay: number;
}

interface Course {
  readonly ends: readonly End[];
  /** By flow, at each end: received at most, or ended at least, since the year began. */
  readonly parts: Readonly<Record<Flow, readonly number[]>>;
}

function courseOf(trees: YearTrees, underWay: UnderWay): Course {
  const ends = endsOf(trees.received, underWay);
  const part = (flow: Flow): readonly number[] =>
    extremes(flow, trees[flow], boundsNow(trees[flow]), ends);
  return {
    ends,
    parts: {
      received: part("received"),
      completed: part("completed"),
      refused: part("refused"),
      cancelled: part("cancelled"),
    },
  };
}

function endsOf({ publications, figures, what }: Tree, underWay: UnderWay): End[] {
  return publications.flatMap(({ quarter, months }: Publication, at) => {
    const apart = months.filter((month) => figures.has(nodeOf(month, what)));
    const steps = apart.length > 0 ? apart.map((_, index) => index + 1) : [0];
    return steps.map((count): End => {
      const last = (count === 0 ? quarter.months.at(-1) : apart[count - 1]?.id) ?? "";
      return {
        quarter: at,
        months: apart.slice(0, count),
        monthsAfter: apart.slice(count),
        underWay: underWay.get(last) ?? 0,
      };
    });
  });
}

/** Those around a small count; what lies further off would add no third value. */
function valuesTried(shown: Shown | undefined): number[] {
  if (shown?.kind === "small") return [1, 2, 3, 4];
  return shown?.kind === "hidden" ? [0, 1, 2, 3, 4, 5, 6] : [1, 2, 3, 4, 5, 6];
}

/** Of what trees show; a tree is given a new map when that changes. */
const worked = new WeakMap<ReadonlyMap<string, Shown>, Map<string, Bounds>>();

function boundsNow(tree: Tree): Map<string, Bounds> {
  const bounds = worked.get(tree.shown) ?? boundsOf(tree, tree.shown) ?? new Map();
  worked.set(tree.shown, bounds);
  return bounds;
}

/** As above, by figure: later publications ask again and again what an old one leaves possible. */
const tried = new WeakMap<
  ReadonlyMap<string, Shown>,
  Map<string, readonly (readonly number[])[]>
>();

/** The extremes that each value of a small count leaves its tree; values that fit nothing left out. */
function triedOf(
  flow: Flow,
  tree: Tree,
  id: string,
  ends: readonly End[],
): readonly (readonly number[])[] {
  const ofTree = tried.get(tree.shown) ?? new Map<string, readonly (readonly number[])[]>();
  tried.set(tree.shown, ofTree);
  const known = ofTree.get(id);
  if (known) return known;
  const made = valuesTried(tree.shown.get(id)).flatMap((value) => {
    const bounds = boundsOf(tree, new Map(tree.shown).set(id, { kind: "count", value }));
    return bounds === null ? [] : [extremes(flow, tree, bounds, ends)];
  });
  ofTree.set(id, made);
  return made;
}

/** Null where nothing fits. */
function boundsOf(tree: Tree, shown: ReadonlyMap<string, Shown>): Map<string, Bounds> | null {
  const bounds = workOut(shown, tree.sums, tree.limits);
  return [...bounds.values()].every(({ low, high }) => low <= high) ? bounds : null;
}

function extremes(
  flow: Flow,
  { what, publications }: Tree,
  bounds: ReadonlyMap<string, Bounds>,
  ends: readonly End[],
): number[] {
  const of = (period: Period): Bounds =>
    bounds.get(nodeOf(period, what)) ?? { low: 0, high: Number.POSITIVE_INFINITY };
  const lows = (periods: readonly Period[]): number => sum(periods.map((one) => of(one).low));
  const highs = (periods: readonly Period[]): number => sum(periods.map((one) => of(one).high));
  const quarters = publications.map(({ quarter }) => quarter);
  const year = publications.at(-1)?.year ?? null;
  return ends.map(({ quarter: at, months, monthsAfter }) => {
    const quarter = quarters[at];
    if (!quarter) return 0;
    const [before, after] = [quarters.slice(0, at), quarters.slice(at + 1)];
    const whole = months.length === 0;
    if (flow === "received") {
      const part = whole
        ? of(quarter).high
        : Math.min(highs(months), of(quarter).high - lows(monthsAfter));
      const most = highs(before) + part;
      return year ? Math.min(most, of(year).high - lows(after) - lows(monthsAfter)) : most;
    }
    const part = whole
      ? of(quarter).low
      : Math.max(lows(months), of(quarter).low - highs(monthsAfter));
    const least = lows(before) + part;
    return year ? Math.max(least, of(year).low - highs(after) - highs(monthsAfter)) : least;
  });
}

/** Received less ended, at each end, since the year began. */
function own({ ends, parts }: Course): number[] {
  const { received, completed, refused, cancelled } = parts;
  return ends.map(
    (_, at) =>
      (received[at] ?? 0) - (completed[at] ?? 0) - (refused[at] ?? 0) - (cancelled[at] ?? 0),
  );
}

function neededBy({ ends }: Course, sums: readonly number[], later: number): number {
  const here = ends.map(({ underWay }, at) => underWay - (sums[at] ?? 0));
  return Math.max(...here, later - lastOf(sums));
}

function lastOf(values: readonly number[]): number {
  return values.at(-1) ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
