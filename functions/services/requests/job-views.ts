import { desc, eq, sql } from "drizzle-orm";
import { jobEvents, jobSpecs, jobs } from "#db/schema/jobs.ts";
import { ERRORS, type ErrorCode } from "#domain/errors.ts";
import { isOfProcedure } from "#domain/workflow/agent-work.ts";
import type { JobView } from "#domain/workflow/view.ts";
import { JobEvent } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import type { OpenedRequest } from "./access.ts";
import { evidenceOf, outcomesOf, storedResult } from "./evidence.ts";
import { zoneOf } from "./load.ts";

/**
 * Jobs of a request in the order in which they were sent, with newest progress and signed figures;
 * what officials look into among themselves is shown to none but them.
 */
export async function jobViews(
  deps: Pick<Deps, "db" | "catalog">,
  { row, official }: OpenedRequest,
): Promise<JobView[]> {
  const rows = await deps.db.orm
    .select({ job: jobs, action: jobSpecs.action, digest: jobSpecs.digest })
    .from(jobs)
    .innerJoin(jobSpecs, eq(jobSpecs.job, jobs.id))
    .where(eq(jobs.request, row.id))
    .orderBy(sql`jobs.rowid`);
  const shown = rows.filter(({ action }) => official || isOfProcedure(action));
  return Promise.all(
    shown.map(async ({ job, action, digest }): Promise<JobView> => {
      const newest = await newestEvent(deps, job.id);
      const result = storedResult(job.result);
      return {
        id: job.id,
        action,
        state: job.state,
        digest,
        percent: newest?.percent ?? null,
        message: newest?.message ?? null,
        evidence: result
          ? evidenceOf(result, job.resultDigest ?? "", zoneOf(deps, row.agency))
          : [],
        outcomes: result && official ? outcomesOf(result) : [],
        error: job.error === null ? null : sentenceOfError(job.error),
      };
    }),
  );
}

export async function newestEvent(deps: Pick<Deps, "db">, job: string): Promise<JobEvent | null> {
  const [row] = await deps.db.orm
    .select({ json: jobEvents.json })
    .from(jobEvents)
    .where(eq(jobEvents.job, job))
    .orderBy(desc(jobEvents.epoch), desc(jobEvents.seq))
    .limit(1);
  return row ? JobEvent.parse(JSON.parse(row.json)) : null;
}

export function sentenceOfError(code: string): string {
  return code in ERRORS ? ERRORS[code as ErrorCode].pesan : ERRORS.INTERNAL.pesan;
}
