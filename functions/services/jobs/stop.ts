import { and, eq } from "drizzle-orm";
import { jobs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import type { JobState } from "#domain/job/states.ts";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";
import type { Deps } from "../deps.ts";
import { endJob } from "./end.ts";

/**
 * What an operator may do about a job that does not end by itself. A ready one is cancelled at once;
 * a running one is asked to stop by its agent's next poll. A lost one may be declared failed: the
 * epoch moves on, so that a late report is refused.
 */
export async function stopJob(
  deps: Deps,
  input: { readonly job: string; readonly how: "cancel" | "fail" },
): Promise<{ readonly job: string; readonly state: JobState }> {
  const [job] = await deps.db.orm.select().from(jobs).where(eq(jobs.id, input.job));
  if (!job) throw new AppError("JOB_UNKNOWN", "no such job");
  const end = async (state: "cancelled" | "declared_failed", outcome: "cancelled" | "failed") => {
    const declaration = canonicalJson({ job: job.id, epoch: job.epoch, state });
    await endJob(deps, {
      job,
      from: [job.state],
      to: state,
      outcome,
      result: declaration,
      resultDigest: await sha256Hex(declaration),
      error: outcome === "cancelled" ? "JOB_CANCELLED" : "JOB_INTERRUPTED",
      fence: true,
      also: [],
    });
    return { job: job.id, state };
  };
  if (input.how === "fail") {
    if (job.state !== "lost") throw new AppError("JOB_STATE", `${job.id} is ${job.state}`);
    return end("declared_failed", "failed");
  }
  if (job.state === "ready") return end("cancelled", "cancelled");
  const [row] = await deps.db.orm
    .update(jobs)
    .set({ state: "cancelling" })
    .where(and(eq(jobs.id, job.id), eq(jobs.epoch, job.epoch), eq(jobs.state, "running")))
    .returning({ id: jobs.id });
  if (!row) throw new AppError("JOB_STATE", `${job.id} is ${job.state}`);
  deps.hub.wake(job.agent);
  return { job: job.id, state: "cancelling" };
}
