/** What is counted, by name, and which of it adds up to which. */
import { RefusalClass } from "../workflow/types.ts";
import type { Cell } from "./cells.ts";
import type { Period } from "./periods.ts";

/** What happens to whole requests. */
export const FLOW = ["received", "completed", "refused", "cancelled"] as const;
export type Flow = (typeof FLOW)[number];
/** The ways in which a request ends. */
export const ENDS = ["completed", "refused", "cancelled"] as const satisfies readonly Flow[];
export const KINDS = ["backup", "restore"] as const;
export type Kind = (typeof KINDS)[number];

/** A measure of whole requests, or one of the names made here. */
export type Counted = string;

export function receivedOf(kind: Kind): Counted {
  return `received ${kind}`;
}

export function refusedFor(reason: RefusalClass): Counted {
  return `refused:${reason}`;
}

export function closedStep(step: number): Counted {
  return `step ${step}`;
}

/** What a year's count is split into besides its quarters. */
export function splitsOf(what: Counted): Counted[] {
  if (what === "received") return KINDS.map(receivedOf);
  if (what === "refused") return RefusalClass.options.map(refusedFor);
  return [];
}

/** The name of a figure in sums. */
export function nodeOf(period: Period, what: Counted): string {
  return `${period.id} ${what}`;
}

/** The cells of one service, ready to be counted over any months. */
export class Tally {
  /** By month and name: count by bucket. */
  readonly #months = new Map<string, Map<Counted, Map<number, number>>>();
  readonly #underWay = new Map<string, number>();
  readonly #counts = new Map<string, number>();

  /** `versi`: whose steps are counted; another version may have other steps under the same numbers. */
  constructor(cells: readonly Cell[], versi: number) {
    for (const cell of cells) {
      for (const what of namesOf(cell, versi)) {
        const month = entry(this.#months, cell.month, () => new Map());
        const buckets = entry(month, what, () => new Map());
        buckets.set(cell.bucket, (buckets.get(cell.bucket) ?? 0) + cell.count);
      }
    }
  }

  /** Count by bucket over a period. */
  histogram({ months }: Pick<Period, "months">, what: Counted): Map<number, number> {
    const sums = new Map<number, number>();
    for (const month of months) {
      for (const [bucket, count] of this.#months.get(month)?.get(what) ?? []) {
        sums.set(bucket, (sums.get(bucket) ?? 0) + count);
      }
    }
    return sums;
  }

  count(period: Pick<Period, "months">, what: Counted): number {
    return entry(this.#counts, `${period.months.join()} ${what}`, () => {
      let sum = 0;
      for (const count of this.histogram(period, what).values()) sum += count;
      return sum;
    });
  }

  /** Whether it was ever counted. */
  has(what: Counted): boolean {
    return [...this.#months.values()].some((month) => month.has(what));
  }

  /** Requests that had come but not ended when a month began. */
  underWayBefore(month: string): number {
    return entry(this.#underWay, month, () => {
      const months = [...this.#months.keys()].filter((one) => one < month);
      const ended = ENDS.map((end) => this.count({ months }, end));
      return ended.reduce((left, count) => left - count, this.count({ months }, "received"));
    });
  }
}

function namesOf({ measure, kind, step, versi }: Cell, own: number): Counted[] {
  if (measure === "received") return [measure, receivedOf(kind)];
  if (measure === "completed") return [measure, completedOf(kind)];
  if (measure === "step-minutes") return versi === own ? [closedStep(step)] : [];
  return [measure];
}

/** Not published; tells how long ago a restore was carried through. */
export function completedOf(kind: Kind): Counted {
  return `completed ${kind}`;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
