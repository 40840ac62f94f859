import { listText, numberText } from "../indonesian.ts";
import type { ChangeCount, PreviewedTarget } from "./view.ts";

/** What is counted and what it lies in, by engine: rows of tables, files of folders, blocks of disks. */
export function countedBy(engine: string): { readonly one: string; readonly unit: string } {
  if (engine === "directory") return { one: "berkas", unit: "folder" };
  if (engine === "vm") return { one: "blok", unit: "disk" };
  return { one: "baris", unit: "tabel" };
}

/**
 * What a restore would do to one target, in one sentence: "Pemulihan ini akan menambah 14.220 baris,
 * mengubah 3, dan menghilangkan 512 baris yang ditulis sesudah cadangan."
 */
export function previewSentence(
  engine: string,
  live: PreviewedTarget["live"],
  total: ChangeCount,
): string {
  const { one } = countedBy(engine);
  const count = (value: number) => numberText(value, 0);
  switch (live) {
    case "absent":
      return `Sasaran ini sekarang tidak berisi data, jadi tidak ada yang hilang. Pemulihan akan mengisinya dengan ${count(total.added)} ${one}.`;
    case "unreadable":
      return "Data yang sekarang dipakai tidak dapat dibaca: tidak dapat dibandingkan dengan cadangan dan tidak dapat dicadangkan lebih dulu. Periksa servernya sebelum memutuskan.";
    case "present": {
      const parts = [
        ...(total.added > 0 ? [`menambah ${count(total.added)} ${one}`] : []),
        ...(total.changed > 0
          ? [`mengubah ${count(total.changed)}${total.added > 0 ? "" : ` ${one}`}`]
          : []),
        ...(total.lost > 0
          ? [`menghilangkan ${count(total.lost)} ${one} yang ditulis sesudah cadangan`]
          : []),
      ];
      return parts.length === 0
        ? `Isi yang sekarang sama dengan cadangan: pemulihan ini tidak mengubah satu ${one} pun.`
        : `Pemulihan ini akan ${listText(parts)}.`;
    }
  }
}

/** What an inventory counts, by the name that engines give it. */
const OBJECT_WORDS: Readonly<Record<string, string>> = {
  databases: "Basis data",
  settings: "Pengaturan",
  tablespaces: "Ruang tabel",
  schemas: "Skema",
  tables: "Tabel",
  columns: "Kolom",
  foreignTables: "Tabel luar",
  virtualTables: "Tabel maya",
  views: "View",
  materializedViews: "View tersimpan",
  indexes: "Indeks",
  sequences: "Sekuens",
  constraints: "Batasan",
  constraintsNotValid: "Batasan yang belum diperiksa",
  foreignKeys: "Kunci tamu",
  checks: "Batasan pemeriksaan",
  triggers: "Trigger",
  events: "Event terjadwal",
  rules: "Aturan",
  policies: "Kebijakan baris",
  tablesWithRowSecurity: "Tabel dengan kebijakan baris",
  statistics: "Statistik",
  routines: "Fungsi dan prosedur",
  types: "Tipe data",
  extensions: "Ekstensi",
  eventTriggers: "Trigger peristiwa",
  publications: "Publikasi",
  subscriptions: "Langganan",
  comments: "Keterangan",
  languages: "Bahasa prosedur",
  foreignDataWrappers: "Pembungkus data luar",
  foreignServers: "Server luar",
  userMappings: "Pemetaan pengguna",
  collations: "Urutan huruf",
  conversions: "Konversi pengodean",
  casts: "Pengubah tipe",
  transforms: "Transformasi tipe",
  accessMethods: "Metode akses",
  operators: "Operator",
  operatorFamilies: "Keluarga operator",
  operatorClasses: "Kelas operator",
  textSearch: "Pencarian teks",
  largeObjects: "Objek besar",
  accounts: "Akun",
  grants: "Hak akses",
  defaultGrants: "Hak akses bawaan",
  files: "Berkas",
  directories: "Folder",
  symlinks: "Tautan simbolik",
  hardlinks: "Tautan keras",
};

/** The word for a kind of object; a kind that an older portal does not know stands as it is. */
export function objectWord(kind: string): string {
  return OBJECT_WORDS[kind] ?? kind;
}

/** What a restore would do to an object. */
export const CHANGE_WORDS = {
  added: "Kembali",
  changed: "Menjadi seperti dalam cadangan",
  lost: "Hilang",
} as const satisfies Readonly<Record<PreviewedTarget["definitions"][number]["change"], string>>;
