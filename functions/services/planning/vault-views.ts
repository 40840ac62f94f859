import { and, desc, eq } from "drizzle-orm";
import { vaultDays } from "#db/schema/assets.ts";
import { vaultGrowth } from "#domain/planning/vault-growth.ts";
import type { Deps } from "../deps.ts";
import { reportedTargets } from "../jobs/reported-targets.ts";
import type { VaultView } from "./views.ts";

/** Growth is told from so many newest days. */
const DAYS_MAX = 60;

/** Vaults of the agency's targets with their free space and when it will be used up. */
export async function vaultViews(deps: Pick<Deps, "db">, agency: string): Promise<VaultView[]> {
  const reported = [...(await reportedTargets(deps, agency)).values()];
  const vaults = new Map(reported.map((row) => [`${row.agent} ${row.vault}`, row]));
  return Promise.all(
    [...vaults.values()].map(async (row) => {
      const days = await deps.db.orm
        .select({ day: vaultDays.day, freeBytes: vaultDays.freeBytes })
        .from(vaultDays)
        .where(and(eq(vaultDays.agent, row.agent), eq(vaultDays.vault, row.vault)))
        .orderBy(desc(vaultDays.day))
        .limit(DAYS_MAX);
      return {
        vault: row.vault,
        kind: row.vaultKind,
        freeBytes: row.vaultFreeBytes,
        reportedAt: row.reportedAt,
        growth: vaultGrowth(days),
      };
    }),
  );
}
