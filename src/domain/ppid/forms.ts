/** What is asked on each form of a request for information; one description for page and check. */
import { type Field, type FieldOption, field } from "../workflow/form.ts";
import { GROUND_LABELS, OUTCOME_LABELS, REASON_LABELS } from "./types.ts";

const optionsOf = (labels: Readonly<Record<string, string>>): FieldOption[] =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

const REQUESTER_LABELS = {
  perorangan: "Perorangan",
  "badan-hukum": "Badan hukum",
  kelompok: "Kelompok orang",
} as const;

const FILE_HINT = "PDF, JPEG, PNG, atau ODT, paling besar 10 MB.";

/** The request itself; `agencies` are those that receive requests here. */
export function requestForm(agencies: readonly FieldOption[]): Field[] {
  return [
    field({
      name: "instansi",
      label: "Badan publik yang diminta",
      type: "select",
      options: agencies,
    }),
    field({
      name: "informasi",
      label: "Informasi yang diminta",
      type: "textarea",
      hint: "Tulis serinci mungkin: tentang apa, tahun berapa, dokumen apa bila tahu.",
    }),
    field({
      name: "tujuan",
      label: "Tujuan penggunaan informasi",
      type: "textarea",
      maxLength: 1_000,
    }),
    field({
      name: "cara",
      label: "Cara memperoleh informasi",
      type: "select",
      options: [
        { value: "salinan-elektronik", label: "Salinan elektronik, lewat halaman lacak" },
        { value: "salinan-cetak", label: "Salinan cetak, diambil di kantor" },
        { value: "melihat", label: "Melihat, membaca, mendengarkan, atau mencatat di tempat" },
      ],
    }),
    field({
      name: "jenisPemohon",
      label: "Kedudukan pemohon",
      type: "select",
      options: optionsOf(REQUESTER_LABELS),
    }),
    field({ name: "nama", label: "Nama lengkap", type: "text" }),
    field({ name: "alamat", label: "Alamat", type: "textarea", maxLength: 500 }),
    field({
      name: "surel",
      label: "Alamat surel",
      type: "email",
      required: false,
      hint: "Isi surel atau nomor telepon agar PPID dapat menghubungi Anda.",
    }),
    field({ name: "telepon", label: "Nomor telepon", type: "text", required: false }),
    field({
      name: "identitas",
      label: "Bukti identitas",
      type: "file",
      required: false,
      hint: `${FILE_HINT} PPID dapat memintanya kemudian bila tidak dilampirkan sekarang.`,
    }),
  ];
}

export const OBJECTION_FORM: readonly Field[] = [
  field({
    name: "alasanKeberatan",
    label: "Alasan keberatan",
    type: "select",
    options: optionsOf(GROUND_LABELS),
  }),
  field({ name: "uraian", label: "Uraian keberatan", type: "textarea" }),
];

export const WITHDRAWAL_FORM: readonly Field[] = [
  field({ name: "alasan", label: "Alasan pencabutan", type: "textarea", maxLength: 1_000 }),
];

export const EXTENSION_FORM: readonly Field[] = [
  field({
    name: "alasanPerpanjangan",
    label: "Alasan perpanjangan",
    type: "textarea",
    hint: "Dibaca pemohon. Batas waktu bertambah 7 hari kerja, satu kali saja.",
  }),
];

const outcome = field({
  name: "putusan",
  label: "Putusan",
  type: "select",
  options: optionsOf(OUTCOME_LABELS),
});
const file = field({
  name: "berkas",
  label: "Berkas informasi",
  type: "file",
  required: false,
  hint: FILE_HINT,
});

/** `excluded`: the list of excluded information, of which one may be the reason. */
export function answerForm(excluded: readonly FieldOption[]): Field[] {
  return [
    outcome,
    field({
      name: "alasanTolak",
      label: "Alasan tidak diberikan",
      type: "select",
      required: false,
      hint: "Wajib bila ditolak atau dikabulkan sebagian.",
      options: optionsOf(REASON_LABELS),
    }),
    field({
      name: "butir",
      label: "Butir daftar informasi yang dikecualikan",
      type: "select",
      required: false,
      hint: "Isi bila alasannya informasi dikecualikan.",
      options: excluded,
    }),
    field({ name: "jawaban", label: "Jawaban kepada pemohon", type: "textarea" }),
    file,
  ];
}

export const OBJECTION_ANSWER_FORM: readonly Field[] = [
  outcome,
  field({ name: "jawaban", label: "Tanggapan atas keberatan", type: "textarea" }),
  file,
];
