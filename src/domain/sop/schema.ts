/**
 * An SOP as data: one file is the page, the form, the workflow, the agent's check and the figures.
 *
 * Printed words (`teks`, `judul`, `uraian` …) are the source to the letter; what the source leaves
 * empty is null or an empty list, never a guess. How the system carries a step out stands beside
 * them in `tindakan` and is never printed as part of the source. Whether and since when a version is
 * in force is not part of it (`life-cycle.ts`): a version keeps its digest when it is withdrawn.
 *
 * Keys that were added later are optional without default: a default would enter the canonical JSON
 * and so change the digest of every version that was published before.
 *
 * Words
 * - kolom (column): a role column of the procedure table
 * - peran (role): who acts; a column may hold several (SOP A: Pengelola and Pemeriksa)
 * - jabatan (position): the post in the agency whose holder may take the role
 * - langkah (step): a numbered row of the procedure
 * - tindakan (act): one thing one role does inside a step; the last one closes the step
 */
import { z } from "zod";

const id = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    "tulis huruf kecil, angka, dan tanda hubung, mis. kepala-bidang",
  );
const date = z.iso.date("tulis tanggal sebagai TTTT-BB-HH, mis. 2025-06-23");
const isTrue = z.literal(true, "tulis true, atau hapus butir ini");
const text = z.string().trim().min(1, "tulis teksnya, atau hapus butir ini");

/** A numbered line of a block. `nomor` is the number as printed, even where the source misprints it. */
const Item = z.strictObject({ nomor: z.int().nullable(), teks: text });

/** A related SOP; `rujukan` is its slug where this portal holds it. */
const Related = Item.extend({ rujukan: id.optional() });

/** A cited law: the words as printed, and the law they mean. */
const Citation = z.strictObject({ nomor: z.int().nullable(), teks: text, rujukan: id });

/** The six blocks between identity and procedure, in the order of PermenPANRB 35/2012. */
export const BLOCKS = [
  "dasar-hukum",
  "kualifikasi",
  "keterkaitan",
  "peralatan",
  "peringatan",
  "pencatatan",
] as const;
export type BlockId = (typeof BLOCKS)[number];

/** Corrections and doubts of the editor, shown apart from the source text. */
const Note = z.strictObject({ bagian: z.enum(["identitas", ...BLOCKS, "prosedur"]), teks: text });

/** A block that PermenPANRB 35/2012 does not name, e.g. Definisi. */
const ExtraBlock = z.strictObject({ id, judul: text, butir: z.array(Item).min(1) });

/** One line of a sheet of approval with several names, e.g. "Diperiksa oleh". */
const Approver = z.strictObject({
  sebagai: text,
  jabatan: text,
  nama: text.nullable(),
  nip: text.nullable(),
});

const Role = z.strictObject({
  id,
  judul: text,
  /** Positions (content/instansi) whose holder may act. Empty only for the pemohon. */
  jabatan: z.array(id),
  pemohon: z.boolean().default(false),
});

const Column = z.strictObject({ id, judul: text, peran: z.array(Role).min(1) });

/** `nilai` and `satuan` are null where the source prints words instead of a time, e.g. "sesuai jadwal". */
export const StandardTimeSchema = z
  .strictObject({
    nilai: z.number().positive("tulis angka lebih dari 0").nullable(),
    satuan: z
      .enum(["menit", "jam", "hari", "minggu"], "tulis menit, jam, hari, atau minggu")
      .nullable(),
    /** As printed, e.g. "30 Menit". */
    teks: text,
  })
  .refine((time) => (time.nilai === null) === (time.satuan === null), {
    path: ["satuan"],
    message: "nilai dan satuan diisi keduanya, atau null keduanya",
  });

export const ActKind = z.enum([
  "permohonan",
  "disposisi",
  "perencanaan",
  "pelaksanaan",
  "konfirmasi",
  "laporan",
  "pengesahan",
  "pemberitahuan",
  "penerimaan",
]);
export type ActKind = z.infer<typeof ActKind>;

export const DocumentKind = z.enum([
  "surat-permohonan",
  "disposisi",
  "perencanaan",
  "laporan",
  "surat-pemberitahuan",
  "berita-acara",
]);
export type DocumentKind = z.infer<typeof DocumentKind>;

