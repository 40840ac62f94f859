import { eq } from "drizzle-orm";
import type { z } from "zod";
import type { Statement } from "#db/client.ts";
import { agentTargets, backups } from "#db/schema/agents.ts";
import type { BackupSummary, PollRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { drillStatements } from "../drills/record.ts";
import { alertStatements } from "../notices/of-alerts.ts";
import { vaultDayStatements } from "../planning/vault-days.ts";
import type { AgentRow } from "./authenticate.ts";

export type AgentCatalog = NonNullable<z.infer<typeof PollRequest>["catalog"]>;

/** Replaces what the agent told before: only what it lists now can be chosen. */
export async function registerCatalog(
  deps: Pick<Deps, "db" | "now" | "newId" | "origin" | "mail">,
  sender: AgentRow,
  catalog: AgentCatalog,
): Promise<void> {
  const agent = sender.id;
  const { orm } = deps.db;
  const reportedAt = deps.now().toISOString();
  await deps.db.write([
    orm.delete(agentTargets).where(eq(agentTargets.agent, agent)),
    orm.delete(backups).where(eq(backups.agent, agent)),
    ...catalog.targets.map(({ alias, engine, actions, vault, estimatedBytes, care }) =>
      orm
        .insert(agentTargets)
        .values({
          agent,
          alias,
          engine,
          actions,
          vault: vault.alias,
          vaultKind: vault.kind,
          vaultFreeBytes: vault.freeBytes,
          estimatedBytes,
          care,
          reportedAt,
        })
        .onConflictDoNothing(),
    ),
    ...catalog.backups.map((backup) => backupStatement(deps, agent, backup)),
    ...vaultDayStatements(deps, { agent, catalog }),
    ...(await drillStatements(deps, sender, catalog.drills)),
    ...(await alertStatements(deps, agent, catalog.targets)),
  ]);
}

/** The row of one backup; a repeated report of the same one changes nothing. */
export function backupStatement(
  deps: Pick<Deps, "db">,
  agent: string,
  backup: z.infer<typeof BackupSummary>,
): Statement {
  return deps.db.orm
    .insert(backups)
    .values({ agent, ...backup })
    .onConflictDoNothing();
}
