import { and, eq, inArray, max } from "drizzle-orm";
import { backups } from "#db/schema/agents.ts";
import { targetMeasures } from "#db/schema/assets.ts";
import type { Deps } from "../deps.ts";
import { reportedTargets } from "../jobs/reported-targets.ts";

export interface TargetFacts {
  /** Newest backup whose signed manifest verifies. */
  readonly lastBackup: string | null;
  /** Newest restore whose content was equal to its backup. */
  readonly lastRestore: string | null;
}

/** What is known of the targets of an agency, by alias: from manifests and signed results. */
export async function factsOfTargets(
  deps: Pick<Deps, "db">,
  agency: string,
): Promise<ReadonlyMap<string, TargetFacts>> {
  const reported = await reportedTargets(deps, agency);
  const agents = [...new Set([...reported.values()].map(({ agent }) => agent))];
  if (agents.length === 0) return new Map();
  const { orm } = deps.db;
  const made = await orm
    .select({ agent: backups.agent, alias: backups.alias, at: max(backups.finishedAt) })
    .from(backups)
    .where(inArray(backups.agent, agents))
    .groupBy(backups.agent, backups.alias);
  const restored = await orm
    .select({
      agent: targetMeasures.agent,
      alias: targetMeasures.alias,
      at: max(targetMeasures.finishedAt),
    })
    .from(targetMeasures)
    .where(
      and(
        inArray(targetMeasures.agent, agents),
        eq(targetMeasures.action, "restore"),
        eq(targetMeasures.verified, true),
      ),
    )
    .groupBy(targetMeasures.agent, targetMeasures.alias);
  const key = (agent: string, alias: string) => `${agent} ${alias}`;
  const backupAt = new Map(made.map((row) => [key(row.agent, row.alias), row.at]));
  const restoreAt = new Map(restored.map((row) => [key(row.agent, row.alias), row.at]));
  return new Map(
    [...reported.values()].map(({ agent, alias }) => [
      alias,
      {
        lastBackup: backupAt.get(key(agent, alias)) ?? null,
        lastRestore: restoreAt.get(key(agent, alias)) ?? null,
      },
    ]),
  );
}
