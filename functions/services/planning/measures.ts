import type { Statement } from "#db/client.ts";
import { targetMeasures } from "#db/schema/assets.ts";
import { isOfProcedure } from "#domain/workflow/agent-work.ts";
import type { JobAction } from "#domain/workflow/types.ts";
import type { JobResult } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";

export type Measure = typeof targetMeasures.$inferSelect;

/** What a signed result measured of each target; nothing of a job that did not succeed. */
export function measuresOf(result: JobResult, action: JobAction): Measure[] {
  // What is outside the SOP says nothing of how long its work takes, nor that a restore was proved.
  if (result.outcome !== "succeeded" || !isOfProcedure(action)) return [];
  const total = result.targets.reduce((sum, target) => sum + bytesOf(target), 0);
  const seconds = (Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 1_000;
  return result.targets.map((target) => ({
    job: result.job,
    alias: target.alias,
    agent: result.agent,
    engine: target.engine,
    action,
    bytes: bytesOf(target),
    seconds:
      Math.max(0, seconds) * (total === 0 ? 1 / result.targets.length : bytesOf(target) / total),
    verified: target.restore?.digestsEqual ?? false,
    finishedAt: result.finishedAt,
  }));
}

/** Rows of the result, written in the batch that ends the job. */
export function measureStatements(
  { db }: Pick<Deps, "db">,
  result: JobResult,
  action: JobAction,
): Statement[] {
  const rows = measuresOf(result, action);
  return rows.length === 0
    ? []
    : [db.orm.insert(targetMeasures).values(rows).onConflictDoNothing()];
}

function bytesOf({ backup, check }: JobResult["targets"][number]): number {
  return check?.bytes ?? backup?.bytes ?? 0;
}
