import { eq, sql } from "drizzle-orm";
import type { z } from "zod";
import type { Orm } from "#db/client.ts";
import { jobs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import { AGENT_API } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { type AgentRow, authenticateInSession } from "./authenticate.ts";

export type JobRow = typeof jobs.$inferSelect;
type Verb = "accept" | "start" | "events" | "finish";

interface JobCall {
  readonly job: string;
  readonly verb: Verb;
  readonly body: unknown;
}

/**
 * A call of an agent about one of its jobs. JOB_UNKNOWN also for a job of another agent;
 * JOB_STALE_LEASE where the epoch is no longer the newest.
 */
export async function callOfJob<T extends { readonly epoch: number }>(
  deps: Deps,
  input: JobCall,
  schema: z.ZodType<T>,
): Promise<{ readonly agent: AgentRow; readonly job: JobRow; readonly payload: T }> {
  const { agent, payload } = await callAboutJob(deps, input, schema);
  const job = await jobOf(deps, { agent: agent.id, job: input.job, epoch: payload.epoch });
  return { agent, job, payload };
}

/** The same before the job is looked at, for a compare-and-set that looks at it itself. */
export function callAboutJob<T>(
  deps: Deps,
  { job, verb, body }: JobCall,
  schema: z.ZodType<T>,
): Promise<{ readonly agent: AgentRow; readonly payload: T }> {
  const path = `${AGENT_API}/jobs/${encodeURIComponent(job)}/${verb}`;
  return authenticateInSession(deps, { path, body, schema });
}

const jobById = (orm: Orm) =>
  orm
    .select()
    .from(jobs)
    .where(eq(jobs.id, sql.placeholder("id")))
    .prepare();

/** A job of this agent in its newest epoch. JOB_UNKNOWN, JOB_STALE_LEASE. */
export async function jobOf(
  deps: Pick<Deps, "db">,
  input: { readonly agent: string; readonly job: string; readonly epoch: number },
): Promise<JobRow> {
  const [job] = await deps.db.kept(jobById).execute({ id: input.job });
  if (job?.agent !== input.agent) throw new AppError("JOB_UNKNOWN", "no such job of this agent");
  if (job.epoch !== input.epoch) throw stale(job);
  return job;
}

export function stale(job: JobRow): AppError {
  return new AppError("JOB_STALE_LEASE", `${job.id} is ${job.state} in epoch ${job.epoch}`);
}
