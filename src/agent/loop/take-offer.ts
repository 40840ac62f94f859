import { isAppError } from "#domain/errors.ts";
import { checkOffer, type OfferVerdict } from "#protocol/check-offer.ts";
import { openTicket } from "#protocol/jws.ts";
import type { JobSpec, Offer, RefusalReason } from "#protocol/v1.ts";
import { permissionFor } from "../config/target.ts";
import { type AgentContext, targetOf } from "../context.ts";
import type { JobLog } from "../journal/job-log.ts";
import type { Journal } from "../journal/journal.ts";
import type { Catalog } from "./catalog.ts";
import type { Client } from "./client.ts";
import { describe } from "./describe.ts";

export interface Taker {
  readonly ctx: AgentContext;
  readonly client: Client;
  readonly journal: Journal;
  readonly catalog: Catalog;
  /** The portal's key, pinned at enrolment. */
  readonly serverKey: CryptoKey;
}

export type Taken = { readonly log: JobLog; readonly spec: JobSpec };

/**
 * Checks an offer and, if it holds, accepts it and writes the intent. Null where it was refused or
 * is no longer ours; then nothing was done and the portal knows why.
 */
export async function takeOffer(
  taker: Taker,
  offer: Offer,
  nonce: string,
  signal: AbortSignal,
): Promise<Taken | null> {
  const { ctx, client, journal } = taker;
  const { job, epoch, digest } = offer;
  const verdict = await judge(taker, offer, nonce);
  if (!verdict.ok) {
    await refuseOffer(taker, offer, verdict.reason, verdict.detail, signal);
    return null;
  }
  try {
    await client.accept(job, { epoch, refuse: null }, untilLapsed(ctx, offer, signal));
  } catch (error) {
    signal.throwIfAborted();
    ctx.log("offer is no longer ours", { job, epoch, ...describe(error) });
    return null;
  }
  const at = ctx.now().toISOString();
  const { spec } = verdict;
  const startId = ctx.newId();
  const log = await journal.begin({ type: "intent", at, job, epoch, digest, startId, spec });
  return { log, spec };
}

export async function refuseOffer(
  { ctx, client }: Pick<Taker, "ctx" | "client">,
  offer: Offer,
  reason: RefusalReason,
  detail: string,
  signal: AbortSignal,
): Promise<void> {
  const { job, epoch } = offer;
  ctx.log("offer refused", { job, epoch, reason, detail });
  try {
    const refuse = { reason, detail };
    await client.accept(job, { epoch, refuse }, untilLapsed(ctx, offer, signal));
  } catch (error) {
    signal.throwIfAborted();
    ctx.log("refusal not delivered", { job, epoch, ...describe(error) });
  }
}

async function judge(taker: Taker, offer: Offer, nonce: string): Promise<OfferVerdict> {
  const { ctx, journal } = taker;
  const now = ctx.now();
  const ticket = await openTicket(offer.ticket, taker.serverKey).catch((error: unknown) => {
    if (isAppError(error)) return null;
    throw error;
  });
  const knownManifest = namesBackups(offer) ? await taker.catalog.lookUpManifests() : () => null;
  return checkOffer(offer, {
    agentId: ctx.key.id,
    nonce,
    ticket,
    now,
    lastEpoch: journal.lastEpoch(offer.job),
    startedJobs: journal.startedJobs,
    knowsTarget: (alias) => targetOf(ctx.config, alias) !== null,
    policy: (alias, action) =>
      targetOf(ctx.config, alias)?.izin.includes(permissionFor(action)) ?? false,
    knownManifest,
  });
}

/** A glance before the check, only to spare a backup the walk through all vaults. */
function namesBackups(offer: Offer): boolean {
  return !offer.spec.includes('"action":"backup"');
}

/** After the lease nobody waits for this answer any more. */
function untilLapsed(ctx: AgentContext, offer: Offer, signal: AbortSignal): AbortSignal {
  const left = Date.parse(offer.leaseUntil) - ctx.now().getTime();
  return AbortSignal.any([signal, AbortSignal.timeout(Math.min(120_000, Math.max(1_000, left)))]);
}
