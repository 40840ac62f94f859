import { and, asc, eq, inArray } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { assetReviews, assets } from "#db/schema/assets.ts";
import { reviewDueAfter } from "#domain/assets/review-due.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";
import { agencyOf } from "./access.ts";
import { deactivation } from "./change.ts";
import { readCode } from "./code.ts";
import { factsOfTargets } from "./facts-of-targets.ts";
import { assetView } from "./list.ts";
import { todayOf } from "./review-due.ts";
import type { AssetView } from "./views.ts";

export const REVIEW_RESULTS = ["sesuai", "diubah", "dihapus"] as const;
const SHOWN_MAX = 100;

export interface Review {
  readonly code: string;
  readonly result: (typeof REVIEW_RESULTS)[number];
  readonly note: string | null;
}

/** Active assets by the day of their review, the most overdue first. */
export async function reviewsToHold(
  deps: Pick<Deps, "db" | "catalog" | "now">,
  viewer: Viewer,
): Promise<{ readonly agency: string; readonly assets: readonly AssetView[] }> {
  const agency = agencyOf(viewer, null);
  const rows = await deps.db.orm
    .select()
    .from(assets)
    .where(and(eq(assets.agency, agency), eq(assets.status, "aktif")))
    .orderBy(asc(assets.reviewDue), asc(assets.code))
    .limit(SHOWN_MAX);
  const facts = await factsOfTargets(deps, agency);
  return { agency, assets: rows.map((row) => assetView(deps, row, facts)) };
}

/**
 * Notes what a review found, for as many assets as were looked at; the next one is due in a year.
 * An asset that is no more is taken out of service.
 */
export async function holdReviews(
  deps: Pick<Deps, "db" | "catalog" | "now" | "newId">,
  viewer: Viewer,
  reviews: readonly Review[],
): Promise<{ readonly held: number }> {
  const agency = agencyOf(viewer, null);
  if (reviews.length === 0) {
    const problems = [{ field: "tinjauan", pesan: "Pilih hasil untuk sedikitnya satu aset." }];
    throw new AppError("INPUT_INVALID", "no review", { problems });
  }
  const codes = reviews.map(({ code }) => readCode(code) ?? "");
  const rows = await deps.db.orm
    .select()
    .from(assets)
    .where(and(eq(assets.agency, agency), eq(assets.status, "aktif"), inArray(assets.code, codes)));
  const at = deps.now().toISOString();
  const reviewDue = reviewDueAfter(todayOf(deps, agency));
  const statements = reviews.flatMap(({ result, note }, index): Statement[] => {
    const row = rows.find(({ code }) => code === codes[index]);
    if (!row) throw new AppError("NOT_FOUND", "no such active asset for them");
    const review = { id: deps.newId(), asset: row.id, at, by: viewer.name, result, note };
    return [
      deps.db.orm.insert(assetReviews).values(review),
      deps.db.orm.update(assets).set({ reviewDue }).where(eq(assets.id, row.id)),
      ...(result === "dihapus" ? deactivation(deps, { row, by: viewer.name }) : []),
    ];
  });
  await deps.db.write(statements);
  return { held: reviews.length };
}
