/**
 * What every count shows, publication by publication: each tree protected by itself, then all flows
 * together against being followed through time.
 */
import { closedStep, ENDS, FLOW, nodeOf, type Tally } from "./counted.ts";
import { exposedByFlow, flowAttack, type YearTrees } from "./flow-check.ts";
import { monthBefore, type Period, type Publication } from "./periods.ts";
import { POSSIBLE_LEAST, type Shown, SMALL_BELOW } from "./protect.ts";
import { grow, periodsOf, seedTree, type Tree } from "./tree.ts";

export interface PublishedService {
  /** The version whose steps are told of. */
  readonly versi: number;
  readonly steps: readonly number[];
}

/** Shares are made of these two; their counts are not published. */
export const PUNCTUALITY = ["on-time", "late"] as const;

/** From this many on, nine in ten is not the longest one. */
export const P90_FROM = 10;

export function protectAll(
  service: PublishedService,
  tally: Tally,
  publications: readonly Publication[],
): Map<string, Shown> {
  const years: { readonly flows: YearTrees; readonly others: readonly Tree[] }[] = [];
  const periods: Period[] = [];
  let current = "";
  for (const publication of publications) {
    const name = publication.quarter.id.slice(0, 4);
    if (name !== current) years.push(seedYear());
    current = name;
    const newest = years.at(-1);
    if (!newest) continue;
    for (const tree of [...Object.values(newest.flows), ...newest.others]) {
      grow(tree, publication, tally);
    }
    periods.push(...periodsOf(publication, tally));
    const flows = years.map((year) => year.flows);
    const tellsOfTimes = (): Map<string, number> => underWayOf(service, tally, periods, flows);
    withholdFollowed(flows, newest.flows, tellsOfTimes);
  }
  const all = years.flatMap(({ flows, others }) => [...Object.values(flows), ...others]);
  return new Map(all.flatMap(({ shown }) => [...shown]));
}

function seedYear() {
  const [received, completed, refused, cancelled] = FLOW.map((flow) => seedTree(flow));
  return {
    flows: { received, completed, refused, cancelled } as YearTrees,
    others: PUNCTUALITY.map((one) => seedTree(one)),
  };
}

/**
 * Withholds new counts, the fewest that help and those of ended requests before received ones, until
 * following requests leads nowhere; where no count is left, all that is new, the zeros too.
 */
function withholdFollowed(
  years: readonly YearTrees[],
  newest: YearTrees,
  underWay: () => Map<string, number>,
): void {
  const groups = [ENDS.map((flow) => newest[flow]), [newest.received]];
  const exposed = () => exposedByFlow(years, underWay());
  for (let found = exposed(); found; found = exposed()) {
    const { tree: open, id } = found;
    const choices = groups.flatMap(choicesIn);
    const helps = choices.find(({ tree, ids }) => {
      const before = tree.shown;
      tree.shown = shownAs("withheld", before, ids);
      const left = flowAttack(years, underWay())(open, id);
      tree.shown = before;
      return left >= POSSIBLE_LEAST;
    });
    const chosen = helps ?? choices[0];
    if (!chosen) break;
    chosen.tree.shown = shownAs("withheld", chosen.tree.shown, chosen.ids);
  }
  for (const group of groups) {
    if (!exposed()) return;
    for (const tree of group) tree.shown = shownAs("hidden", tree.shown, tree.fresh);
  }
}

function choicesIn(trees: readonly Tree[]) {
  return trees
    .flatMap((tree) => choicesOf(tree).map((ids) => ({ tree, ids, cost: costOf(tree, ids) })))
    .sort((a, b) => a.cost - b.cost);
}

/** New counts that may be withheld: one, or a sum with its smallest part, which alone would tell it. */
function choicesOf({ fresh, figures, sums, shown }: Tree): string[][] {
  const open = new Set(
    fresh.filter(
      (id) => /^(count|small)$/.test(shown.get(id)?.kind ?? "") && figures.get(id) !== 0,
    ),
  );
  const pairs = sums.flatMap(({ total, parts }) => {
    const [least] = parts
      .filter((part) => open.has(part))
      .sort((a, b) => (figures.get(a) ?? 0) - (figures.get(b) ?? 0));
    return open.has(total) && least !== undefined ? [[total, least]] : [];
  });
  return [...[...open].map((id) => [id]), ...pairs];
}

function costOf({ figures }: Tree, ids: readonly string[]): number {
  return ids.reduce((sum, id) => sum + (figures.get(id) ?? 0), 0);
}

function shownAs(
  kind: "withheld" | "hidden",
  shown: ReadonlyMap<string, Shown>,
  ids: readonly string[],
): Map<string, Shown> {
  return new Map([...shown, ...ids.map((id): [string, Shown] => [id, { kind }])]);
}

/**
 * Times are shown of a period in which five or more requests were completed, and of its steps that
 * were closed five times or more. A step that is missing tells that requests had passed it before.
 */
function underWayOf(
  { steps }: PublishedService,
  tally: Tally,
  periods: readonly Period[],
  years: readonly YearTrees[],
): Map<string, number> {
  const known = new Map<string, number>();
  const shown = new Map(years.flatMap(({ completed }) => [...completed.shown]));
  // A step that never had a clock is missing always, and tells nothing.
  const timed = steps.filter((step) => tally.has(closedStep(step)));
  for (const period of periods) {
    const completed = shown.get(nodeOf(period, "completed"));
    const [first] = period.months;
    if (completed?.kind !== "count" || completed.value < SMALL_BELOW || !first) continue;
    const least = timed.map((step) => {
      const closed = tally.count(period, closedStep(step));
      if (closed < SMALL_BELOW) return completed.value - (SMALL_BELOW - 1);
      const hidesP90 = closed < P90_FROM && completed.value >= P90_FROM;
      return hidesP90 ? completed.value - (P90_FROM - 1) : 0;
    });
    const told = Math.max(0, ...least);
    // Where it is not true (a step was skipped, or is of another version), nobody can conclude it.
    if (told === 0 || told > tally.underWayBefore(first)) continue;
    const end = monthBefore(first);
    known.set(end, Math.max(told, known.get(end) ?? 0));
  }
  return known;
}
