import { and, eq, isNotNull } from "drizzle-orm";
import { assets } from "#db/schema/assets.ts";
import type { Deps } from "../deps.ts";

export type AssetRow = typeof assets.$inferSelect;

/** Active assets of an agency that a target of an agent stands for, by the target's alias. */
export async function connectedAssets(
  deps: Pick<Deps, "db">,
  agency: string,
): Promise<ReadonlyMap<string, AssetRow>> {
  const rows = await deps.db.orm
    .select()
    .from(assets)
    .where(and(eq(assets.agency, agency), eq(assets.status, "aktif"), isNotNull(assets.alias)));
  return new Map(rows.flatMap((row) => (row.alias === null ? [] : [[row.alias, row]])));
}
