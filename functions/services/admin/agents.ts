import { listAgents } from "../agents/list.ts";
import type { Deps } from "../deps.ts";
import type { AgentView } from "./views.ts";

/** Longer than a poll is held and the pause after a failed one. */
const SILENT_MS = 10 * 60_000;

/** Enrolled agents, newest first; heard of at the poll that is held just now at the latest. */
export async function agentViews(deps: Pick<Deps, "db" | "hub" | "now">): Promise<AgentView[]> {
  const agents = await listAgents(deps);
  return agents.reverse().map((agent) => {
    const lastSeenAt = deps.hub.lastSeen(agent.id)?.toISOString() ?? agent.lastSeenAt;
    const heard = lastSeenAt === null ? 0 : Date.parse(lastSeenAt);
    return {
      ...agent,
      status: agent.status as AgentView["status"],
      lastSeenAt,
      silent: agent.status === "approved" && deps.now().getTime() - heard > SILENT_MS,
    };
  });
}
