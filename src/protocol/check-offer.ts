/**
 * What the agent asks of an offer before it touches anything. Needs no network and no trust in the
 * portal beyond the events themselves; the same code may run in a browser.
 */
import type { z } from "zod";
import type { ErrorCode } from "#domain/errors.ts";
import { type Sop, SopSchema } from "#domain/sop/schema.ts";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";
import { openChain, type SealedEvent } from "#domain/trust/event-chain.ts";
import { replayApprovals } from "#domain/trust/replay-approvals.ts";
import { isDestructive, isFollowUp } from "#domain/workflow/agent-work.ts";
import type { JobAction, PreviewInState, RequestState } from "#domain/workflow/types.ts";
import { CLOCK_SKEW_MAX_S, JobSpec, type Offer, type RefusalReason, type Ticket } from "./v1.ts";

export interface OfferContext {
  readonly agentId: string;
  /** Of the very poll that brought the offer. */
  readonly nonce: string;
  /** Payload of the offer's ticket, its signature already proven; null where it was not. */
  readonly ticket: z.infer<typeof Ticket> | null;
  readonly now: Date;
  /** Newest epoch this agent has seen of the job; 0 for none. */
  readonly lastEpoch: number;
  /** Jobs this agent has ever started. */
  readonly startedJobs: { has(job: string): boolean };
  readonly knowsTarget: (alias: string) => boolean;
  /** The agent's own allow-list. */
  readonly policy: (alias: string, action: JobAction) => boolean;
  /** SHA-256 of the payload of the verified manifest of this backup of this target; null for none. */
  readonly knownManifest: (backupId: string, alias: string) => string | null;
}

export type OfferVerdict =
  | {
      readonly ok: true;
      readonly spec: z.infer<typeof JobSpec>;
      readonly sop: Sop;
      readonly state: RequestState;
    }
  | { readonly ok: false; readonly reason: RefusalReason; readonly detail: string };

type Refusal = Extract<OfferVerdict, { ok: false }>;

/** Somebody took a part that must be another person's. */
const SAME_PERSON: ReadonlySet<ErrorCode> = new Set([
  "WORKFLOW_SAME_PERSON",
  "WORKFLOW_OTHER_PERSON",
]);

/** Never throws on any offer: what cannot be read is refused. */
export async function checkOffer(offer: Offer, context: OfferContext): Promise<OfferVerdict> {
  const ticketFault = faultOfTicket(offer, context);
  if (ticketFault) return ticketFault;

  if ((await sha256Hex(offer.spec)) !== offer.digest) return no("digest_differs", "job spec");
  const spec = parsed(JobSpec, offer.spec);
  if (!spec) return no("malformed", "job spec");
  const specFault = faultOfSpec(offer, spec, context);
  if (specFault) return specFault;

  const sopDigest = await sha256Hex(offer.sop);
  if (sopDigest !== spec.sop.digest) return no("digest_differs", "SOP");
  const sop = parsed(SopSchema, offer.sop);
  if (!sop || sop.slug !== spec.sop.slug) return no("malformed", "SOP");

  const chain = await openChain(spec.request, offer.events).catch(() => null);
  if (!chain) return no("chain_broken", "events");
  const approval = approvalOf(spec, sop, sopDigest, offer.digest, chain);
  if (!approval.ok) return approval;

  return faultOfPolicy(spec, context) ?? { ok: true, spec, sop, state: approval.state };
}

function faultOfTicket(offer: Offer, context: OfferContext): Refusal | null {
  const { ticket } = context;
  if (!ticket) return no("bad_signature", "ticket");
  if (ticket.aud !== context.agentId) return no("not_for_me", "ticket");
  if (ticket.nonce !== context.nonce) return no("wrong_nonce", "ticket");
  const covers =
    ticket.job === offer.job && ticket.digest === offer.digest && ticket.epoch === offer.epoch;
  if (!covers) return no("bad_signature", "the ticket is for another offer");
  if (ticket.exp * 1000 <= context.now.getTime()) return no("ticket_expired", "ticket");
  if (context.startedJobs.has(offer.job)) return no("already_started", "job");
  if (offer.epoch <= context.lastEpoch) return no("ticket_expired", "an older epoch than seen");
  return null;
}

