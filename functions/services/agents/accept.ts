import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import { jobs } from "#db/schema/jobs.ts";
import type { ErrorCode } from "#domain/errors.ts";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";
import { type AcceptAnswer, AcceptRequest, type RefusalReason } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { endJob } from "../jobs/end.ts";
import { callOfJob, stale } from "./of-job.ts";

/** How a refusal reads in the error table. */
const REFUSAL_CODES: Partial<Record<z.infer<typeof RefusalReason>, ErrorCode>> = {
  local_policy: "AGENT_POLICY",
  target_unknown: "WORKFLOW_TARGET",
  manifest_differs: "VAULT_MANIFEST",
  clock_skew: "AGENT_CLOCK",
};

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
    const { reason, detail } = refuse;
    const refusal = canonicalJson({
      agent: agent.id,
      job: job.id,
      epoch: job.epoch,
      reason,
      detail,
    });
    await endJob(deps, {
      job,
      from: ["leased"],
      to: "refused",
      outcome: "refused",
      result: refusal,
      resultDigest: await sha256Hex(refusal),
      error: REFUSAL_CODES[reason] ?? "AGENT_BUNDLE",
      also: [],
    });
    deps.log("job_refused", { job: job.id, reason });
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