const Act = z.strictObject({
  id,
  jenis: ActKind,
  oleh: id,
  /** What the act asks for, in a verb phrase, for inbox and buttons. */
  judul: text,
  /** Roles the disposisi goes to. */
  kepada: z.array(id).default([]),
  /** The document this act leaves behind. */
  dokumen: DocumentKind.nullable().default(null),
  /** Documents of earlier acts that are attached to this act's document. */
  lampiran: z.array(DocumentKind).default([]),
  /** What the agent does for this act; `sesuai-permohonan` = backup or restore, as was asked. */
  tugasAgen: z.enum(["sesuai-permohonan", "cek-berkas"]).nullable().default(null),
  /** The actor chooses targets (and, for a restore, the backup) here. */
  memilihSasaran: z.boolean().default(false),
  /** Closing this act fixes the JobSpec of the next `sesuai-permohonan` act. */
  membekukan: z.boolean().default(false),
  /** Acts whose doer must be another natural person. */
  bedaOrangDari: z.array(id).default([]),
});

const Branch = z.strictObject({
  label: z.enum(["Ya", "Tidak"]),
  ke: z.int().positive(),
  /** How often a way back may be taken in one request. */
  maks: z.int().positive().optional(),
});

const Step = z.strictObject({
  no: z.int().positive(),
  /** The number as printed, where it is not `no`: groups count anew, some rows have none (""). */
  nomorTercetak: z.string().trim().optional(),
  /** Heading printed above this step, e.g. "A. Perumusan Kebijakan"; it holds until the next one. */
  grup: text.optional(),
  uraian: text,
  /** Columns with a symbol in this row, in flow order. */
  kolom: z.array(id).min(1),
  simbol: z.enum(["terminator", "proses", "keputusan"]),
  /** Off-page connectors printed in the source: letter at the foot or head of the page. */
  konektor: z
    .strictObject({ huruf: text, arah: z.enum(["keluar", "masuk"]) })
    .nullable()
    .default(null),
  kelengkapan: z.array(text),
  waktu: StandardTimeSchema.nullable(),
  output: z.array(text),
  keterangan: text.nullable().default(null),
  /** Exits of a decision; a step without goes on to the next row. */
  cabang: z.array(Branch).default([]),
  /** Empty in a procedure that is only published, and at a bare "Mulai" or "Selesai". */
  tindakan: z.array(Act),
});

export const SopSchema = z.strictObject({
  slug: id,
  instansi: id,
  judul: text,
  versi: z.int().positive(),
  identitas: z.strictObject({
    nomor: text.nullable(),
    tanggalPembuatan: date.nullable(),
    tanggalRevisi: date.nullable(),
    tanggalPengesahan: date.nullable(),
    tanggalEfektif: date.nullable(),
    disahkanOleh: text.nullable(),
    namaSop: text.nullable(),
    /** Sheets of approval with two or three names. */
    lembarPengesahan: z.array(Approver).min(1).max(3).optional(),
  }),
  dasarHukum: z.array(Citation),
  kualifikasi: z.array(Item),
  keterkaitan: z.array(Related),
  peralatan: z.array(Item),
  peringatan: z.array(Item),
  pencatatan: z.array(Item),
  /** Headings as printed, where they differ from the regulation's. */
  judulBagian: z.partialRecord(z.enum(BLOCKS), text).optional(),
  /** Blocks printed after the six. */
  bagianTambahan: z.array(ExtraBlock).min(1).optional(),
  catatanPenyunting: z.array(Note).default([]),
  /** Words printed above the procedure table. */
  judulProsedur: text.nullable().default(null),
  /** Header words of the table as printed. */
  kepalaTabel: z.strictObject({
    no: text,
    kegiatan: text,
    pelaksana: text,
    mutuBaku: text,
    kelengkapan: text,
    waktu: text,
    output: text,
    keterangan: text,
  }),
  /** The source prints no columns for mutu baku at all. */
  tanpaMutuBaku: isTrue.optional(),
  /** What sets the procedure going, where it is not a request. */
  pemicu: z.enum(["jadwal", "perintah"]).optional(),
  /** What may be asked for under this SOP; empty = it is published, but no service runs by it. */
  jenisPermohonan: z.array(z.enum(["backup", "restore"])),
  /** How often a request may be returned before it must be refused or finished. */
  maksPengembalian: z.int().positive().default(3),
  pelaksana: z.array(Column).min(1),
  langkah: z.array(Step).min(1),
});

export type Sop = z.infer<typeof SopSchema>;
export type SopStep = Sop["langkah"][number];
export type SopAct = SopStep["tindakan"][number];
export type SopColumn = Sop["pelaksana"][number];
export type SopRole = SopColumn["peran"][number];
export type RequestKind = Sop["jenisPermohonan"][number];
