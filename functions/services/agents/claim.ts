import { and, asc, eq, sql } from "drizzle-orm";
import type { z } from "zod";
import { jobSpecs, jobs } from "#db/schema/jobs.ts";
import { requestEvents } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import { signTicket } from "#protocol/jws.ts";
import { CLOCK_SKEW_MAX_S, type Offer } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { sopOfDigest } from "../requests/load.ts";

/**
 * Leases the oldest ready job of the agent under a new epoch and makes the bundle by which the agent
 * checks everything itself; null where none is ready. The lease is a compare-and-set, so that two
 * polls cannot get the same one.
 */
export async function claimNext(
  deps: Deps,
  input: { readonly agent: string; readonly nonce: string },
): Promise<z.infer<typeof Offer> | null> {
  const { orm } = deps.db;
  const now = deps.now();
  // A clock that may be off by the allowed skew must still find its own lease's ticket valid.
  const ticketS = Math.ceil(deps.settings.leaseMs / 1000) + CLOCK_SKEW_MAX_S;
  const leaseUntil = new Date(now.getTime() + deps.settings.leaseMs).toISOString();
  // Looked for by a read: an empty poll takes no write lock.
  const [waiting] = await orm
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.agent, input.agent), eq(jobs.state, "ready")))
    .orderBy(asc(jobs.createdAt), asc(jobs.id))
    .limit(1);
  if (!waiting) return null;
  const [job] = await orm
    .update(jobs)
    .set({ state: "leased", epoch: sql`${jobs.epoch} + 1`, leaseUntil })
    .where(and(eq(jobs.id, waiting.id), eq(jobs.state, "ready")))
    .returning();
  if (!job) return claimNext(deps, input);
  const [spec] = await orm.select().from(jobSpecs).where(eq(jobSpecs.job, job.id));
  if (!spec) throw new AppError("INTERNAL", `job ${job.id} has no spec`);
  const events = await orm
    .select({ bytes: requestEvents.bytes, hash: requestEvents.hash })
    .from(requestEvents)
    .where(eq(requestEvents.stream, job.request))
    .orderBy(asc(requestEvents.version));
  const submitted = JSON.parse(events[0]?.bytes ?? "null") as {
    event: { sop: { digest: string } };
  };
  const { bytes } = await sopOfDigest(deps, submitted.event.sop.digest);
  const ticket = await signTicket(deps.serverKey.privateKey, {
    aud: input.agent,
    job: job.id,
    digest: spec.digest,
    epoch: job.epoch,
    nonce: input.nonce,
    exp: Math.floor(now.getTime() / 1000) + ticketS,
  });
  deps.log("job_leased", { job: job.id, epoch: job.epoch, agent: input.agent });
  return {
    job: job.id,
    epoch: job.epoch,
    leaseUntil,
    spec: spec.spec,
    digest: spec.digest,
    ticket,
    sop: bytes,
    events,
  };
}
