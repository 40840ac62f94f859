import type { z } from "zod";
import { AGENT_API, type EndAnswer, EndRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { authenticateInSession } from "./authenticate.ts";

/** The agent's process ends: the one that follows it is given work without waiting for its return. */
export async function endSession(deps: Deps, body: unknown): Promise<z.infer<typeof EndAnswer>> {
  const { agent } = await authenticateInSession(deps, {
    path: `${AGENT_API}/session/end`,
    body,
    schema: EndRequest,
  });
  deps.hub.boots.ended(agent.id);
  deps.hub.close(agent.id);
  return { ended: true };
}
