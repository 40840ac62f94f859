import { sql } from "drizzle-orm";
import type { Deps } from "./deps.ts";

/** Whether the portal can answer: the database reads and the SOPs are loaded. */
export async function health(deps: Deps): Promise<{ readonly ok: true; readonly sops: number }> {
  await deps.db.orm.get(sql`SELECT 1 AS one`);
  return { ok: true, sops: deps.catalog.sops.size };
}
