import { eq } from "drizzle-orm";
import { assets } from "#db/schema/assets.ts";
import { type AssetFacts, changesBetween } from "#domain/assets/asset.ts";
import type { Deps } from "../deps.ts";
import type { AssetRow } from "./connected.ts";
import { changeStatement, writeAssets } from "./register.ts";

type ChangeDeps = Pick<Deps, "db" | "now" | "newId">;

/** Writes what differs and logs it; nothing where nothing does. An inactive asset comes back. */
export async function changeAsset(
  deps: ChangeDeps,
  input: { readonly row: AssetRow; readonly facts: AssetFacts; readonly by: string },
): Promise<{ readonly changed: boolean }> {
  const { row, facts, by } = input;
  const changes = {
    ...changesBetween(row, facts),
    ...(row.status === "aktif" ? {} : { status: [row.status, "aktif"] as const }),
  };
  if (Object.keys(changes).length === 0) return { changed: false };
  await writeAssets(deps, [
    deps.db.orm
      .update(assets)
      .set({ ...facts, status: "aktif" })
      .where(eq(assets.id, row.id)),
    changeStatement(deps, row.id, { by, how: "diubah", changes }),
  ]);
  return { changed: true };
}

/** Takes an asset out of service. It stays on record; its target is free for another one. */
export async function deactivateAsset(
  deps: ChangeDeps,
  input: { readonly row: AssetRow; readonly by: string },
): Promise<void> {
  await deps.db.write(deactivation(deps, input));
}

export function deactivation(
  deps: ChangeDeps,
  { row, by }: { readonly row: AssetRow; readonly by: string },
) {
  const changes = {
    status: [row.status, "nonaktif"] as const,
    ...(row.alias === null ? {} : { sasaran: [row.alias, ""] as const }),
  };
  return [
    deps.db.orm
      .update(assets)
      .set({ status: "nonaktif", alias: null })
      .where(eq(assets.id, row.id)),
    changeStatement(deps, row.id, { by, how: "dinonaktifkan", changes }),
  ];
}
