import { sql } from "drizzle-orm";
import { agents } from "#db/schema/agents.ts";
import type { Deps } from "../deps.ts";

export interface AgentListItem {
  readonly id: string;
  readonly status: string;
  readonly fingerprint: string;
  readonly hostname: string;
  readonly version: string;
  readonly agencies: readonly string[];
  readonly targets: number;
  readonly enrolledAt: string;
  readonly lastSeenAt: string | null;
}

export async function listAgents(deps: Pick<Deps, "db">): Promise<AgentListItem[]> {
  return deps.db.orm
    .select({
      id: agents.id,
      status: agents.status,
      fingerprint: agents.fingerprint,
      hostname: agents.hostname,
      version: agents.version,
      agencies: agents.agencies,
      targets: sql<number>`(SELECT count(*) FROM agent_targets WHERE agent_targets.agent = agents.id)`,
      enrolledAt: agents.enrolledAt,
      lastSeenAt: agents.lastSeenAt,
    })
    .from(agents)
    .orderBy(agents.enrolledAt);
}
