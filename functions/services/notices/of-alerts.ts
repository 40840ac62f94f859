import { eq } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { agentTargets } from "#db/schema/agents.ts";
import type { AgentCatalog } from "../agents/register-catalog.ts";
import type { Deps } from "../deps.ts";
import { mailAdmins } from "./mail-admins.ts";
import { alertText } from "./texts.ts";

/**
 * Mails to the admins about alerts that a target did not have when its agent last told of it, at
 * once and at any hour: what they speak of cannot be made good the next morning.
 */
export async function alertStatements(
  deps: Pick<Deps, "db" | "now" | "newId" | "origin" | "mail">,
  agent: string,
  targets: AgentCatalog["targets"],
): Promise<Statement[]> {
  if (!deps.mail) return [];
  const known = await deps.db.orm
    .select({ alias: agentTargets.alias, care: agentTargets.care })
    .from(agentTargets)
    .where(eq(agentTargets.agent, agent));
  const before = new Map(known.map(({ alias, care }) => [alias, care?.alerts ?? []]));
  const risen = targets.flatMap(({ alias, care }) =>
    (care?.alerts ?? [])
      .filter((alert) => !before.get(alias)?.includes(alert))
      .map((alert) => ({ alias, alert })),
  );
  if (risen.length === 0) return [];
  const at = deps.now();
  return mailAdmins(
    deps,
    at,
    risen.map(({ alias, alert }) => ({
      ...alertText(alert, { alias, origin: deps.origin }),
      dedupe: `alert:${agent}:${alias}:${alert}:${at.toISOString()}`,
    })),
  );
}
