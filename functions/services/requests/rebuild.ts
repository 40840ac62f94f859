import { eq, sql } from "drizzle-orm";
import { brokenPromise, guard } from "#db/guard.ts";
import { requestEvents, requests, serviceCells, stepLog } from "#db/schema/requests.ts";
import { addTo, type Cell } from "#domain/transparency/cells.ts";
import { canonicalJson, type Json } from "#domain/trust/canonical.ts";
import type { Deps } from "../deps.ts";
import { cellsOfRequest, differingCells } from "../transparency/cells.ts";
import { projectionStatements } from "./append.ts";
import { loadRequest } from "./load.ts";
import type { Projection } from "./project.ts";

export interface Rebuilt {
  readonly requests: number;
  /** Requests whose stored projection differed. */
  readonly differing: readonly string[];
  readonly cells: number;
  /** Keys of public cells that were not true. */
  readonly cellsDiffering: readonly string[];
}

/** SQLite takes 32,766 parameters in a statement; a cell has eight. */
const ROWS_AT_ONCE = 4_000;

/**
 * Makes every projection again from the events and tells which stored rows differed. With `dryRun`
 * nothing is written: that is the check that the projections are true.
 */
export async function rebuild(
  deps: Pick<Deps, "db" | "catalog" | "sopCache" | "calendars">,
  input: { readonly dryRun: boolean },
): Promise<Rebuilt> {
  const counted = await deps.db.orm.$count(requestEvents);
  const streams = await deps.db.orm
    .selectDistinct({ id: requestEvents.stream })
    .from(requestEvents);
  const differing: string[] = [];
  const sums = new Map<string, Cell>();
  for (const { id } of streams) {
    const made = await loadRequest(deps, id);
    const [row] = await deps.db.orm.select().from(requests).where(eq(requests.id, id));
    const steps = await deps.db.orm
      .select()
      .from(stepLog)
      .where(eq(stepLog.request, id))
      .orderBy(stepLog.position);
    if (!same(row ?? null, made.row) || !same(steps, made.steps)) differing.push(id);
    if (!input.dryRun) await write(deps, id, made);
    addTo(sums, cellsOfRequest(made.running, made));
  }
  const cells = [...sums.values()];
  const cellsDiffering = differingCells(await deps.db.orm.select().from(serviceCells), cells);
  if (!input.dryRun && cellsDiffering.length > 0) await writeCells(deps, cells, counted);
  return { requests: streams.length, differing, cells: cells.length, cellsDiffering };
}

/** Replaces all cells, unless requests moved on while they were counted. */
async function writeCells(
  deps: Pick<Deps, "db">,
  cells: readonly Cell[],
  counted: number,
): Promise<void> {
  const { db } = deps;
  const inserts = Array.from({ length: Math.ceil(cells.length / ROWS_AT_ONCE) }, (_, at) =>
    db.orm.insert(serviceCells).values(cells.slice(at * ROWS_AT_ONCE, (at + 1) * ROWS_AT_ONCE)),
  );
  try {
    await db.write([
      guard(sql`(SELECT count(*) FROM ${requestEvents}) = ${counted}`),
      db.orm.delete(serviceCells),
      ...inserts,
    ]);
  } catch (error) {
    if (brokenPromise(error) !== "guard") throw error;
  }
}

/** A portal that runs beside may append meanwhile; then its own projection is the newer one and stays. */
async function write(deps: Pick<Deps, "db">, id: string, made: Projection): Promise<void> {
  const newest = sql`(SELECT max(version) FROM ${requestEvents} WHERE ${requestEvents.stream} = ${id})`;
  try {
    await deps.db.write([
      guard(sql`${newest} = ${made.row.version}`),
      ...projectionStatements(deps, made),
    ]);
  } catch (error) {
    if (brokenPromise(error) !== "guard") throw error;
  }
}

function same(left: unknown, right: unknown): boolean {
  return canonicalJson(left as Json) === canonicalJson(right as Json);
}
