import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { ASSET_COLUMNS } from "#domain/assets/asset.ts";
import { AppError } from "#domain/errors.ts";

export const IMPORT_ROWS_MAX = 5_000;
const COLUMNS = ["kode", ...Object.keys(ASSET_COLUMNS), "status"] as const;
const REQUIRED = ["nama", "pemilik", "jenis", "kategori", "letak"];

export interface CsvRow {
  /** Line in the file; the head is line 1. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * Rows of a register file as spreadsheets save it: UTF-8 with or without a byte order mark, cells
 * parted by commas or semicolons. ASSET_FILE names what keeps it from being read.
 */
export function readCsv(bytes: Uint8Array): CsvRow[] {
  const text = decode(bytes);
  const head = text.split(/\r?\n/, 1)[0] ?? "";
  const delimiter = count(head, ";") > count(head, ",") ? ";" : ",";
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      delimiter,
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (cause) {
    throw unreadable("Tanda kutip dalam berkas tidak berpasangan.", cause);
  }
  const names = (records[0]?.record ?? []).map((name) => name.toLowerCase());
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw unreadable(`Kolom ${missing.join(", ")} tidak ada pada baris kepala.`);
  }
  const rows = records.slice(1);
  if (rows.length === 0) throw unreadable("Berkas tidak memuat satu baris pun.");
  if (rows.length > IMPORT_ROWS_MAX) {
    throw unreadable(`Berkas memuat ${rows.length} baris; bagi menjadi beberapa berkas.`);
  }
  return rows.map(({ record, info }) => ({
    line: info.lines,
    cells: Object.fromEntries(
      COLUMNS.map((name) => [name, unguarded(record[names.indexOf(name)] ?? "")]),
    ),
  }));
}

/** The same columns for spreadsheets; a cell that would be taken for a formula begins with an apostrophe. */
export function writeCsv(rows: readonly Readonly<Record<string, string>>[]): string {
  return stringify([[...COLUMNS], ...rows.map((row) => COLUMNS.map((name) => row[name] ?? ""))], {
    bom: true,
    escape_formulas: true,
    record_delimiter: "windows",
  });
}

/** Takes back the apostrophe of `writeCsv`, so that an exported file is read as it was. */
function unguarded(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable("Berkas tidak disimpan sebagai UTF-8.", cause);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function unreadable(pesan: string, cause?: unknown): AppError {
  return new AppError("ASSET_FILE", "the register file cannot be read", {
    problems: [{ field: "berkas", pesan }],
    cause,
  });
}
