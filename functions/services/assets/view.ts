import { desc, eq, like, or, sql } from "drizzle-orm";
import { assetChanges, assetReviews } from "#db/schema/assets.ts";
import { jobSpecs } from "#db/schema/jobs.ts";
import { requestContents, requests } from "#db/schema/requests.ts";
import type { Deps } from "../deps.ts";
import { showReference } from "../requests/reference.ts";
import type { Viewer } from "../services.ts";
import { assetFor } from "./access.ts";
import type { AssetRow } from "./connected.ts";
import { factsOfTargets } from "./facts-of-targets.ts";
import { assetView } from "./list.ts";
import type { AssetDetail } from "./views.ts";

const SHOWN_MAX = 50;

/** One asset with all that happened to it. NOT_FOUND outside the viewer's agencies. */
export async function viewAsset(
  deps: Pick<Deps, "db" | "catalog" | "now">,
  viewer: Viewer,
  code: string,
): Promise<AssetDetail> {
  const row = await assetFor(deps, viewer, code);
  const { orm } = deps.db;
  const reviews = await orm
    .select()
    .from(assetReviews)
    .where(eq(assetReviews.asset, row.id))
    .orderBy(sql`rowid DESC`);
  const changes = await orm
    .select()
    .from(assetChanges)
    .where(eq(assetChanges.asset, row.id))
    .orderBy(sql`rowid DESC`);
  return {
    ...assetView(deps, row, await factsOfTargets(deps, row.agency)),
    reviews: reviews.map(({ at, by, result, note }) => ({ at, by, result, note })),
    changes: changes.map(({ at, by, how, changes: columns }) => ({
      at,
      by,
      how,
      columns: Object.entries(columns).map(([column, [before, after]]) => ({
        column,
        before,
        after,
      })),
    })),
    requests: await requestsOf(deps, row),
  };
}

/** Requests that name the asset's code in their answers, or whose work was fixed on its target. */
async function requestsOf(
  deps: Pick<Deps, "db">,
  asset: AssetRow,
): Promise<AssetDetail["requests"]> {
  const named = sql`EXISTS (SELECT 1 FROM ${requestContents} WHERE ${requestContents.id} = ${requests.submissionContent} AND ${like(requestContents.json, `%${asset.code}%`)})`;
  const worked =
    asset.alias === null
      ? undefined
      : sql`EXISTS (SELECT 1 FROM ${jobSpecs}, json_each(${jobSpecs.spec}, '$.choices') AS choice WHERE ${jobSpecs.request} = ${requests.id} AND json_extract(choice.value, '$.alias') = ${asset.alias})`;
  const rows = await deps.db.orm
    .select({
      id: requests.id,
      kind: requests.kind,
      status: requests.status,
      submittedAt: requests.submittedAt,
    })
    .from(requests)
    .where(sql`${requests.agency} = ${asset.agency} AND ${or(named, worked)}`)
    .orderBy(desc(requests.submittedAt))
    .limit(SHOWN_MAX);
  return rows.map(({ id, ...row }) => ({ ref: showReference(id), ...row }));
}
