import { and, desc, eq, inArray } from "drizzle-orm";
import { agents, agentTargets, backups } from "#db/schema/agents.ts";
import { bytesText, instantText } from "#domain/indonesian.ts";
import type { FieldOption } from "#domain/workflow/form.ts";
import type { Choice, JobAction } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { zoneOf } from "../requests/load.ts";
import { ageText, ENGINE_LABELS } from "../words.ts";

/** What may be chosen for an action, with all that a JobSpec needs of it. */
export interface OfferedTarget extends FieldOption {
  readonly agent: string;
  readonly choice: Choice;
  /** SHA-256 of the backup's manifest; null for a backup yet to be made. */
  readonly manifest: string | null;
}

/**
 * Targets that approved agents of the agency reported and allow for the action. Backups of a target
 * come newest first. Where two agents report one alias, the agent approved first has it.
 */
export async function offeredTargets(
  deps: Pick<Deps, "db" | "catalog" | "now">,
  input: { readonly agency: string; readonly action: JobAction },
): Promise<OfferedTarget[]> {
  const { orm } = deps.db;
  const approved = await orm
    .select({ id: agents.id, agencies: agents.agencies })
    .from(agents)
    .where(eq(agents.status, "approved"))
    .orderBy(agents.approvedAt, agents.id);
  const owners = new Map<string, typeof agentTargets.$inferSelect>();
  for (const agent of approved) {
    if (!agent.agencies.includes(input.agency)) continue;
    const rows = await orm
      .select()
      .from(agentTargets)
      .where(eq(agentTargets.agent, agent.id))
      .orderBy(agentTargets.alias);
    for (const row of rows) if (!owners.has(row.alias)) owners.set(row.alias, row);
  }
  const targets = [...owners.values()].filter((row) => row.actions.includes(input.action));
  if (input.action === "backup") {
    return targets.map((row) => ({
      value: row.alias,
      label: [
        `${row.alias} (${ENGINE_LABELS[row.engine] ?? row.engine})`,
        `perkiraan ukuran ${bytesText(row.estimatedBytes)}`,
        vaultText(row),
      ].join(", "),
      agent: row.agent,
      choice: { alias: row.alias, backup: null },
      manifest: null,
    }));
  }
  if (targets.length === 0) return [];
  const kept = await orm
    .select()
    .from(backups)
    .where(
      and(
        inArray(backups.agent, [...new Set(targets.map((row) => row.agent))]),
        inArray(
          backups.alias,
          targets.map((row) => row.alias),
        ),
      ),
    )
    .orderBy(desc(backups.finishedAt), backups.id);
  const zone = zoneOf(deps, input.agency);
  return targets.flatMap((row) =>
    kept
      .filter((backup) => backup.agent === row.agent && backup.alias === row.alias)
      .map((backup) => ({
        value: `${row.alias}@${backup.id}`,
        label: [
          `${row.alias} (${ENGINE_LABELS[row.engine] ?? row.engine})`,
          `${backup.purpose === "safety" ? "cadangan pengaman" : "cadangan"} ${instantText(backup.finishedAt, zone)}`,
          bytesText(backup.bytes),
          ageText(new Date(backup.finishedAt), deps.now()),
          vaultText(row),
        ].join(", "),
        agent: row.agent,
        choice: { alias: row.alias, backup: backup.id },
        manifest: backup.manifest,
      })),
  );
}

function vaultText(row: typeof agentTargets.$inferSelect): string {
  const free = row.vaultFreeBytes === null ? "tidak diketahui" : bytesText(row.vaultFreeBytes);
  return `tempat cadangan ${row.vault} (${row.vaultKind}), ruang kosong ${free}`;
}
