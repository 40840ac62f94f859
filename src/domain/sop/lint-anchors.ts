import { type Finding, finding } from "./finding.ts";
import { repeated } from "./lint-references.ts";
import { BLOCKS, type Sop } from "./schema.ts";

/** Addresses within an SOP's page; links to them are kept for good, so no block may take them. */
const TAKEN: ReadonlySet<string> = new Set([
  ...BLOCKS,
  "formulir",
  "identitas",
  "isi",
  "keaslian",
  "prosedur",
  "riwayat",
  "umpan-balik",
]);
const TAKEN_SHAPES =
  /^(?:daftar-langkah|langkah|isian|cari|umpan|keaslian|pada|luring)-|-(?:judul|galat|petunjuk)$/;

/** Whether a block may not have this id, because the page of an SOP uses it itself. */
export function isTakenAnchor(id: string): boolean {
  return TAKEN.has(id) || TAKEN_SHAPES.test(id);
}

/** The id of a block that a source adds becomes an anchor of the page. */
export function lintAnchors(sop: Sop): Finding[] {
  const blocks = (sop.bagianTambahan ?? []).map(({ id }, at) => ({
    id,
    path: ["bagianTambahan", at, "id"],
  }));
  return [
    ...repeated("bagian-ganda", blocks, "Bagian"),
    ...blocks
      .filter(({ id }) => isTakenAnchor(id))
      .map(({ id, path }) =>
        finding(
          "bagian-bentrok",
          path,
          `Alamat #${id} sudah dipakai halaman SOP.`,
          "Tulis id lain, mis. definisi.",
        ),
      ),
  ];
}
