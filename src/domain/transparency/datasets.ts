/** The open data: its tables and what each column means. Names and columns are never renamed. */

export interface DataField {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "date";
  readonly description: string;
  /** Never empty. */
  readonly required: boolean;
  readonly values?: readonly string[];
}

export interface Dataset {
  /** Folder and file name under `/data/`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly fields: readonly DataField[];
  /** What no two rows share. */
  readonly key: readonly string[];
}

/** A row by column; empty is null. */
export type DataRow = Readonly<Record<string, string | number | null>>;

export const STATUSES = ["tersedia", "kurang-dari-5", "tidak-ditampilkan"] as const;
export const PERIOD_KINDS = ["tahun", "triwulan", "bulan"] as const;
export const MEASURES = [
  "diterima",
  "selesai",
  "ditolak",
  "dibatalkan",
  "bagian-tepat-waktu",
  "median-permohonan",
  "p90-permohonan",
  "median-langkah",
  "p90-langkah",
] as const;
export type DataMeasure = (typeof MEASURES)[number];
export const UNITS = ["permohonan", "bagian", "menit-kerja"] as const;

const needed = (name: string, description: string, values?: readonly string[]): DataField => ({
  name,
  type: "string",
  description,
  required: true,
  ...(values ? { values } : {}),
});
const optional = (name: string, type: DataField["type"], description: string): DataField => ({
  name,
  type,
  description,
  required: false,
});

const LAYANAN = needed("layanan", "Pengenal tetap SOP layanan, sama dengan alamat halamannya.");

export const PERFORMANCE: Dataset = {
  name: "kinerja-layanan",
  title: "Kinerja layanan",
  description:
    "Permohonan yang diterima, selesai, ditolak, dan dibatalkan, ketepatan waktu, dan waktu kerja nyata menurut layanan dan masa. Waktu menunggu jawaban pemohon tidak termasuk. Satu baris memuat satu fakta.",
  fields: [
    LAYANAN,
    needed("periode", "Masa yang dihitung: 2026, 2026-T1, atau 2026-01."),
    needed("jenis_periode", "Jenis masa.", PERIOD_KINDS),
    needed("ukuran", "Yang dihitung.", MEASURES),
    optional("jenis_permohonan", "string", "backup atau restore; kosong untuk keduanya."),
    optional("alasan", "string", "Golongan alasan penolakan; kosong untuk semuanya."),
    optional("langkah", "integer", "Nomor langkah SOP versi terbaru; kosong untuk permohonan."),
    optional("nilai", "number", "Nilai dalam satuan; kosong bila status bukan tersedia."),
    needed("satuan", "Satuan nilai. Bagian ditulis 0 sampai 1.", UNITS),
    needed("status", "Apakah nilai ditampilkan.", STATUSES),
  ],
  key: ["layanan", "periode", "ukuran", "jenis_permohonan", "alasan", "langkah"],
};

export const DRILLS: Dataset = {
  name: "uji-pulih",
  title: "Uji pulih",
  description:
    "Uji pulih yang diadakan dan yang lulus: cadangan terbaru dipulihkan ke salinan samping, isinya dibandingkan, lalu salinan itu dihapus. Dihitung pada bulan portal menerima hasilnya.",
  fields: [
    needed("instansi", "Pengenal tetap instansi pada portal ini."),
    needed("periode", "Masa yang dihitung: 2026, 2026-T1, atau 2026-01."),
    needed("jenis_periode", "Jenis masa.", PERIOD_KINDS),
    { name: "diadakan", type: "integer", description: "Uji pulih yang diadakan.", required: true },
    {
      name: "lulus",
      type: "integer",
      description: "Uji pulih yang isinya sama dengan cadangannya.",
      required: true,
    },
  ],
  key: ["instansi", "periode"],
};

export const PROMISES: Dataset = {
  name: "waktu-baku",
  title: "Waktu baku",
  description:
    "Waktu baku tiap langkah menurut SOP versi terbaru, untuk dibandingkan dengan kinerja.",
  fields: [
    LAYANAN,
    { name: "versi", type: "integer", description: "Versi SOP.", required: true },
    { name: "langkah", type: "integer", description: "Nomor langkah.", required: true },
    needed("uraian", "Uraian langkah sebagaimana tertulis dalam SOP."),
    optional(
      "waktu_baku",
      "string",
      "Waktu sebagaimana tertulis; kosong bila SOP tidak menyebutnya.",
    ),
    optional("menit_kerja", "number", "Waktu yang sama dalam menit kerja instansi."),
  ],
  key: ["layanan", "langkah"],
};

export const SOPS: Dataset = {
  name: "sop",
  title: "Daftar SOP",
  description: "SOP yang diterbitkan di portal ini, dengan versi terbaru dan sidik naskahnya.",
  fields: [
    LAYANAN,
    needed("judul", "Judul SOP."),
    needed("instansi", "Instansi pemilik SOP."),
    optional("nomor", "string", "Nomor SOP; kosong bila naskah tidak menyebutnya."),
    { name: "versi", type: "integer", description: "Versi terbaru.", required: true },
    needed("status", "Status SOP.", ["berlaku", "diganti", "dicabut"]),
    optional("tanggal_efektif", "date", "Tanggal efektif; kosong bila naskah tidak menyebutnya."),
    needed("sidik", "SHA-256 naskah versi terbaru (sop.json)."),
    needed("alamat", "Alamat halaman SOP pada portal ini."),
  ],
  key: ["layanan"],
};

export const DATASETS = [PERFORMANCE, PROMISES, DRILLS, SOPS] as const;
