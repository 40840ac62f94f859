import type { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { AGENT_API, PROTOCOL_VERSION, type SessionAnswer, SessionRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { authenticateAgent } from "./authenticate.ts";
import { holdAgent } from "./hold.ts";

/** Longer than a live agent lets pass between two calls: its poll is held, then comes again. */
export function probationMs({ pollHoldMs }: Deps["settings"]): number {
  return pollHoldMs + 10_000;
}

/**
 * A new session of an approved agent; it takes the place of the former one at once. Where that was
 * another process that is alive all the same, all of them are kept from work.
 */
export async function openSession(
  deps: Deps,
  body: unknown,
): Promise<z.infer<typeof SessionAnswer>> {
  const { agent, header, payload } = await authenticateAgent(deps, {
    path: `${AGENT_API}/session`,
    body,
    schema: SessionRequest,
  });
  if (!payload.protocols.includes(PROTOCOL_VERSION)) {
    throw new AppError("AGENT_PROTOCOL", `agent speaks ${payload.protocols.join(", ")}`);
  }
  const at = deps.now();
  const heardAt = deps.hub.lastSeen(agent.id)?.getTime() ?? 0;
  const claim = deps.hub.boots.opened(agent.id, {
    bootId: payload.bootId,
    iat: header.iat,
    at,
    otherHeard: at.getTime() - heardAt < probationMs(deps.settings),
  });
  if (claim === "late") throw new AppError("AGENT_REPLAY", "of a process that is gone");
  if (claim === "returned") {
    await holdAgent(deps, agent);
    throw new AppError("AGENT_HELD", agent.id);
  }
  const sid = deps.newId();
  deps.hub.open(agent.id, sid);
  deps.hub.saw(agent.id, at);
  return {
    sid,
    protocol: PROTOCOL_VERSION,
    holdMs: deps.settings.pollHoldMs,
    leaseMs: deps.settings.leaseMs,
    now: at.toISOString(),
  };
}
