import { type Finding, finding } from "./finding.ts";
import type { Sop } from "./schema.ts";

const KEYS = [
  "dasarHukum",
  "kualifikasi",
  "keterkaitan",
  "peralatan",
  "peringatan",
  "pencatatan",
] as const;

/** The lines of the blocks: numbered without gaps, related SOPs linked where this portal has them. */
export function lintBlocks(sop: Sop, titles: TitleIndex): Finding[] {
  const extra = (sop.bagianTambahan ?? []).flatMap(({ judul, butir }, at) =>
    lintNumbers(butir, ["bagianTambahan", at, "butir"], judul),
  );
  return [
    ...KEYS.flatMap((key) => lintNumbers(sop[key], [key], key)),
    ...extra,
    ...lintRelated(sop, titles),
  ];
}

/** The first number that breaks the row; what follows it is judged by it, not again. */
function lintNumbers(
  items: readonly { readonly nomor: number | null }[],
  path: Finding["path"],
  block: string,
): Finding[] {
  const numbered = items.flatMap(({ nomor }, at) => (nomor === null ? [] : [{ nomor, at }]));
  const broken = numbered.findIndex(({ nomor }, place) => nomor !== place + 1);
  const found = numbered[broken];
  if (!found) return [];
  const row = numbered.map(({ nomor }) => nomor).join(", ");
  return [
    finding(
      "nomor-butir",
      [...path, found.at, "nomor"],
      `Nomor butir ${block} tidak urut: ${row}.`,
      "Bila naskah tercetak begitu, biarkan dan tulis di catatanPenyunting; bila salah salin, perbaiki.",
    ),
  ];
}

/** Slugs of the SOPs of a portal, found by title however it is written. */
export type TitleIndex = ReadonlyMap<string, string>;

/** `titles`: by slug. */
export function indexTitles(titles: Iterable<readonly [slug: string, title: string]>): TitleIndex {
  return new Map(Array.from(titles, ([slug, title]) => [plain(title), slug]));
}

function lintRelated(sop: Sop, titles: TitleIndex): Finding[] {
  return sop.keterkaitan.flatMap((related, at) => {
    const slug = titles.get(plain(related.teks));
    if (slug === undefined || slug === sop.slug || related.rujukan !== undefined) return [];
    return [
      finding(
        "keterkaitan-tanpa-rujukan",
        ["keterkaitan", at],
        `SOP yang disebut butir ini ada di portal: ${slug}.`,
        `Tambahkan rujukan: ${slug} bila memang SOP itu.`,
      ),
    ];
  });
}

/** "SOP - Akses Data Center;" and "SOP Akses Data Center" name the same one. */
function plain(title: string): string {
  return title
    .toLowerCase()
    .replace(/^\W*(?:sop|standar operasional prosedur)\b/, "")
    .replace(/[^\p{L}\p{N}]/gu, "");
}
