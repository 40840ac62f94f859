import { eq } from "drizzle-orm";
import { agents, agentTargets } from "#db/schema/agents.ts";
import type { Deps } from "../deps.ts";

export type ReportedTarget = typeof agentTargets.$inferSelect;

/**
 * What approved agents of the agency can work on, by alias. Where two agents report one alias, the
 * agent approved first has it.
 */
export async function reportedTargets(
  deps: Pick<Deps, "db">,
  agency: string,
): Promise<ReadonlyMap<string, ReportedTarget>> {
  const { orm } = deps.db;
  const approved = await orm
    .select({ id: agents.id, agencies: agents.agencies })
    .from(agents)
    .where(eq(agents.status, "approved"))
    .orderBy(agents.approvedAt, agents.id);
  const owners = new Map<string, ReportedTarget>();
  for (const agent of approved) {
    if (!agent.agencies.includes(agency)) continue;
    const rows = await orm
      .select()
      .from(agentTargets)
      .where(eq(agentTargets.agent, agent.id))
      .orderBy(agentTargets.alias);
    for (const row of rows) if (!owners.has(row.alias)) owners.set(row.alias, row);
  }
  return owners;
}
