import { and, asc, eq, sql } from "drizzle-orm";
import type { z } from "zod";
import type { Orm } from "#db/client.ts";
import { jobSpecs, jobs } from "#db/schema/jobs.ts";
import { requestEvents } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import { signTicket } from "#protocol/jws.ts";
import { CLOCK_SKEW_MAX_S, type Offer } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { sopOfDigest } from "../requests/load.ts";

/** Looked for by a read: an empty poll takes no write lock. */
const oldestReady = (orm: Orm) =>
  orm
    .select({
      id: jobs.id,
      epoch: jobs.epoch,
      request: jobs.request,
      spec: jobSpecs.spec,
      digest: jobSpecs.digest,
    })
    .from(jobs)
    .leftJoin(jobSpecs, eq(jobSpecs.job, jobs.id))
    .where(and(eq(jobs.agent, sql.placeholder("agent")), eq(jobs.state, "ready")))
    .orderBy(asc(jobs.createdAt), asc(jobs.id))
    .limit(1)
    .prepare();

const lease = (orm: Orm) => {
  const epoch = sql.placeholder("epoch");
  return orm
    .update(jobs)
    .set({
      state: "leased",
      epoch: sql`${epoch} + 1`,
      leaseUntil: sql`${sql.placeholder("leaseUntil")}`,
    })
    .where(and(eq(jobs.id, sql.placeholder("id")), eq(jobs.state, "ready"), eq(jobs.epoch, epoch)));
};

const eventsOf = (orm: Orm) =>
  orm
    .select({ bytes: requestEvents.bytes, hash: requestEvents.hash })
    .from(requestEvents)
    .where(eq(requestEvents.stream, sql.placeholder("request")))
    .orderBy(asc(requestEvents.version))
    .prepare();

/**
 * Leases the oldest ready job of the agent under a new epoch and makes the bundle by which the agent
 * checks everything itself; null where none is ready. The lease is a compare-and-set, so that two
 * polls cannot get the same one, and on disk before the offer is made.
 */
export async function claimNext(
  deps: Deps,
  input: { readonly agent: string; readonly nonce: string },
): Promise<z.infer<typeof Offer> | null> {
  const { db } = deps;
  const now = deps.now();
  // A clock that may be off by the allowed skew must still find its own lease's ticket valid.
  const ticketS = Math.ceil(deps.settings.leaseMs / 1000) + CLOCK_SKEW_MAX_S;
  const leaseUntil = new Date(now.getTime() + deps.settings.leaseMs).toISOString();
  const [job] = await db.kept(oldestReady).execute({ agent: input.agent });
  if (!job) return null;
  const { rowsAffected } = await db.writeShared(lease, { ...job, leaseUntil });
  if (rowsAffected === 0) return claimNext(deps, input);
  const epoch = job.epoch + 1;
  const { spec, digest } = job;
  if (spec === null || digest === null) throw new AppError("INTERNAL", `job ${job.id} has no spec`);
  const events = await db.kept(eventsOf).execute({ request: job.request });
  const submitted = JSON.parse(events[0]?.bytes ?? "null") as {
    event: { sop: { digest: string } };
  };
  const { bytes } = await sopOfDigest(deps, submitted.event.sop.digest);
  const ticket = await signTicket(deps.serverKey.privateKey, {
    aud: input.agent,
    job: job.id,
    digest,
    epoch,
    nonce: input.nonce,
    exp: Math.floor(now.getTime() / 1000) + ticketS,
  });
  deps.log("job_leased", { job: job.id, epoch, agent: input.agent });
  return { job: job.id, epoch, leaseUntil, spec, digest, ticket, sop: bytes, events };
}
