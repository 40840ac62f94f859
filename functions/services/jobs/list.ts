import { eq, inArray } from "drizzle-orm";
import { jobSpecs, jobs } from "#db/schema/jobs.ts";
import { isFinal, JOB_STATES, type JobState } from "#domain/job/states.ts";
import type { JobAction } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { showReference } from "../requests/reference.ts";

export interface OpenJob {
  readonly id: string;
  readonly ref: string;
  readonly action: JobAction;
  readonly state: JobState;
  readonly agent: string;
  readonly createdAt: string;
}

/** Jobs that have not ended, oldest first. */
export async function listJobs(deps: Pick<Deps, "db">): Promise<OpenJob[]> {
  const open = JOB_STATES.filter((state) => !isFinal(state));
  const rows = await deps.db.orm
    .select({ job: jobs, action: jobSpecs.action })
    .from(jobs)
    .innerJoin(jobSpecs, eq(jobSpecs.job, jobs.id))
    .where(inArray(jobs.state, open))
    .orderBy(jobs.createdAt);
  return rows.map(({ job, action }) => ({
    id: job.id,
    ref: showReference(job.request),
    action,
    state: job.state,
    agent: job.agent,
    createdAt: job.createdAt,
  }));
}
