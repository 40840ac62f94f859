/** Rules about files rather than about what an SOP says, and why each is there; ids are never renamed. */
import { RULES, type RuleId } from "#domain/sop/lint-rules.ts";

const REFERENCE = "Halaman dan layanan mengikuti acuan ini.";
const VERSIONS = "Versi yang pernah terbit harus tetap dapat dibaca di alamatnya.";

const FILE_RULES = {
  "folder-tak-ada": "Isi portal dibaca dari folder yang tetap.",
  "berkas-tak-terbaca": "Isi portal dibaca dari berkas yang tetap.",
  "data-tak-terbaca": "Data di antara kedua baris --- ditulis sebagai YAML.",
  "kunci-tak-dikenal": "Kunci yang salah eja tidak pernah terbaca.",
  "bentuk-data": "Halaman, formulir, dan alur kerja membaca isian ini.",
  "berkas-tak-ada": REFERENCE,
  "jabatan-tak-ada": "Wewenang datang dari jabatan yang tercatat pada instansi.",
  "sop-tak-ada": REFERENCE,
  "slug-bukan-folder": "Alamat halaman SOP diambil dari nama folder.",
  "versi-bukan-berkas": VERSIONS,
  "versi-tak-cocok": VERSIONS,
  "teks-di-luar-data": "SOP hanya berisi data; teks di luarnya tidak tampil di mana pun.",
  "tahun-bukan-berkas": "Hari libur dicari menurut nama berkas.",
  "libur-tak-ada": "Tanpa hari libur, tenggat tidak dapat dihitung.",
} as const satisfies Record<string, string>;

export type FileRuleId = keyof typeof FILE_RULES;

/** Why a rule is there, for people. */
export function reasonOf(aturan: FileRuleId | RuleId): string {
  return aturan in FILE_RULES ? FILE_RULES[aturan as FileRuleId] : RULES[aturan as RuleId].sebab;
}

export function isRule(id: string): id is FileRuleId | RuleId {
  return Object.hasOwn(FILE_RULES, id) || Object.hasOwn(RULES, id);
}
