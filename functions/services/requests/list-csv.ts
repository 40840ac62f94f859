import { stringify } from "csv-stringify/sync";
import { ZONES, type ZoneId } from "#domain/calendar/local-time.ts";
import { KIND_LABELS } from "#domain/workflow/form.ts";
import type { Deps } from "../deps.ts";
import type { RequestFilter, RequestListItem, Viewer } from "../services.ts";
import { exportRequests } from "./list.ts";

const HEAD = [
  "Nomor",
  "OPD",
  "SOP",
  "Jenis",
  "Keadaan",
  "Langkah",
  "Jumlah langkah",
  "Tindakan",
  "Pelaksana",
  "Diajukan",
  "Batas",
  "Lewat batas",
  "Ditutup",
  "Zona waktu",
];

const STATUS_WORDS = {
  active: "Diproses",
  completed: "Selesai",
  refused: "Ditolak",
  cancelled: "Dibatalkan",
} as const;

/** The filtered list for spreadsheets, part by part: its length does not matter to memory. */
export async function* listCsv(
  deps: Deps,
  viewer: Viewer,
  filter: RequestFilter,
): AsyncGenerator<string, void> {
  yield csv([HEAD], true);
  for await (const items of exportRequests(deps, viewer, filter))
    yield csv(items.map(cells), false);
}

/** As the other files for spreadsheets: RFC 4180 with a mark that tells Excel of UTF-8, no formulas. */
function csv(rows: string[][], bom: boolean): string {
  return stringify(rows, { bom, escape_formulas: true, record_delimiter: "windows" });
}

function cells(item: RequestListItem): string[] {
  const at = (instant: string | null): string =>
    instant === null ? "" : local(instant, item.zone);
  return [
    item.ref,
    item.opd,
    item.sopTitle,
    KIND_LABELS[item.kind],
    item.awaitsAnswer ? "Menunggu jawaban pemohon" : STATUS_WORDS[item.status],
    item.stepNo === null ? "" : String(item.stepNo),
    String(item.stepCount),
    item.actTitle ?? "",
    item.roleTitle ?? "",
    at(item.submittedAt),
    at(item.dueAt),
    item.dueAt === null ? "" : item.late ? "Ya" : "Tidak",
    at(item.closedAt),
    ZONES[item.zone].label,
  ];
}

/** "2026-11-23 09:00", which spreadsheets take for a time. */
function local(instant: string, zone: ZoneId): string {
  const shifted = Date.parse(instant) + ZONES[zone].offsetMinutes * 60_000;
  return new Date(shifted).toISOString().slice(0, 16).replace("T", " ");
}
