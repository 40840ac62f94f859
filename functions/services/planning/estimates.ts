import { and, desc, eq } from "drizzle-orm";
import { targetMeasures } from "#db/schema/assets.ts";
import { type Estimate, estimateOf, NEWEST_MEASURES } from "#domain/planning/estimate.ts";
import type { JobAction } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import type { ReportedTarget } from "../jobs/reported-targets.ts";

/** Of an engine so many newest measurements tell its speed. */
const ENGINE_MEASURES = 100;

/** How long an action on a target will take; `bytes` is the size of the backup where one is chosen. */
export async function estimateFor(
  deps: Pick<Deps, "db">,
  input: {
    readonly target: Pick<ReportedTarget, "agent" | "alias" | "engine" | "estimatedBytes">;
    readonly action: JobAction;
    readonly bytes?: number | null;
  },
): Promise<Estimate> {
  const { target, action } = input;
  const figures = { bytes: targetMeasures.bytes, seconds: targetMeasures.seconds };
  const { orm } = deps.db;
  const own = await orm
    .select(figures)
    .from(targetMeasures)
    .where(
      and(
        eq(targetMeasures.agent, target.agent),
        eq(targetMeasures.alias, target.alias),
        eq(targetMeasures.action, action),
      ),
    )
    .orderBy(desc(targetMeasures.finishedAt))
    .limit(NEWEST_MEASURES);
  const engine =
    own.length > 0
      ? []
      : await orm
          .select(figures)
          .from(targetMeasures)
          .where(and(eq(targetMeasures.engine, target.engine), eq(targetMeasures.action, action)))
          .orderBy(desc(targetMeasures.finishedAt))
          .limit(ENGINE_MEASURES);
  return estimateOf({ own, engine, bytes: input.bytes ?? target.estimatedBytes });
}
