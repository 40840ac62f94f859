/**
 * What the public figures are made of: counts by service, month of the agency, kind of request and
 * measure. A cell only ever counts what happened in its month, so a month that is over never changes.
 *
 * The cells of one request follow from its projection alone. Stored cells are kept up by the
 * difference a change makes, so that reading them costs the same however many requests there were.
 */
import type { RefusalClass } from "../workflow/types.ts";
import { bucketOf } from "./histogram.ts";

export type Measure =
  /** Whole requests (`step` 0). */
  | "received"
  | "completed"
  | "cancelled"
  | "refused"
  | `refused:${RefusalClass}`
  /** Working minutes of a completed request over all its steps. */
  | "request-minutes"
  /** Steps that were closed, by their standard time; `untimed` where there is none. */
  | "on-time"
  | "late"
  | "untimed"
  | "step-minutes"
  /** Steps that were sent back. */
  | "returned";

export interface CellKey {
  readonly slug: string;
  /** Version of the SOP, since its steps may differ from those of another. */
  readonly versi: number;
  /** Local month of the agency, `YYYY-MM`. */
  readonly month: string;
  readonly kind: "backup" | "restore";
  /** Number of the step; 0 = the whole request. */
  readonly step: number;
  readonly measure: Measure;
  /** Of durations (`histogram.ts`), else 0. */
  readonly bucket: number;
}

export interface Cell extends CellKey {
  readonly count: number;
}

/** A request as far as it is counted. */
export interface CountedRequest {
  readonly slug: string;
  readonly versi: number;
  readonly kind: "backup" | "restore";
  readonly status: "active" | "completed" | "refused" | "cancelled";
  readonly refusal: RefusalClass | null;
  /** Instants. */
  readonly submittedAt: string;
  readonly closedAt: string | null;
  readonly steps: readonly {
    readonly step: number;
    readonly outcome: "open" | "closed" | "returned" | "stopped";
    readonly closedAt: string | null;
    readonly workingMinutes: number | null;
    readonly onTime: boolean | null;
  }[];
}

/** All cells that a request counts in. `monthOf`: the agency's local month of an instant. */
export function cellsOf(request: CountedRequest, monthOf: (instant: string) => string): Cell[] {
  const { slug, versi, kind, status, refusal, submittedAt, closedAt, steps } = request;
  const cell = (at: string, measure: Measure, step = 0, bucket = 0): Cell => ({
    slug,
    versi,
    month: monthOf(at),
    kind,
    step,
    measure,
    bucket,
    count: 1,
  });
  const found = [cell(submittedAt, "received")];
  if (closedAt !== null && status !== "active") {
    found.push(cell(closedAt, status));
    if (status === "refused") found.push(cell(closedAt, `refused:${refusal ?? "lainnya"}`));
    if (status === "completed") {
      const worked = steps.reduce((sum, { workingMinutes }) => sum + (workingMinutes ?? 0), 0);
      found.push(cell(closedAt, "request-minutes", 0, bucketOf(worked)));
    }
  }
  for (const { step, outcome, closedAt: at, workingMinutes, onTime } of steps) {
    if (at === null) continue;
    if (outcome === "returned") found.push(cell(at, "returned", step));
    // No clock ran before the submission, so its row has no figures.
    if (outcome !== "closed" || workingMinutes === null) continue;
    found.push(
      cell(at, onTime === null ? "untimed" : onTime ? "on-time" : "late", step),
      cell(at, "step-minutes", step, bucketOf(workingMinutes)),
    );
  }
  return sumOf(found);
}

/** The change from one set of cells to another; cells that stay as they are are left out. */
export function difference(before: readonly Cell[], after: readonly Cell[]): Cell[] {
  const taken = before.map((cell) => ({ ...cell, count: -cell.count }));
  return sumOf([...taken, ...after]).filter(({ count }) => count !== 0);
}

/** Cells of the same key made one. */
export function sumOf(cells: Iterable<Cell>): Cell[] {
  const sums = new Map<string, Cell>();
  addTo(sums, cells);
  return [...sums.values()];
}

/** Adds cells to sums by their key, so that many requests are summed without holding their cells. */
export function addTo(sums: Map<string, Cell>, cells: Iterable<Cell>): void {
  for (const cell of cells) {
    const key = keyOf(cell);
    const count = (sums.get(key)?.count ?? 0) + cell.count;
    sums.set(key, { ...cell, count });
  }
}

export function keyOf({ slug, versi, month, kind, step, measure, bucket }: CellKey): string {
  return [slug, versi, month, kind, step, measure, bucket].join(" ");
}
