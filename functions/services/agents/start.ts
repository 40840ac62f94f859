import { and, eq, gt, or } from "drizzle-orm";
import type { z } from "zod";
import { jobs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import { type StartAnswer, StartRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { callOfJob, stale } from "./of-job.ts";

/**
 * The start gate: only after this answer may the agent touch data. At most one start id passes for
 * an epoch; the same one may ask again.
 */
export async function startJob(
  deps: Deps,
  input: { readonly job: string; readonly body: unknown },
): Promise<z.infer<typeof StartAnswer>> {
  const { job, payload } = await callOfJob(deps, { ...input, verb: "start" }, StartRequest);
  const now = deps.now().toISOString();
  const [row] = await deps.db.orm
    .update(jobs)
    .set({ state: "running", startId: payload.startId, startedAt: job.startedAt ?? now })
    .where(
      and(
        eq(jobs.id, job.id),
        eq(jobs.epoch, payload.epoch),
        or(
          and(eq(jobs.state, "leased"), gt(jobs.leaseUntil, now)),
          and(eq(jobs.state, "running"), eq(jobs.startId, payload.startId)),
        ),
      ),
    )
    .returning({ id: jobs.id });
  if (row) {
    deps.log("job_started", { job: job.id, epoch: payload.epoch });
    deps.progress.changed(job.request);
    return { startId: payload.startId };
  }
  if (job.state === "cancelling") throw new AppError("JOB_CANCELLED", job.id);
  throw stale(job);
}
