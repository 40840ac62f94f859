/** What the register knows of a server: one form for the page, the command line and a CSV row. */
import type { FieldProblem } from "../errors.ts";
import { type Field, type FormValues, field, readForm } from "../workflow/form.ts";

export const ASSET_KINDS = {
  fisik: "Server fisik",
  vm: "Mesin virtual (VM)",
  vps: "VPS",
  "basis-data": "Basis data",
  aplikasi: "Aplikasi",
} as const;
export type AssetKind = keyof typeof ASSET_KINDS;

/** Categories of electronic systems. */
export const ASSET_CATEGORIES = {
  strategis: "Strategis",
  tinggi: "Tinggi",
  rendah: "Rendah",
} as const;
export type AssetCategory = keyof typeof ASSET_CATEGORIES;

/** What an asset may lack, as lists are narrowed to it. */
export const ASSET_NEEDS = {
  tinjauan: "Tinjauan lewat waktu",
  sasaran: "Belum dihubungkan dengan agen",
  cadangan: "Belum pernah dicadangkan",
  uji: "Belum pernah dipulihkan dan cocok",
} as const;

export interface AssetFacts {
  readonly name: string;
  readonly owner: string;
  readonly kind: AssetKind;
  readonly category: AssetCategory;
  readonly place: string;
  /** Target of an agent; null = not yet connected. */
  readonly alias: string | null;
  readonly note: string | null;
}

/** Names of the answers and of the columns, in order; the fact that each one fills. */
export const ASSET_COLUMNS = {
  nama: "name",
  pemilik: "owner",
  jenis: "kind",
  kategori: "category",
  letak: "place",
  sasaran: "alias",
  catatan: "note",
} as const satisfies Record<string, keyof AssetFacts>;

const optionsOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

/** `aliases`: targets that may be connected; null = any name is taken as it is. */
export function assetForm(aliases: readonly string[] | null): Field[] {
  return [
    field({ name: "nama", label: "Nama server atau aplikasi", type: "text" }),
    field({ name: "pemilik", label: "Perangkat daerah pemilik", type: "text" }),
    field({ name: "jenis", label: "Jenis", type: "select", options: optionsOf(ASSET_KINDS) }),
    field({
      name: "kategori",
      label: "Kategori sistem elektronik",
      type: "select",
      options: optionsOf(ASSET_CATEGORIES),
    }),
    field({ name: "letak", label: "Letak", type: "text", hint: "Misalnya: ruang server, rak 3." }),
    field({
      name: "sasaran",
      label: "Sasaran agen",
      required: false,
      hint: "Menghubungkan aset dengan yang dicadangkan agen. Tanpa ini aset tidak dapat dipulihkan.",
      ...(aliases === null
        ? { type: "text" as const }
        : {
            type: "select" as const,
            options: [
              { value: "", label: "Belum dihubungkan" },
              ...aliases.map((alias) => ({ value: alias, label: alias })),
            ],
          }),
    }),
    field({
      name: "catatan",
      label: "Catatan",
      type: "textarea",
      required: false,
      hint: "Jangan menulis kata sandi atau alamat jaringan.",
    }),
  ];
}

/** The facts of an asset, or what to mend. */
export function readAsset(
  values: FormValues,
  aliases: readonly string[] | null,
):
  | { readonly facts: AssetFacts; readonly problems: readonly [] }
  | { readonly facts: null; readonly problems: readonly FieldProblem[] } {
  const read = readForm(assetForm(aliases), values);
  if (read.problems.length > 0) return { facts: null, problems: read.problems };
  const one = (name: keyof typeof ASSET_COLUMNS): string => String(read.values[name] ?? "");
  return {
    problems: [],
    facts: {
      name: one("nama"),
      owner: one("pemilik"),
      kind: one("jenis") as AssetKind,
      category: one("kategori") as AssetCategory,
      place: one("letak"),
      alias: one("sasaran") || null,
      note: one("catatan") || null,
    },
  };
}

/** What differs, by column: before and after as people read them. */
export function changesBetween(
  before: AssetFacts | null,
  after: AssetFacts,
): Record<string, readonly [string, string]> {
  const changes: Record<string, readonly [string, string]> = {};
  for (const [column, fact] of Object.entries(ASSET_COLUMNS)) {
    const was = before?.[fact] ?? "";
    const is = after[fact] ?? "";
    if (was !== is) changes[column] = [was, is];
  }
  return changes;
}
