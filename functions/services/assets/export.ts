import { asc, eq } from "drizzle-orm";
import { assets } from "#db/schema/assets.ts";
import { ASSET_COLUMNS } from "#domain/assets/asset.ts";
import type { Deps } from "../deps.ts";
import { writeCsv } from "./read-csv.ts";

/** The register of an agency as the file that `importAssets` reads. */
export async function exportAssets(deps: Pick<Deps, "db">, agency: string): Promise<string> {
  const rows = await deps.db.orm
    .select()
    .from(assets)
    .where(eq(assets.agency, agency))
    .orderBy(asc(assets.owner), asc(assets.name), asc(assets.code));
  return writeCsv(
    rows.map((row) => ({
      kode: row.code,
      status: row.status,
      ...Object.fromEntries(
        Object.entries(ASSET_COLUMNS).map(([column, fact]) => [column, row[fact] ?? ""]),
      ),
    })),
  );
}
