import { eq, sql } from "drizzle-orm";
import { brokenPromise, guard } from "#db/guard.ts";
import { requestEvents, requests, stepLog } from "#db/schema/requests.ts";
import { canonicalJson, type Json } from "#domain/trust/canonical.ts";
import type { Deps } from "../deps.ts";
import { projectionStatements } from "./append.ts";
import { loadRequest } from "./load.ts";
import type { Projection } from "./project.ts";

/**
 * Makes every projection again from the events and tells which stored rows differed. With `dryRun`
 * nothing is written: that is the check that the projections are true.
 */
export async function rebuild(
  deps: Pick<Deps, "db" | "catalog" | "sopCache">,
  input: { readonly dryRun: boolean },
): Promise<{ readonly requests: number; readonly differing: readonly string[] }> {
  const streams = await deps.db.orm
    .selectDistinct({ id: requestEvents.stream })
    .from(requestEvents);
  const differing: string[] = [];
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
  }
  return { requests: streams.length, differing };
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
