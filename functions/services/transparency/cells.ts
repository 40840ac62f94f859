import { sql } from "drizzle-orm";
import type { Database, Statement } from "#db/client.ts";
import { serviceCells } from "#db/schema/requests.ts";
import { dateOfDay, toLocal } from "#domain/calendar/local-time.ts";
import { type Cell, cellsOf, keyOf } from "#domain/transparency/cells.ts";
import type { Projection, RunningSop } from "../requests/project.ts";

/** The cells that a request counts in, by the months of its agency. */
export function cellsOfRequest(
  { sop, calendar }: Pick<RunningSop, "sop" | "calendar">,
  { row, steps }: Pick<Projection, "row" | "steps">,
): Cell[] {
  const monthOf = (instant: string): string =>
    dateOfDay(toLocal(new Date(instant), calendar.offsetMinutes).day).slice(0, 7);
  return cellsOf({ ...row, versi: sop.versi, steps }, monthOf);
}

/** Adds a difference to the stored cells. */
export function cellStatements({ orm }: Database, change: readonly Cell[]): Statement[] {
  if (change.length === 0) return [];
  const { slug, versi, month, kind, step, measure, bucket } = serviceCells;
  return [
    orm
      .insert(serviceCells)
      .values([...change])
      .onConflictDoUpdate({
        target: [slug, versi, month, kind, step, measure, bucket],
        set: { count: sql`${serviceCells.count} + excluded.count` },
      }),
  ];
}

/** Keys whose stored count is not the true one. Cells that fell to 0 count as absent. */
export function differingCells(stored: readonly Cell[], made: readonly Cell[]): string[] {
  const counts = new Map(stored.map((cell) => [keyOf(cell), cell.count]));
  const truth = new Map(made.map((cell) => [keyOf(cell), cell.count]));
  return [...new Set([...counts.keys(), ...truth.keys()])].filter(
    (key) => (counts.get(key) ?? 0) !== (truth.get(key) ?? 0),
  );
}
