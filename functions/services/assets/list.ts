import { and, asc, eq, lt } from "drizzle-orm";
import { assets } from "#db/schema/assets.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";
import { agenciesOf, agencyOf } from "./access.ts";
import type { AssetRow } from "./connected.ts";
import { factsOfTargets, type TargetFacts } from "./facts-of-targets.ts";
import { isOverdue, todayOf } from "./review-due.ts";
import type { AssetFilter, AssetList, AssetView } from "./views.ts";

const PAGE_ROWS = 50;

type ListDeps = Pick<Deps, "db" | "catalog" | "now">;

/** The register of the viewer's agency, by owner and name. */
export async function listAssets(
  deps: ListDeps,
  viewer: Viewer,
  filter: Partial<AssetFilter>,
): Promise<AssetList> {
  const agency = agencyOf(viewer, null);
  const rows = await deps.db.orm
    .select()
    .from(assets)
    .where(eq(assets.agency, agency))
    .orderBy(asc(assets.owner), asc(assets.name), asc(assets.code));
  const facts = await factsOfTargets(deps, agency);
  const all = rows.map((row) => assetView(deps, row, facts));
  const found = all.filter((one) => passes(one, filter));
  const pages = Math.max(1, Math.ceil(found.length / PAGE_ROWS));
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(filter.halaman ?? "1")) || 1));
  return {
    agency,
    total: all.length,
    found: found.length,
    page,
    pages,
    overdue: all.filter((one) => one.reviewOverdue).length,
    owners: [...new Set(all.map(({ owner }) => owner))],
    assets: found.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS),
  };
}

export function assetView(
  deps: ListDeps,
  { id: _, ...row }: AssetRow,
  facts: ReadonlyMap<string, TargetFacts>,
): AssetView {
  const known = row.alias === null ? undefined : facts.get(row.alias);
  return {
    ...row,
    reviewOverdue: isOverdue(deps, row),
    lastBackup: known?.lastBackup ?? null,
    lastRestore: known?.lastRestore ?? null,
    alerts: known?.alerts ?? [],
  };
}

function passes(asset: AssetView, filter: Partial<AssetFilter>): boolean {
  const { pemilik, jenis, kategori, perlu, status } = filter;
  if (pemilik && asset.owner !== pemilik) return false;
  if (jenis && asset.kind !== jenis) return false;
  if (kategori && asset.category !== kategori) return false;
  if (status !== "semua" && asset.status !== (status === "nonaktif" ? "nonaktif" : "aktif")) {
    return false;
  }
  switch (perlu) {
    case "tinjauan":
      return asset.reviewOverdue;
    case "sasaran":
      return asset.alias === null;
    case "cadangan":
      return asset.lastBackup === null;
    case "uji":
      return asset.lastRestore === null;
    default:
      return true;
  }
}

/** How many active assets of the viewer's agencies wait for their yearly review too long. */
export async function overdueReviews(deps: ListDeps, viewer: Viewer): Promise<number> {
  let count = 0;
  for (const agency of agenciesOf(viewer)) {
    count += await deps.db.orm.$count(
      assets,
      and(
        eq(assets.agency, agency),
        eq(assets.status, "aktif"),
        lt(assets.reviewDue, todayOf(deps, agency)),
      ),
    );
  }
  return count;
}
