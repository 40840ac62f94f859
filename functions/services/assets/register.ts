import type { Statement } from "#db/client.ts";
import { brokenPromise } from "#db/guard.ts";
import { assetChanges, assets } from "#db/schema/assets.ts";
import { type AssetFacts, changesBetween } from "#domain/assets/asset.ts";
import { reviewDueAfter } from "#domain/assets/review-due.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { newCode } from "./code.ts";
import type { AssetRow } from "./connected.ts";
import { todayOf } from "./review-due.ts";

type RegisterDeps = Pick<Deps, "db" | "catalog" | "now" | "newId" | "randomBytes">;

/** Enters an asset and gives it its code. ASSET_TARGET_TAKEN where another one has the target. */
export async function registerAsset(
  deps: RegisterDeps,
  input: { readonly agency: string; readonly facts: AssetFacts; readonly by: string },
): Promise<AssetRow> {
  const row = newAsset(deps, input, await takenCodes(deps));
  await writeAssets(deps, [
    deps.db.orm.insert(assets).values(row),
    changeStatement(deps, row.id, {
      by: input.by,
      how: "didaftarkan",
      changes: changesBetween(null, input.facts),
    }),
  ]);
  return row;
}

/** The row of an asset not yet entered. */
export function newAsset(
  deps: Pick<Deps, "catalog" | "now" | "newId" | "randomBytes">,
  input: { readonly agency: string; readonly facts: AssetFacts; readonly by: string },
  taken: ReadonlySet<string>,
): AssetRow {
  return {
    ...input.facts,
    id: deps.newId(),
    agency: input.agency,
    code: newCode(deps, taken),
    status: "aktif",
    registeredAt: deps.now().toISOString(),
    registeredBy: input.by,
    reviewDue: reviewDueAfter(todayOf(deps, input.agency)),
  };
}

export async function takenCodes({ db }: Pick<Deps, "db">): Promise<Set<string>> {
  const rows = await db.orm.select({ code: assets.code }).from(assets);
  return new Set(rows.map(({ code }) => code));
}

type Change = Pick<typeof assetChanges.$inferSelect, "by" | "how" | "changes">;

export function changeStatement(
  deps: Pick<Deps, "db" | "now" | "newId">,
  asset: string,
  change: Change,
): Statement {
  return deps.db.orm
    .insert(assetChanges)
    .values({ id: deps.newId(), asset, at: deps.now().toISOString(), ...change });
}

/** All or nothing; one target stands for one asset. */
export async function writeAssets(
  { db }: Pick<Deps, "db">,
  statements: readonly Statement[],
): Promise<void> {
  try {
    await db.write(statements);
  } catch (error) {
    if (brokenPromise(error) === null) throw error;
    throw new AppError("ASSET_TARGET_TAKEN", "one target, two assets", {
      cause: error,
      problems: [{ field: "sasaran", pesan: "Sasaran ini sudah terhubung dengan aset lain." }],
    });
  }
}
