import { localDate } from "#domain/calendar/local-time.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import type { AssetRow } from "./connected.ts";

/** The agency's own date. */
export function todayOf(deps: Pick<Deps, "catalog" | "now">, agency: string): string {
  const calendar = deps.catalog.agencies.get(agency)?.calendar;
  if (!calendar) throw new AppError("CONTENT_INVALID", `no agency ${agency} in content`);
  return localDate(deps.now(), calendar.offsetMinutes);
}

/** The day itself still counts as in time. */
export function isOverdue(
  deps: Pick<Deps, "catalog" | "now">,
  asset: Pick<AssetRow, "agency" | "reviewDue" | "status">,
): boolean {
  return asset.status === "aktif" && asset.reviewDue < todayOf(deps, asset.agency);
}
