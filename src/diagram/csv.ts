import { stringify } from "csv-stringify/sync";
import { columnsOf, exitsOf, groupAt, type Procedure } from "./grid.ts";
import { symbolText } from "./text.ts";

/** Own names, not those that each SOP prints, so that the files of several SOPs can be put together. */
const HEAD = [
  "Langkah",
  "Nomor tercetak",
  "Bagian",
  "Uraian",
  "Pelaksana",
  "Simbol",
  "Kelengkapan",
  "Waktu",
  "Waktu (nilai)",
  "Waktu (satuan)",
  "Output",
  "Keterangan",
  "Langkah berikutnya",
  "Bila ya",
  "Bila tidak",
] as const;

/**
 * The procedure as a table for spreadsheets, one row a step; lists within a cell are parted by "; ".
 */
export function csvOf(procedure: Procedure): string {
  const rows = procedure.langkah.map((step, row) => {
    const exits = exitsOf(procedure, row);
    const to = (label: "Ya" | "Tidak" | null) => {
      const exit = exits.find((one) => one.label === label);
      return exit ? String(procedure.langkah[exit.row]?.no ?? "") : "";
    };
    const roles = columnsOf(procedure, step).map((at) => procedure.pelaksana[at]?.judul ?? "");
    return [
      String(step.no),
      step.nomorTercetak ?? String(step.no),
      groupAt(procedure, row) ?? "",
      step.uraian,
      roles.join("; "),
      symbolText(procedure, row),
      step.kelengkapan.join("; "),
      step.waktu?.teks ?? "",
      step.waktu?.nilai === null || step.waktu === null ? "" : String(step.waktu.nilai),
      step.waktu?.satuan ?? "",
      step.output.join("; "),
      step.keterangan ?? "",
      to(null),
      to("Ya"),
      to("Tidak"),
    ];
  });
  return spreadsheetCsv([[...HEAD], ...rows]);
}

/**
 * Rows for spreadsheets, the head first. The byte order mark tells Excel that this is UTF-8: without
 * it, it reads the code page of Windows. Commas as in RFC 4180: Excel with Indonesian settings asks
 * for the separator on import ("Dari Teks/CSV"). Cells that a spreadsheet would take for a formula
 * begin with an apostrophe.
 */
export function spreadsheetCsv(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    { bom: true, escape_formulas: true, record_delimiter: "windows" },
  );
}
