import { and, eq, gt, or, sql } from "drizzle-orm";
import type { z } from "zod";
import type { Orm } from "#db/client.ts";
import { jobs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import { type StartAnswer, StartRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { callAboutJob, jobOf, stale } from "./of-job.ts";

const begin = (orm: Orm) => {
  const startId = sql.placeholder("startId");
  const now = sql.placeholder("now");
  return orm
    .update(jobs)
    .set({
      state: "running",
      startId: sql`${startId}`,
      startedAt: sql`coalesce(${jobs.startedAt}, ${now})`,
    })
    .where(
      and(
        eq(jobs.id, sql.placeholder("job")),
        eq(jobs.agent, sql.placeholder("agent")),
        eq(jobs.epoch, sql.placeholder("epoch")),
        or(
          and(eq(jobs.state, "leased"), gt(jobs.leaseUntil, now)),
          and(eq(jobs.state, "running"), eq(jobs.startId, startId)),
        ),
      ),
    )
    .returning({ request: jobs.request });
};

/**
 * The start gate: only after this answer may the agent touch data. At most one start id passes for
 * an epoch; the same one may ask again.
 */
export async function startJob(
  deps: Deps,
  input: { readonly job: string; readonly body: unknown },
): Promise<z.infer<typeof StartAnswer>> {
  const { agent, payload } = await callAboutJob(deps, { ...input, verb: "start" }, StartRequest);
  const { startId, epoch } = payload;
  const ours = { agent: agent.id, job: input.job, epoch };
  const now = deps.now().toISOString();
  const { rows } = await deps.db.writeShared(begin, { ...ours, startId, now });
  const request = rows[0]?.["request"];
  if (typeof request === "string") {
    deps.log("job_started", { job: input.job, epoch });
    deps.progress.changed(request);
    return { startId };
  }
  const job = await jobOf(deps, ours);
  if (job.state === "cancelling") throw new AppError("JOB_CANCELLED", job.id);
  throw stale(job);
}