function faultOfSpec(
  offer: Offer,
  spec: z.infer<typeof JobSpec>,
  context: OfferContext,
): Refusal | null {
  if (spec.agent !== context.agentId) return no("not_for_me", "job spec");
  if (spec.job !== offer.job) return no("malformed", "the job spec is of another job");
  const now = context.now.getTime();
  if (Date.parse(spec.createdAt) > now + CLOCK_SKEW_MAX_S * 1000)
    return no("clock_skew", "made in the future");
  if (Date.parse(spec.notAfter) <= now) return no("outside_window", "notAfter has passed");
  if (spec.destructive !== isDestructive(spec.action))
    return no("malformed", `destructive: ${spec.destructive}`);
  if (isFollowUp(spec.action) !== (spec.restored !== null))
    return no("malformed", "the restore it speaks of");
  const aliases = new Set(spec.choices.map((choice) => choice.alias));
  if (aliases.size !== spec.choices.length) return no("malformed", "a target is named twice");
  return null;
}

function approvalOf(
  spec: z.infer<typeof JobSpec>,
  sop: Sop,
  sopDigest: string,
  digest: string,
  chain: readonly SealedEvent[],
): { readonly ok: true; readonly state: RequestState } | Refusal {
  const events = chain.map((sealed) => sealed.stored.event);
  const submitted = events[0];
  const pinned =
    submitted?.type === "submitted" &&
    submitted.sop.digest === sopDigest &&
    submitted.sop.slug === spec.sop.slug;
  if (!pinned) return no("digest_differs", "the request follows another SOP");
  const replayed = replayApprovals(sop, events);
  if (!replayed.ok) {
    const reason = SAME_PERSON.has(replayed.code) ? "same_person" : "not_approved";
    return no(reason, `${replayed.code} at version ${replayed.at + 1}`);
  }
  const { state } = replayed;
  const sent = sentTo(state, spec);
  if (sent?.phase !== "started") return no("not_approved", "nobody has sent the agent to this job");
  if (sent.digest !== digest) return no("digest_differs", "another job spec was approved");
  if (canonicalJson(sent.choices) !== canonicalJson(spec.choices)) {
    return no("not_approved", "other targets were approved");
  }
  return { ok: true, state };
}

/** What people sent the agent to, where that is this very job, act and action. */
function sentTo(
  state: RequestState,
  { job, act, action, restored }: z.infer<typeof JobSpec>,
): (Pick<PreviewInState, "digest" | "choices"> & { readonly phase: string }) | null {
  switch (action) {
    case "preview": {
      const { preview } = state;
      const open = state.status === "active" && preview?.act === act;
      return open && preview.job === job ? preview : null;
    }
    case "rollback":
    case "drop": {
      const restore = state.restores.find((one) => one.job === restored && one.act === act);
      const followUp = restore?.followUp;
      const asked = followUp?.job === job && followUp.action === action;
      return asked ? { ...followUp, choices: restore?.choices ?? [] } : null;
    }
    default: {
      const found = state.act === act ? state.jobs[act] : undefined;
      const own = found?.job === job && found.action === action;
      return own ? { ...found, choices: state.choices } : null;
    }
  }
}

function faultOfPolicy(spec: z.infer<typeof JobSpec>, context: OfferContext): Refusal | null {
  for (const { alias, backup } of spec.choices) {
    if (!context.knowsTarget(alias)) return no("target_unknown", alias);
    if (!context.policy(alias, spec.action)) return no("local_policy", `${alias}: ${spec.action}`);
    if ((spec.action === "backup") !== (backup === null))
      return no("malformed", "choice of backup");
    if (backup === null) continue;
    const pinned = spec.manifests[backup];
    if (pinned === undefined) return no("malformed", "the manifest is not pinned");
    // A follow-up reads no backup: the kept copy may outlive the one it was restored from.
    if (isFollowUp(spec.action)) continue;
    if (context.knownManifest(backup, alias) !== pinned) return no("manifest_differs", backup);
  }
  return null;
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function no(reason: RefusalReason, detail: string): Refusal {
  return { ok: false, reason, detail: detail.slice(0, 500) };
}
