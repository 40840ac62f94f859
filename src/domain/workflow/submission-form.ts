/**
 * The whole request form of an SOP. `submissionForm` asks what everybody must tell, at once on the
 * SOP's page; here stands all that may be told, ordered into steps of one thing a page. Page, server
 * and letter follow the same order.
 */
import type { FieldProblem } from "../errors.ts";
import type { Sop } from "../sop/schema.ts";
import { type Field, type FormValues, field, readForm, submissionForm } from "./form.ts";
import { isBlank, problemsOfRows, rowsOf, specificationOf } from "./system-rows.ts";

export const SUBMISSION_STEPS = [
  "layanan",
  "pemohon",
  "sistem",
  "aset",
  "kejadian",
  "alasan",
  "surat",
] as const;
export type SubmissionStepId = (typeof SUBMISSION_STEPS)[number];

export interface SubmissionStep {
  readonly id: SubmissionStepId;
  /** What it is about, in a list of answers. */
  readonly name: string;
  /** The question, heading of its page. */
  readonly title: string;
  readonly lead: string | null;
  /** Empty where rows are asked for instead. */
  readonly fields: readonly Field[];
}

type Asked = Pick<Sop, "jenisPermohonan">;

/** Steps in order; what happened is asked for a restore only, and a choice of one is not asked. */
export function submissionSteps(sop: Asked, kind: string): SubmissionStep[] {
  const base = new Map(submissionForm(sop).map((one) => [one.name, one]));
  const pick = (...names: string[]): Field[] => names.flatMap((name) => base.get(name) ?? []);
  const steps: (SubmissionStep & { readonly asked: boolean })[] = [
    {
      id: "layanan",
      name: "Layanan",
      title: "Apa yang Anda perlukan?",
      lead: null,
      fields: pick("jenis"),
      asked: sop.jenisPermohonan.length > 1,
    },
    {
      id: "pemohon",
      name: "Pemohon",
      title: "Siapa yang mengajukan?",
      lead: null,
      fields: [...pick("opd", "nama", "surel"), CONTACT],
      asked: true,
    },
    {
      id: "sistem",
      name: "Sistem",
      title: "Server, aplikasi, atau basis data yang mana?",
      lead: "Satu baris untuk satu server, aplikasi, atau basis data. Jangan menulis kata sandi.",
      fields: [],
      asked: true,
    },
    {
      id: "aset",
      name: "Aset",
      title: "Apakah sudah terdaftar sebagai aset?",
      lead: "Boleh dikosongkan. Bila diisi, petugas lebih cepat menemukan sistem yang dimaksud.",
      fields: [ASSET_CODES, CATEGORY],
      asked: true,
    },
    {
      id: "kejadian",
      name: "Kejadian",
      title: "Apa yang terjadi pada data?",
      lead: "Boleh dikosongkan. Jawaban Anda membantu memilih berkas cadangan yang tepat.",
      fields: [INCIDENT, POINT_IN_TIME],
      asked: kind === "restore",
    },
    {
      id: "alasan",
      name: "Alasan dan waktu",
      title: "Mengapa dan kapan diperlukan?",
      lead: null,
      fields: [...pick("alasan"), WANTED_DAY, WANTED_NOTE],
      asked: true,
    },
    {
      id: "surat",
      name: "Surat permohonan",
      title: "Surat permohonan",
      lead: "Tanpa unggahan, surat permohonan dibuat dari isian Anda.",
      fields: pick("nomorSurat", "surat"),
      asked: true,
    },
  ];
  return steps.flatMap(({ asked, ...step }) => (asked ? [step] : []));
}

/** Every field of a submission of this kind; the rows as the one text they become. */
export function submissionFields(sop: Asked, kind: string): Field[] {
  const base = submissionForm(sop);
  const only = sop.jenisPermohonan.length === 1 ? base.filter(({ name }) => name === "jenis") : [];
  const text = base.filter(({ name }) => name === "spesifikasi");
  const steps = submissionSteps(sop, kind);
  return [...only, ...steps.flatMap(({ id, fields }) => (id === "sistem" ? text : fields))];
}

/** Reads a submission as a browser or a program sends it; rows win over nothing, a text over rows. */
export function readSubmission(
  sop: Asked,
  raw: FormValues,
): {
  readonly fields: readonly Field[];
  readonly values: Record<string, string | string[]>;
  readonly problems: FieldProblem[];
} {
  const fields = submissionFields(sop, [raw["jenis"] ?? ""].flat()[0] ?? "");
  const text = [raw["spesifikasi"] ?? ""].flat()[0]?.trim() ?? "";
  const rows = rowsOf(raw);
  if (text !== "" || rows.every(isBlank)) return { fields, ...readForm(fields, raw) };
  const read = readForm(fields, { ...raw, spesifikasi: specificationOf(rows) });
  return { fields, values: read.values, problems: [...read.problems, ...problemsOfRows(rows)] };
}

/** The step whose page asks for a field, so that a problem leads to it. */
export function stepOfField(sop: Asked, kind: string, name: string): SubmissionStepId | null {
  if (name === "spesifikasi" || name.startsWith("sistem")) return "sistem";
  const steps = submissionSteps(sop, kind);
  return steps.find(({ fields }) => fields.some((one) => one.name === name))?.id ?? null;
}

/** Asset codes as typed: apart by commas, spaces or lines; upper case, each once. */
export function assetCodesIn(text: string): string[] {
  const codes = text.split(/[\s,;]+/).map((code) => code.toUpperCase());
  return [...new Set(codes.filter((code) => code !== ""))];
}

const CONTACT = field({
  name: "kontak",
  label: "Nomor telepon yang dapat dihubungi",
  type: "tel",
  required: false,
  maxLength: 30,
});

const ASSET_CODES = field({
  name: "kodeAset",
  label: "Kode aset",
  type: "text",
  required: false,
  hint: "Tertera pada tanda daftar aset. Beberapa kode dipisah dengan koma.",
});

/** As its owner judged it; the queue and the depth of checks may follow from it. */
const CATEGORY = field({
  name: "kategori",
  label: "Kategori sistem elektronik",
  type: "select",
  required: false,
  hint: "Menurut hasil penilaian mandiri sistem Anda. Kosongkan bila belum dinilai.",
  options: [
    { value: "strategis", label: "Strategis" },
    { value: "tinggi", label: "Tinggi" },
    { value: "rendah", label: "Rendah" },
  ],
});

const INCIDENT = field({
  name: "kejadian",
  label: "Apa yang terjadi, dan kapan diketahui?",
  type: "textarea",
  required: false,
  hint: "Misalnya: data terhapus saat pemutakhiran, diketahui Senin pagi.",
  maxLength: 2_000,
});

const POINT_IN_TIME = field({
  name: "titikPulih",
  label: "Keadaan data pada waktu mana yang Anda inginkan?",
  type: "text",
  required: false,
  hint: "Misalnya: keadaan Minggu malam, sebelum pemutakhiran.",
});

const WANTED_DAY = field({
  name: "waktu",
  label: "Tanggal yang Anda inginkan",
  type: "date",
  required: false,
  hint: "Dinas menjadwalkan menurut kapasitas; tanggal ini menjadi pertimbangan.",
});

const WANTED_NOTE = field({
  name: "catatanWaktu",
  label: "Keterangan waktu",
  type: "text",
  required: false,
  hint: "Misalnya: di luar jam pelayanan, sesudah pukul 17.00.",
});
