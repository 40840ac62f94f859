import { eq } from "drizzle-orm";
import type { z } from "zod";
import { jobs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import { AGENT_API } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { type AgentRow, authenticateInSession } from "./authenticate.ts";

export type JobRow = typeof jobs.$inferSelect;
type Verb = "accept" | "start" | "events" | "finish";

/**
 * A call of an agent about one of its jobs. JOB_UNKNOWN also for a job of another agent;
 * JOB_STALE_LEASE where the epoch is no longer the newest.
 */
export async function callOfJob<T extends { readonly epoch: number }>(
  deps: Deps,
  input: { readonly job: string; readonly verb: Verb; readonly body: unknown },
  schema: z.ZodType<T>,
): Promise<{ readonly agent: AgentRow; readonly job: JobRow; readonly payload: T }> {
  const path = `${AGENT_API}/jobs/${encodeURIComponent(input.job)}/${input.verb}`;
  const { agent, payload } = await authenticateInSession(deps, { path, body: input.body, schema });
  const [job] = await deps.db.orm.select().from(jobs).where(eq(jobs.id, input.job));
  if (job?.agent !== agent.id) throw new AppError("JOB_UNKNOWN", "no such job of this agent");
  if (job.epoch !== payload.epoch) throw stale(job);
  return { agent, job, payload };
}

export function stale(job: JobRow): AppError {
  return new AppError("JOB_STALE_LEASE", `${job.id} is ${job.state} in epoch ${job.epoch}`);
}
