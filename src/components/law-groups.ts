/** Laws for lists: by rank, and by the status they have. */
import type { Law } from "../catalog/law-schema.ts";

const RANKS: readonly (readonly [RegExp, string])[] = [
  [/^Undang-Undang/, "Undang-undang"],
  [/^Peraturan (?:Pemerintah|Presiden)\b/, "Peraturan pemerintah dan presiden"],
  [/^(?:Peraturan|Keputusan) (?:Menteri|Badan|Kepala|Komisi)\b/, "Peraturan menteri dan lembaga"],
  [/^Peraturan (?:Daerah|Gubernur|Bupati|Wali ?[Kk]ota)\b/, "Peraturan daerah"],
];
const OTHER = "Peraturan lain";

export interface LawGroup {
  readonly title: string;
  readonly laws: readonly Law[];
}

/** Highest rank first, within a rank the oldest first; ranks without a law are left out. */
export function lawGroups(laws: readonly Law[]): LawGroup[] {
  const groupOf = ({ jenis }: Law) => RANKS.find(([pattern]) => pattern.test(jenis))?.[1] ?? OTHER;
  const sorted = laws.toSorted(
    (a, b) => a.tahun - b.tahun || a.nomor.localeCompare(b.nomor, "id", { numeric: true }),
  );
  const groups = Map.groupBy(sorted, groupOf);
  return [...RANKS.map(([, title]) => title), OTHER].flatMap((title) => {
    const own = groups.get(title);
    return own ? [{ title, laws: own }] : [];
  });
}

/** Statuses by the last part of their list's address. */
export const LAW_STATUSES: Readonly<
  Record<string, { readonly status: Law["status"]; readonly title: string }>
> = {
  berlaku: { status: "berlaku", title: "Berlaku" },
  diubah: { status: "diubah", title: "Diubah" },
  dicabut: { status: "dicabut", title: "Dicabut" },
  "belum-diverifikasi": { status: "belum_diverifikasi", title: "Belum diverifikasi" },
};
