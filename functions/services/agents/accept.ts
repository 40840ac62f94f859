import { and, eq, sql } from "drizzle-orm";
import type { z } from "zod";
import type { Orm } from "#db/client.ts";
import { jobs } from "#db/schema/jobs.ts";
import { type AcceptAnswer, AcceptRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { callAboutJob, jobOf, stale } from "./of-job.ts";
import { refuseJob } from "./refuse.ts";

/** Keeps the lease until then, or gives it back, while it is this agent's. */
const settleLease = (orm: Orm) =>
  orm
    .update(jobs)
    .set({
      state: sql`${sql.placeholder("state")}`,
      leaseUntil: sql`${sql.placeholder("leaseUntil")}`,
    })
    .where(
      and(
        eq(jobs.id, sql.placeholder("job")),
        eq(jobs.agent, sql.placeholder("agent")),
        eq(jobs.epoch, sql.placeholder("epoch")),
        eq(jobs.state, "leased"),
      ),
    );

/**
 * The agent checked the bundle: it takes the job, hands it back as busy, or refuses it for good,
 * which is an event of the request. A refusal is never retried silently.
 */
export async function acceptJob(
  deps: Deps,
  input: { readonly job: string; readonly body: unknown },
): Promise<z.infer<typeof AcceptAnswer>> {
  const call = await callAboutJob(deps, { ...input, verb: "accept" }, AcceptRequest);
  const { epoch, refuse } = call.payload;
  const ours = { agent: call.agent.id, job: input.job, epoch };
  if (refuse && refuse.reason !== "busy") {
    const job = await jobOf(deps, ours);
    if (job.state !== "refused") await refuseJob(deps, { agent: call.agent, job }, refuse);
    return { leaseUntil: null };
  }
  const leaseUntil = refuse
    ? null
    : new Date(deps.now().getTime() + deps.settings.leaseMs).toISOString();
  const state = refuse ? "ready" : "leased";
  const { rowsAffected } = await deps.db.writeShared(settleLease, { ...ours, state, leaseUntil });
  if (rowsAffected === 0) throw stale(await jobOf(deps, ours));
  return { leaseUntil };
}
