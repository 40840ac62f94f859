/**
 * What an act asks of its actor, from the act's kind alone. One description serves the page, the
 * server's check and whoever walks an SOP by program.
 */
import { z } from "zod";
import type { FieldProblem } from "../errors.ts";
import { HARAP } from "../letters/disposisi.ts";
import type { ActKind, Sop, SopAct } from "../sop/schema.ts";
import type { RefusalClass } from "./types.ts";

export interface FieldOption {
  readonly value: string;
  readonly label: string;
  /** Told beside the label, never part of the answer. */
  readonly note?: string;
  /** Shown but not to be chosen: why, and where it is mended. */
  readonly refused?: { readonly why: string; readonly href: string; readonly mend: string };
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type:
    | "text"
    | "email"
    | "tel"
    | "textarea"
    | "select"
    | "choices"
    | "date"
    | "datetime"
    | "number"
    | "password"
    | "file";
  readonly required: boolean;
  readonly hint: string | null;
  /** For `select` (one) and `choices` (one or more). */
  readonly options: readonly FieldOption[];
  readonly maxLength: number;
  /** What the field holds before anybody filled it. */
  readonly initial?: string | readonly string[];
}

type FieldInput = Partial<Field> & Pick<Field, "name" | "label" | "type">;

export const field = (input: FieldInput): Field => ({
  required: true,
  hint: null,
  options: [],
  maxLength: input.type === "textarea" ? 4_000 : 200,
  ...input,
});

export const KIND_LABELS = {
  backup: "Pencadangan (backup)",
  restore: "Pemulihan (restore)",
} as const;

const SIFAT: readonly FieldOption[] = [
  { value: "biasa", label: "Biasa" },
  { value: "segera", label: "Segera" },
  { value: "sangat-segera", label: "Sangat segera" },
];

/** What the exceptions ask for that no source SOP has: return, refusal, cancellation. */
export const REASON_FIELD = field({
  name: "alasan",
  label: "Alasan",
  type: "textarea",
  hint: "Dibaca pemohon dan pelaksana. Tulis apa yang perlu diperbaiki.",
});

/** Why a kept copy is wanted back or gone, or why not: between officials. */
export const FOLLOW_UP_FIELD = field({
  name: "alasan",
  label: "Alasan",
  type: "textarea",
  hint: "Dibaca pejabat yang memutuskan dan yang meminta, dan tercatat dalam riwayat.",
});

/** A question to the pemohon and the answer to it: outside the SOP, and the clock stands meanwhile. */
export const QUESTION_FIELD = field({
  name: "pertanyaan",
  label: "Pertanyaan kepada pemohon",
  type: "textarea",
  hint: "Waktu baku langkah ini berhenti sampai pemohon menjawab.",
});
export const ANSWER_FIELD = field({ name: "jawaban", label: "Jawaban Anda", type: "textarea" });

export const REFUSAL_LABELS: Readonly<Record<RefusalClass, string>> = {
  "tidak-lengkap": "Permohonan tidak lengkap",
  "bukan-wewenang": "Bukan wewenang dinas",
  "cadangan-tidak-ada": "Berkas cadangan tidak ada",
  kapasitas: "Kapasitas tidak tersedia",
  ganda: "Permohonan ganda",
  lainnya: "Lainnya",
};

/** A refusal is counted in public by its class, never by its words. */
export const REFUSAL_FIELD = field({
  name: "golongan",
  label: "Golongan alasan penolakan",
  type: "select",
  hint: "Hanya bila permohonan ditolak. Jumlah tiap golongan tampil di halaman transparansi.",
  options: Object.entries(REFUSAL_LABELS).map(([value, label]) => ({ value, label })),
});

/** The request form of an SOP: step 1, as the pemohon fills it. */
export function submissionForm(sop: Pick<Sop, "jenisPermohonan">): Field[] {
  return [
    field({
      name: "jenis",
      label: "Apa yang Anda perlukan?",
      type: "select",
      options: sop.jenisPermohonan.map((value) => ({ value, label: KIND_LABELS[value] })),
    }),
    field({ name: "opd", label: "Nama perangkat daerah (OPD)", type: "text" }),
    field({ name: "nama", label: "Nama lengkap pemohon", type: "text" }),
    field({
      name: "surel",
      label: "Alamat surel dinas",
      type: "email",
      hint: "Hanya dipakai untuk urusan permohonan ini.",
    }),
    field({
      name: "nomorSurat",
      label: "Nomor surat permohonan",
      type: "text",
      required: false,
      hint: "Sesuai surat yang Anda unggah. Kosongkan bila surat dibuat dari isian ini.",
    }),
    field({
      name: "spesifikasi",
      label: "Daftar spesifikasi server, aplikasi, atau basis data",
      type: "textarea",
      hint: "Satu baris untuk satu server, aplikasi, atau basis data. Jangan menulis kata sandi.",
      // Twenty rows of the form of one thing a page.
      maxLength: 8_000,
    }),
    field({ name: "alasan", label: "Alasan permohonan", type: "textarea" }),
    field({
      name: "surat",
      label: "Surat permohonan",
      type: "file",
      required: false,
      hint: "PDF, JPEG, PNG, atau ODT, paling besar 10 MB. Tanpa unggahan, surat dibuat dari isian ini.",
    }),
  ];
}

