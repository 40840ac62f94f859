import type { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { AGENT_API, PROTOCOL_VERSION, type SessionAnswer, SessionRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { authenticateAgent } from "./authenticate.ts";

/** A new session of an approved agent; it takes the place of the former one at once. */
export async function openSession(
  deps: Deps,
  body: unknown,
): Promise<z.infer<typeof SessionAnswer>> {
  const { agent, payload } = await authenticateAgent(deps, {
    path: `${AGENT_API}/session`,
    body,
    schema: SessionRequest,
  });
  if (!payload.protocols.includes(PROTOCOL_VERSION)) {
    throw new AppError("AGENT_PROTOCOL", `agent speaks ${payload.protocols.join(", ")}`);
  }
  const sid = deps.newId();
  deps.hub.open(agent.id, sid);
  deps.hub.saw(agent.id, deps.now());
  return {
    sid,
    protocol: PROTOCOL_VERSION,
    holdMs: deps.settings.pollHoldMs,
    leaseMs: deps.settings.leaseMs,
    now: deps.now().toISOString(),
  };
}
