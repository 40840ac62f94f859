/** Shorthand for SOPs of the tests; `sopOf` puts every one through the schema. */
import { type Sop, SopSchema } from "#domain/sop/schema.ts";

export type Draft = Record<string, unknown>;

/** Posts of `content/instansi/kaltim.md`, from the highest. */
const POSTS = ["administrator", "pengawas", "pengelola", "pemeriksa"] as const;

export const EMPTY_IDENTITY = {
  nomor: null,
  tanggalPembuatan: null,
  tanggalRevisi: null,
  tanggalPengesahan: null,
  tanggalEfektif: null,
  disahkanOleh: null,
  namaSop: null,
};

export function sopOf(slug: string, judul: string, more: Draft): Sop {
  return SopSchema.parse({
    slug: `contoh-${slug}`,
    instansi: "kaltim",
    judul: `CONTOH ${judul}`,
    versi: 1,
    identitas: EMPTY_IDENTITY,
    dasarHukum: [],
    kualifikasi: [],
    keterkaitan: [],
    peralatan: [],
    peringatan: [],
    pencatatan: [],
    kepalaTabel: {
      no: "No",
      kegiatan: "Uraian Kegiatan",
      pelaksana: "Pelaksana",
      mutuBaku: "Mutu Baku",
      kelengkapan: "Persyaratan/Kelengkapan",
      waktu: "Waktu",
      output: "Output",
      keterangan: "Ket.",
    },
    jenisPermohonan: ["restore"],
    ...more,
  });
}

/** Numbers the steps and fills in what most of them leave empty. */
export function steps(drafts: readonly Draft[]): Draft[] {
  return drafts.map((draft, at) => ({
    no: at + 1,
    simbol: "proses",
    kelengkapan: [],
    waktu: null,
    output: [],
    tindakan: [],
    ...draft,
  }));
}

export function requester(id: string, judul: string): Draft {
  return { id, judul, peran: [{ id, judul, jabatan: [], pemohon: true }] };
}

export function column(id: string, judul: string, post: 0 | 1 | 2 | 3): Draft {
  return { id, judul, peran: [{ id, judul, jabatan: [POSTS[post]] }] };
}

export function act(id: string, jenis: string, oleh: string, more: Draft = {}): Draft {
  return { id, jenis, oleh, judul: `Kerjakan ${id}`, ...more };
}

export function minutes(nilai: number): Draft {
  return { nilai, satuan: "menit", teks: `${nilai} menit` };
}

export function exits(yes: number, no: number): Draft[] {
  return [
    { label: "Ya", ke: yes },
    { label: "Tidak", ke: no },
  ];
}
