/**
 * Whoever has every published figure and reasons with all of them at once. Per flow the requests up to
 * each month are one unknown; a published count bounds the difference of two of them, so that shortest
 * paths give the exact bounds. The most that may have been received and the least that may have ended
 * are each reached at all months together: a value is possible if those two leave nobody to end who
 * had not come.
 */

import { FLOW, type Flow, KINDS } from "#domain/transparency/counted.ts";
import type { Shown } from "#domain/transparency/protect.ts";
import type { PublicPeriod } from "#domain/transparency/publish.ts";
import { RefusalClass } from "#domain/workflow/types.ts";

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A published count: of a flow, or of a part of one by kind or reason. */
export interface Target {
  readonly period: string;
  readonly flow: Flow;
  readonly part: string | null;
}

const MONTHS_FROM = 20;
const TIMES_FROM = 5;
const P90_FROM = 10;

export function rangeOf(shown: Shown): Range {
  switch (shown.kind) {
    case "count":
      return { low: shown.value, high: shown.value };
    case "small":
      return { low: 1, high: 4 };
    case "withheld":
      return { low: 1, high: Number.POSITIVE_INFINITY };
    case "hidden":
      return { low: 0, high: Number.POSITIVE_INFINITY };
  }
}

/** Values of a count, of those tried, that some history leaves possible. */
export function valuesLeft(periods: readonly PublicPeriod[], target: Target): number[] {
  const shown = shownOf(periods, target);
  if (!shown) return [];
  const { low, high } = rangeOf(shown);
  const tried = Array.from({ length: 13 }, (_, value) => value);
  return tried.filter((value) => low <= value && value <= high && fits(periods, target, value));
}

/** A period's count as the attacker has it; null where nothing at all is told of it. */
export interface Known {
  readonly id: string;
  readonly count: number | null;
}

/** Values of a count, of those tried, that the counts of all other periods leave possible. */
export function possibleLeft(known: readonly Known[], id: string): number[] {
  const months = known
    .filter((one) => one.id.includes("-T"))
    .flatMap((one) => monthsOf(one.id))
    .sort();
  const tried = Array.from({ length: 13 }, (_, value) => value);
  return tried.filter((value) => {
    const table = unknowns(months.length + 1);
    for (const one of known) {
      const count = one.id === id ? value : one.count;
      if (count === null) continue;
      const [from, to] = spanOf(one.id, months);
      bound(table, from, to, { low: count, high: count });
    }
    return settle(table);
  });
}

export function shownOf(periods: readonly PublicPeriod[], target: Target): Shown | undefined {
  const period = periods.find(({ id }) => id === target.period);
  if (!period) return undefined;
  return target.part === null
    ? period.flow[target.flow]
    : partsOf(period, target.flow)[target.part];
}

/** All counts that are published. */
export function targetsOf(periods: readonly PublicPeriod[]): Target[] {
  return periods.flatMap((period) =>
    FLOW.flatMap((flow) =>
      [null, ...Object.keys(partsOf(period, flow))].map((part) => ({
        period: period.id,
        flow,
        part,
      })),
    ),
  );
}

function partsOf({ byKind, refusals }: PublicPeriod, flow: Flow): Record<string, Shown> {
  if (flow === "received" && byKind) {
    return Object.fromEntries(KINDS.map((kind) => [kind, byKind[kind]]));
  }
  if (flow === "refused" && refusals) {
    return Object.fromEntries(RefusalClass.options.map((one) => [one, refusals[one]]));
  }
  return {};
}

function fits(periods: readonly PublicPeriod[], target: Target, value: number): boolean {
  const months = periods
    .filter(({ kind }) => kind === "quarter")
    .flatMap(({ id }) => monthsOf(id))
    .sort();
  const size = months.length + 1;
  const most = new Map<Flow, number[][]>();
  for (const flow of FLOW) {
    const table = unknowns(size);
    for (const period of periods) {
      const [from, to] = spanOf(period.id, months);
      for (const range of rangesOf(periods, period, flow, target, value)) {
        bound(table, from, to, range);
      }
    }
    if (!settle(table)) return false;
    most.set(flow, table);
  }
  const under = underWay(periods, months);
  return Array.from({ length: size }, (_, at) => at).every((at) => {
    const came = most.get("received")?.[0]?.[at] ?? 0;
    const ended = FLOW.slice(1).map((flow) => -(most.get(flow)?.[at]?.[0] ?? 0));
    return came >= ended.reduce((sum, least) => sum + least, under.get(at) ?? 0);
  });
}

