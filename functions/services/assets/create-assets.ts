import { readAsset } from "#domain/assets/asset.ts";
import { AppError } from "#domain/errors.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import type { Deps } from "../deps.ts";
import { reportedTargets } from "../jobs/reported-targets.ts";
import type { Viewer } from "../services.ts";
import { agencyOf, assetFor } from "./access.ts";
import { addAsset } from "./add.ts";
import { changeAsset, deactivateAsset } from "./change.ts";
import { connectedAssets } from "./connected.ts";
import { exportAssets } from "./export.ts";
import { importAssets } from "./import.ts";
import { listAssets, overdueReviews } from "./list.ts";
import { holdReviews, type Review, reviewsToHold } from "./review.ts";
import { reviewCalendar } from "./review-calendar.ts";
import { viewAsset } from "./view.ts";
import type { AssetFilter, ImportReport } from "./views.ts";

/** The register for the officials of an agency, whatever their position. */
export function createAssets(deps: Deps) {
  const freeTargets = async (viewer: Viewer, code: string | null): Promise<string[]> => {
    const agency = agencyOf(viewer, null);
    const taken = await connectedAssets(deps, agency);
    const own = code === null ? null : (await assetFor(deps, viewer, code)).alias;
    const reported = await reportedTargets(deps, agency);
    const free = [...reported.keys()].filter((alias) => alias === own || !taken.has(alias));
    // A target that its agent does not report just now stays connected.
    return own === null || free.includes(own) ? free : [own, ...free];
  };
  const bring = (viewer: Viewer, bytes: Uint8Array, save: boolean): Promise<ImportReport> =>
    importAssets(deps, { agency: agencyOf(viewer, null), bytes, by: viewer.name, save });
  return {
    list: (viewer: Viewer, filter: Partial<AssetFilter>) => listAssets(deps, viewer, filter),
    view: (viewer: Viewer, code: string) => viewAsset(deps, viewer, code),
    freeTargets,
    overdue: (viewer: Viewer) => overdueReviews(deps, viewer),
    async add(viewer: Viewer, values: FormValues) {
      const aliases = await freeTargets(viewer, null);
      return addAsset(deps, { agency: agencyOf(viewer, null), values, by: viewer.name, aliases });
    },
    async change(viewer: Viewer, code: string, values: FormValues) {
      const row = await assetFor(deps, viewer, code);
      const { facts, problems } = readAsset(values, await freeTargets(viewer, code));
      if (!facts) throw new AppError("INPUT_INVALID", "asset data", { problems });
      await changeAsset(deps, { row, facts, by: viewer.name });
      return { code: row.code };
    },
    async deactivate(viewer: Viewer, code: string) {
      const row = await assetFor(deps, viewer, code);
      if (row.status === "aktif") await deactivateAsset(deps, { row, by: viewer.name });
      return { code: row.code };
    },
    preview: (viewer: Viewer, csv: string) => bring(viewer, new TextEncoder().encode(csv), false),
    import: bring,
    export: (viewer: Viewer) => exportAssets(deps, agencyOf(viewer, null)),
    reviews: (viewer: Viewer) => reviewsToHold(deps, viewer),
    review: (viewer: Viewer, reviews: readonly Review[]) => holdReviews(deps, viewer, reviews),
    reviewCalendar: (viewer: Viewer) => reviewCalendar(deps, viewer),
  };
}
