/** What the agent says of offers, judged as it does before it touches anything. */
import { canonicalJson, type Json, sha256Hex } from "#domain/trust/canonical.ts";
import type { WorkflowEvent } from "#domain/workflow/types.ts";
import { checkOffer, type OfferContext, type OfferVerdict } from "#protocol/check-offer.ts";
import { openTicket } from "#protocol/jws.ts";
import type { Offer } from "#protocol/v1.ts";
import { type OfferParts, offerOf, type Wish } from "../agent/approved-offer.ts";

export const now = new Date("2026-08-03T03:00:00.000Z");
export const nonce = "nonce-of-this-very-poll";
export const manifest = "d".repeat(64);
export const restoreWish: Wish = { action: "restore", manifests: { b1: manifest } };
export const outside = (["preview", "rollback", "drop"] as const).map(
  (action): Wish => ({ ...restoreWish, action }),
);
export const server = (await crypto.subtle.generateKey("Ed25519", true, [
  "sign",
  "verify",
])) as CryptoKeyPair;

export async function verdict(
  offer: Offer,
  changes: Partial<OfferContext> = {},
): Promise<OfferVerdict> {
  return checkOffer(offer, {
    agentId: "agent-1",
    nonce,
    ticket: await openTicket(offer.ticket, server.publicKey).catch(() => null),
    now,
    lastEpoch: 0,
    startedJobs: new Set<string>(),
    knowsTarget: (alias) => ["db", "berkas"].includes(alias),
    policy: (alias) => alias === "db",
    knownManifest: (id, alias) => (id === "b1" && alias === "db" ? manifest : null),
    ...changes,
  });
}
export const offered = async (parts: OfferParts): Promise<Offer> =>
  offerOf(parts, { serverKey: server.privateKey, nonce, now });
export const reason = async (
  parts: OfferParts,
  changes: Partial<OfferContext> = {},
): Promise<string> => {
  const answer = await verdict(await offered(parts), changes);
  return answer.ok ? "ok" : answer.reason;
};
export const withEvents = (
  parts: OfferParts,
  change: (events: WorkflowEvent[]) => WorkflowEvent[],
): OfferParts => ({
  ...parts,
  events: change(structuredClone(parts.events) as WorkflowEvent[]),
});
/** Another spec, with all that was decided about the old one kept. */
export async function withSpec(
  parts: OfferParts,
  change: object,
  approve: boolean,
): Promise<OfferParts> {
  const spec = { ...parts.spec, ...change };
  const specText = canonicalJson(spec as unknown as Json);
  const digest = await sha256Hex(specText);
  const events = parts.events.map((event) =>
    approve && "digest" in event && event.job === parts.spec.job ? { ...event, digest } : event,
  );
  return { ...parts, spec, specText, digest, events };
}
