import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import { jobs } from "#db/schema/jobs.ts";
import { type AcceptAnswer, AcceptRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { callOfJob, stale } from "./of-job.ts";
import { refuseJob } from "./refuse.ts";

/**
 * The agent checked the bundle: it takes the job, hands it back as busy, or refuses it for good,
 * which is an event of the request. A refusal is never retried silently.
 */
export async function acceptJob(
  deps: Deps,
  input: { readonly job: string; readonly body: unknown },
): Promise<z.infer<typeof AcceptAnswer>> {
  const { agent, job, payload } = await callOfJob(
    deps,
    { ...input, verb: "accept" },
    AcceptRequest,
  );
  const { refuse } = payload;
  if (refuse && refuse.reason !== "busy") {
    if (job.state === "refused") return { leaseUntil: null };
    await refuseJob(deps, { agent, job }, refuse);
    return { leaseUntil: null };
  }
  const leaseUntil = new Date(deps.now().getTime() + deps.settings.leaseMs).toISOString();
  const [row] = await deps.db.orm
    .update(jobs)
    .set(refuse ? { state: "ready", leaseUntil: null } : { leaseUntil })
    .where(and(eq(jobs.id, job.id), eq(jobs.epoch, job.epoch), eq(jobs.state, "leased")))
    .returning({ id: jobs.id });
  if (!row) throw stale(job);
  return { leaseUntil: refuse ? null : leaseUntil };
}