/** The fields of an act. `phase` start = before the agent works; close = what closes the act. */
export function actForm(
  act: SopAct,
  phase: "start" | "close",
  offered: { readonly targets: readonly FieldOption[] },
): Field[] {
  const chooses = act.memilihSasaran && (act.tugasAgen === null) === (phase === "close");
  const choose = chooses
    ? [
        field({
          name: "sasaran",
          label: "Sasaran pekerjaan agen",
          type: "choices",
          options: offered.targets,
          hint: "Pilih satu atau lebih dari yang terdaftar pada agen.",
        }),
      ]
    : [];
  return phase === "start" ? choose : [...choose, ...KIND_FIELDS[act.jenis]];
}

/** Asked only where a plan has warnings: they are read before the plan is kept all the same. */
export const CLASH_FIELD = field({
  name: "sadarBentrok",
  label: "Peringatan rencana",
  type: "choices",
  required: false,
  options: [{ value: "ya", label: "Sudah dibaca; rencana tetap dipakai" }],
});

/** Typed at each signing; handed to the signer and forgotten, never kept in drafts, answers or logs. */
export const PASSPHRASE_FIELD = field({
  name: "frasaSandi",
  label: "Frasa sandi tanda tangan elektronik",
  type: "password",
  hint: "Diketik setiap kali menandatangani. Portal tidak menyimpannya.",
});

const note = (label: string, required: boolean, name = "catatan"): Field =>
  field({ name, label, type: "textarea", required });

const KIND_FIELDS: Record<ActKind, readonly Field[]> = {
  permohonan: [note("Perbaikan yang Anda lakukan", true)],
  disposisi: [
    field({ name: "sifat", label: "Sifat", type: "select", options: SIFAT }),
    field({
      name: "harap",
      label: "Dengan hormat harap",
      type: "choices",
      required: false,
      options: Object.entries(HARAP).map(([value, label]) => ({ value, label })),
    }),
    note("Instruksi", true, "instruksi"),
    note("Catatan", false),
  ],
  perencanaan: [
    field({ name: "jadwal", label: "Rencana waktu pelaksanaan", type: "datetime" }),
    field({
      name: "lama",
      label: "Perkiraan lama (menit)",
      type: "number",
      required: false,
      hint: "Kosongkan untuk memakai perkiraan dari pekerjaan terdahulu; tanpa perkiraan dihitung 60 menit.",
    }),
    note("Rencana pelaksanaan", true, "rencana"),
    CLASH_FIELD,
  ],
  pelaksanaan: [note("Catatan pelaksanaan", false)],
  konfirmasi: [note("Hasil pemeriksaan", true, "hasil")],
  laporan: [note("Ringkasan laporan", true, "ringkasan")],
  pengesahan: [note("Catatan pengesahan", false)],
  pemberitahuan: [note("Isi surat pemberitahuan", true, "isi")],
  penerimaan: [note("Pesan untuk pelaksana", false)],
};

export type FormValues = Readonly<Record<string, string | readonly string[]>>;

/** Reads values against fields: trimmed values of known fields, or what to mend, each with its field. */
export function readForm(
  fields: readonly Field[],
  raw: FormValues,
): { values: Record<string, string | string[]>; problems: FieldProblem[] } {
  const values: Record<string, string | string[]> = {};
  const problems: FieldProblem[] = [];
  for (const one of fields) {
    if (one.type === "file") continue;
    const given = raw[one.name];
    if (one.type === "choices") {
      const list = given === undefined ? [] : typeof given === "string" ? [given] : [...given];
      const chosen = list.filter((value) => value !== "");
      const problem = problemOfChoices(one, chosen);
      if (problem) problems.push({ field: one.name, pesan: problem });
      values[one.name] = chosen;
    } else {
      const typed = typeof given === "string" ? given : (given?.[0] ?? "");
      const value = one.type === "password" ? typed : typed.trim();
      const problem = problemOfValue(one, value);
      if (problem) problems.push({ field: one.name, pesan: problem });
      values[one.name] = value;
    }
  }
  return { values, problems };
}

function problemOfChoices(one: Field, chosen: readonly string[]): string | null {
  if (one.required && chosen.length === 0) return `Pilih ${lower(one.label)}.`;
  const known = chosen.every((value) => one.options.some((option) => option.value === value));
  return known ? null : `Pilih ${lower(one.label)} dari daftar.`;
}

function problemOfValue(one: Field, value: string): string | null {
  if (value === "") {
    if (!one.required) return null;
    return one.type === "select"
      ? `Pilih ${lower(one.label).replace(/\?$/, "")}.`
      : `Isi ${lower(one.label)}.`;
  }
  if (value.length > one.maxLength) {
    return `${one.label} paling banyak ${one.maxLength} huruf. Ringkas isiannya.`;
  }
  if (one.type === "select" && !one.options.some((option) => option.value === value)) {
    return `Pilih ${lower(one.label)} dari daftar.`;
  }
  if (one.type === "email" && !z.email().safeParse(value).success) {
    return "Tulis alamat surel lengkap, misalnya nama@dinas.go.id.";
  }
  if (one.type === "date" && !z.iso.date().safeParse(value).success) {
    return "Tulis tanggal lengkap, misalnya 2026-11-23.";
  }
  if (one.type === "tel" && !/^\+?[\d\s().-]{6,25}$/.test(value)) {
    return "Tulis nomor kontak dengan angka saja, misalnya 0541 731963.";
  }
  if (one.type === "number" && !/^[1-9]\d{0,5}$/.test(value)) {
    return "Tulis angka bulat lebih dari nol, misalnya 45.";
  }
  if (one.type === "datetime" && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(value)) {
    return "Tulis tanggal dan jam, misalnya 2026-11-23T09:00.";
  }
  return null;
}

function lower(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}
