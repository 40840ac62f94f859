import { eq } from "drizzle-orm";
import { assets } from "#db/schema/assets.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";
import { readCode } from "./code.ts";
import type { AssetRow } from "./connected.ts";

/** Agencies whose register the viewer keeps: any position will do. AUTH_SECOND_FACTOR. */
export function agenciesOf(viewer: Viewer): string[] {
  if (!viewer.secondFactor) throw new AppError("AUTH_SECOND_FACTOR", "asset register");
  return [...new Set(viewer.positions.map(({ agency }) => agency))];
}

/** The agency the viewer works for; of several the one they name. WORKFLOW_WRONG_PERSON with none. */
export function agencyOf(viewer: Viewer, named: string | null): string {
  const held = agenciesOf(viewer);
  const agency = named === null || named === "" ? held[0] : held.find((one) => one === named);
  if (agency === undefined) throw new AppError("WORKFLOW_WRONG_PERSON", "no position there");
  return agency;
}

/** An asset of the viewer's agencies; NOT_FOUND also where it is another's. */
export async function assetFor(
  deps: Pick<Deps, "db">,
  viewer: Viewer,
  typed: string,
): Promise<AssetRow> {
  const code = readCode(typed);
  const rows =
    code === null ? [] : await deps.db.orm.select().from(assets).where(eq(assets.code, code));
  const [row] = rows;
  if (!row || !agenciesOf(viewer).includes(row.agency)) {
    throw new AppError("NOT_FOUND", "no such asset for them");
  }
  return row;
}
