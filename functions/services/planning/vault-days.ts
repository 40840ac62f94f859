import type { Statement } from "#db/client.ts";
import { vaultDays } from "#db/schema/assets.ts";
import type { AgentCatalog } from "../agents/register-catalog.ts";
import type { Deps } from "../deps.ts";

/** Free space of each vault the agent told of, the last word of a day counts. */
export function vaultDayStatements(
  deps: Pick<Deps, "db" | "now">,
  { agent, catalog }: { readonly agent: string; readonly catalog: AgentCatalog },
): Statement[] {
  const day = deps.now().toISOString().slice(0, 10);
  const free = new Map(
    catalog.targets.flatMap(({ vault }) =>
      vault.freeBytes === null ? [] : [[vault.alias, vault.freeBytes]],
    ),
  );
  return [...free].map(([vault, freeBytes]) =>
    deps.db.orm
      .insert(vaultDays)
      .values({ agent, vault, day, freeBytes })
      .onConflictDoUpdate({
        target: [vaultDays.agent, vaultDays.vault, vaultDays.day],
        set: { freeBytes },
      }),
  );
}
