import { eq, max } from "drizzle-orm";
import { agents, agentTargets, backups, drills } from "#db/schema/agents.ts";
import type { Deps } from "../deps.ts";
import type { TargetCareView } from "./views.ts";

/** Every target of approved agents with what its operator's schedule came to; those in need first. */
export async function targetViews({ db }: Pick<Deps, "db">): Promise<TargetCareView[]> {
  const { orm } = db;
  const [targets, made, passed] = await Promise.all([
    orm
      .select({
        agent: agentTargets.agent,
        hostname: agents.hostname,
        alias: agentTargets.alias,
        engine: agentTargets.engine,
        vault: agentTargets.vault,
        vaultFreeBytes: agentTargets.vaultFreeBytes,
        care: agentTargets.care,
      })
      .from(agentTargets)
      .innerJoin(agents, eq(agents.id, agentTargets.agent))
      .where(eq(agents.status, "approved")),
    orm
      .select({ agent: backups.agent, alias: backups.alias, at: max(backups.finishedAt) })
      .from(backups)
      .groupBy(backups.agent, backups.alias),
    orm
      .select({ agent: drills.agent, alias: drills.alias, at: max(drills.finishedAt) })
      .from(drills)
      .where(eq(drills.ok, true))
      .groupBy(drills.agent, drills.alias),
  ]);
  const key = (row: { readonly agent: string; readonly alias: string }) =>
    `${row.agent} ${row.alias}`;
  const backupAt = new Map(made.map((row) => [key(row), row.at]));
  const drillAt = new Map(passed.map((row) => [key(row), row.at]));
  return targets
    .map((target) => ({
      ...target,
      lastBackupAt: backupAt.get(key(target)) ?? null,
      lastProofAt: target.care?.lastProofAt ?? drillAt.get(key(target)) ?? null,
    }))
    .sort(
      (one, other) =>
        (other.care?.alerts.length ?? 0) - (one.care?.alerts.length ?? 0) ||
        one.alias.localeCompare(other.alias, "id"),
    );
}