/** All that is told of one flow in one period, with the value that is tried in its place. */
function rangesOf(
  periods: readonly PublicPeriod[],
  period: PublicPeriod,
  flow: Flow,
  target: Target,
  value: number,
): Range[] {
  const isTried = (part: string | null): boolean =>
    target.period === period.id && target.flow === flow && target.part === part;
  const tried = { low: value, high: value };
  const parts = Object.entries(partsOf(period, flow)).map(([part, shown]) =>
    isTried(part) ? tried : rangeOf(shown),
  );
  const apart = periods.some(
    ({ id, kind }) => kind === "month" && monthsOf(period.id).includes(id),
  );
  return [
    isTried(null) ? tried : rangeOf(period.flow[flow]),
    ...(parts.length > 0
      ? [{ low: sum(parts.map(({ low }) => low)), high: sum(parts.map(({ high }) => high)) }]
      : []),
    ...(flow === "received" && period.kind === "quarter"
      ? [apart ? { low: MONTHS_FROM, high: Infinity } : { low: 0, high: MONTHS_FROM - 1 }]
      : []),
  ];
}

/** Requests that must have been under way when a period began, since a step of it has no times. */
function underWay(
  periods: readonly PublicPeriod[],
  months: readonly string[],
): Map<number, number> {
  const timed = new Set(
    periods.flatMap(({ steps }) => steps.filter(({ minutes }) => minutes).map(({ no }) => no)),
  );
  const known = new Map<number, number>();
  for (const { id, flow, steps } of periods) {
    if (flow.completed.kind !== "count" || flow.completed.value < TIMES_FROM) continue;
    const completed = flow.completed.value;
    const [from] = spanOf(id, months);
    for (const { no, minutes } of steps) {
      if (!timed.has(no)) continue;
      const most = !minutes ? TIMES_FROM - 1 : minutes.p90 === null ? P90_FROM - 1 : Infinity;
      known.set(from, Math.max(known.get(from) ?? 0, completed - most));
    }
  }
  return known;
}

/** `table[i][j]`: the most by which the requests up to `j` exceed those up to `i`. */
function unknowns(size: number): number[][] {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => (j <= i ? 0 : Number.POSITIVE_INFINITY)),
  );
}

function bound(table: number[][], from: number, to: number, { low, high }: Range): void {
  const [there, back] = [table[from], table[to]];
  if (!there || !back) return;
  there[to] = Math.min(there[to] ?? 0, high);
  back[from] = Math.min(back[from] ?? 0, -low);
}

/** Shortest paths; false where nothing fits. */
function settle(table: number[][]): boolean {
  for (const [k, through] of table.entries()) {
    for (const row of table) {
      const first = row[k] ?? 0;
      for (const [j, rest] of through.entries()) row[j] = Math.min(row[j] ?? 0, first + rest);
    }
  }
  return table.every((row, at) => (row[at] ?? 0) >= 0);
}

function spanOf(id: string, months: readonly string[]): [number, number] {
  const own = monthsOf(id).filter((month) => months.includes(month));
  const from = months.indexOf(own[0] ?? "");
  return [from, from + own.length];
}

function monthsOf(id: string): string[] {
  if (!id.includes("T") && id.length === 7) return [id];
  const [year = "", quarter] = id.split("-T");
  const all = Array.from({ length: 12 }, (_, at) => `${year}-${String(at + 1).padStart(2, "0")}`);
  return quarter === undefined ? all : all.slice(Number(quarter) * 3 - 3, Number(quarter) * 3);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
