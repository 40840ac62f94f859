import { positionTitle } from "#domain/authority/position-title.ts";
import { HELD_CAPACITIES } from "#domain/authority/positions-on.ts";
import { spanText } from "#domain/indonesian.ts";
import type { Deps } from "../deps.ts";
import { type AdminLogLine, readAdminLog } from "../people/admin-log.ts";
import type { LoggedDeed } from "./views.ts";

/** The newest deeds first, each with its detail as a sentence for people. */
export async function logLines(
  deps: Pick<Deps, "db" | "catalog">,
  which: { readonly limit: number; readonly person?: string },
): Promise<LoggedDeed[]> {
  const lines = await readAdminLog(deps, which);
  return lines.map((line) => ({ ...line, text: textOf(deps, line) }));
}

function textOf({ catalog }: Pick<Deps, "catalog">, { act, detail }: AdminLogLine): string {
  const agency = catalog.agencies.get(detail["agency"] ?? "");
  const post = agency?.jabatan.find(({ id }) => id === detail["jabatan"])?.judul;
  const title = capacityTitle(detail["capacity"], post ?? detail["jabatan"] ?? "");
  const place = [title, agency?.singkatan ?? ""].filter((part) => part !== "").join(", ");
  switch (act) {
    case "position_assigned":
      return `${place}, ${spanText(detail["since"] ?? "", detail["until"] || null)}; dasar ${detail["decree"]}`;
    case "position_ended":
      return `${place}, hari terakhir ${detail["until"]}${detail["before"] ? ` (semula ${detail["before"]})` : ""}`;
    case "position_corrected":
      return `${place}; semula ${detail["before"]}; menjadi ${detail["after"]}; sebab: ${detail["reason"]}`;
    case "recovery_issued":
      return detail["secondFactor"] === "removed" ? "langkah kedua dihapus" : "";
    case "agent_code_made":
      return `untuk ${detail["agencies"]}`;
    case "agent_approved":
    case "agent_released":
    case "agent_revoked":
      return detail["agent"] ?? "";
    default:
      return "";
  }
}

function capacityTitle(capacity: string | undefined, title: string): string {
  const known = HELD_CAPACITIES.find((one) => one === capacity);
  return known ? positionTitle(known, title) : title;
}
