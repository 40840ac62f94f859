import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { guard } from "#db/guard.ts";
import { jobs } from "#db/schema/jobs.ts";
import { AppError, type ErrorCode } from "#domain/errors.ts";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";
import type { AcceptRequest, RefusalReason } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { endJob } from "../jobs/end.ts";
import { refusedJobStatements } from "../notices/of-refused-job.ts";
import type { AgentRow } from "./authenticate.ts";
import type { JobRow } from "./of-job.ts";

type Reason = z.infer<typeof RefusalReason>;

/** How a refusal reads in the error table. */
const REFUSAL_CODES: Partial<Record<Reason, ErrorCode>> = {
  local_policy: "AGENT_POLICY",
  target_unknown: "WORKFLOW_TARGET",
  manifest_differs: "VAULT_MANIFEST",
  clock_skew: "AGENT_CLOCK",
};

/** What happens without anybody meddling; every other refusal says that an order was tampered with. */
const HARMLESS: ReadonlySet<Reason> = new Set([
  "busy",
  "ticket_expired",
  "outside_window",
  "local_policy",
  "target_unknown",
  "clock_skew",
]);

/**
 * The agent refuses a job for good: an event of the request, never retried silently. Where the
 * order is not what people approved, the admins are told, even if the request's own events cannot
 * take it in any more.
 */
export async function refuseJob(
  deps: Deps,
  { agent, job }: { readonly agent: AgentRow; readonly job: JobRow },
  { reason, detail }: NonNullable<z.infer<typeof AcceptRequest>["refuse"]>,
): Promise<void> {
  const refusal = canonicalJson({ agent: agent.id, job: job.id, epoch: job.epoch, reason, detail });
  const error = REFUSAL_CODES[reason] ?? "AGENT_BUNDLE";
  const resultDigest = await sha256Hex(refusal);
  const alarm = HARMLESS.has(reason) ? [] : await refusedJobStatements(deps, job);
  try {
    await endJob(deps, {
      job,
      from: ["leased"],
      to: "refused",
      outcome: "refused",
      result: refusal,
      resultDigest,
      error,
      also: alarm,
    });
  } catch (caught) {
    if (!isOfAlteredEvents(caught)) throw caught;
    // Such events take no further one. The job must still not be offered again.
    deps.log("job_refusal_unrecorded", { job: job.id, reason });
    const leased = and(eq(jobs.id, job.id), eq(jobs.epoch, job.epoch), eq(jobs.state, "leased"));
    const finishedAt = deps.now().toISOString();
    await deps.db.write([
      guard(sql`EXISTS (SELECT 1 FROM ${jobs} WHERE ${leased})`),
      deps.db.orm
        .update(jobs)
        .set({
          state: "refused",
          leaseUntil: null,
          finishedAt,
          result: refusal,
          resultDigest,
          error,
        })
        .where(leased),
      ...alarm,
    ]);
  }
  deps.log("job_refused", { job: job.id, reason });
}

/** The stored events cannot be read, or do not say that the agent was sent to this job. */
function isOfAlteredEvents(error: unknown): boolean {
  if (error instanceof AppError) {
    return error.code !== "JOB_STALE_LEASE" && error.code !== "WORKFLOW_STALE";
  }
  return error instanceof z.ZodError || error instanceof SyntaxError;
}
