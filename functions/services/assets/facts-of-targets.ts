import { and, eq, inArray, max } from "drizzle-orm";
import { backups, drills } from "#db/schema/agents.ts";
import { targetMeasures } from "#db/schema/assets.ts";
import type { Alert } from "#domain/job/care.ts";
import type { Deps } from "../deps.ts";
import { reportedTargets } from "../jobs/reported-targets.ts";

export interface TargetFacts {
  /** Newest backup whose signed manifest verifies. */
  readonly lastBackup: string | null;
  /** Newest restore or drill whose content was equal to its backup. */
  readonly lastRestore: string | null;
  /** What its agent asks people to look at. */
  readonly alerts: readonly Alert[];
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
  const drilled = await orm
    .select({ agent: drills.agent, alias: drills.alias, at: max(drills.finishedAt) })
    .from(drills)
    .where(and(inArray(drills.agent, agents), eq(drills.ok, true)))
    .groupBy(drills.agent, drills.alias);
  const key = (agent: string, alias: string) => `${agent} ${alias}`;
  const backupAt = new Map(made.map((row) => [key(row.agent, row.alias), row.at]));
  const provedAt = new Map<string, string | null>();
  for (const { agent, alias, at } of [...restored, ...drilled]) {
    const known = provedAt.get(key(agent, alias)) ?? "";
    if ((at ?? "") > known) provedAt.set(key(agent, alias), at);
  }
  return new Map(
    [...reported.values()].map(({ agent, alias, care }) => [
      alias,
      {
        lastBackup: backupAt.get(key(agent, alias)) ?? null,
        lastRestore: provedAt.get(key(agent, alias)) ?? null,
        alerts: care?.alerts ?? [],
      },
    ]),
  );
}
