import { type Sop, SopSchema } from "#domain/sop/schema.ts";
import { type Draft, EMPTY_IDENTITY } from "./sop-draft.ts";

/**
 * An SOP of neither source: four columns, a decision with a way back, a plan that freezes, a checker
 * who must be another person. What runs here and for both sources runs from data alone.
 */
export function sampleSop(changes: Draft = {}): Sop {
  const step = (no: number, kolom: string[], tindakan: Draft[], more: Draft = {}): Draft => ({
    no,
    uraian: `Langkah ${no}`,
    kolom,
    simbol: "proses",
    kelengkapan: [],
    waktu: { nilai: 30, satuan: "menit", teks: "30 menit" },
    output: [],
    tindakan,
    ...more,
  });
  const act = (id: string, jenis: string, oleh: string, more: Draft = {}): Draft => ({
    id,
    jenis,
    oleh,
    judul: `Kerjakan ${id}`,
    ...more,
  });
  return SopSchema.parse({
    slug: "contoh",
    instansi: "contoh",
    judul: "SOP contoh",
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
      kegiatan: "Kegiatan",
      pelaksana: "Pelaksana",
      mutuBaku: "Mutu baku",
      kelengkapan: "Kelengkapan",
      waktu: "Waktu",
      output: "Output",
      keterangan: "Ket",
    },
    jenisPermohonan: ["backup", "restore"],
    pelaksana: [
      {
        id: "opd",
        judul: "OPD",
        peran: [{ id: "pemohon", judul: "Pemohon", jabatan: [], pemohon: true }],
      },
      { id: "kabid", judul: "Kabid", peran: [{ id: "kabid", judul: "Kabid", jabatan: ["kabid"] }] },
      {
        id: "tim",
        judul: "Tim",
        peran: [
          { id: "pelaksana", judul: "Pelaksana", jabatan: ["teknisi"] },
          { id: "pemeriksa", judul: "Pemeriksa", jabatan: ["teknisi", "auditor"] },
        ],
      },
    ],
    langkah: [
      step(1, ["opd"], [act("ajukan", "permohonan", "pemohon")], { simbol: "terminator" }),
      step(2, ["kabid"], [act("putuskan", "disposisi", "kabid")], {
        simbol: "keputusan",
        kelengkapan: ["Surat", "Daftar"],
        cabang: [
          { label: "Ya", ke: 3 },
          { label: "Tidak", ke: 5 },
        ],
      }),
      step(
        3,
        ["tim"],
        [
          act("rencana", "perencanaan", "pelaksana", { memilihSasaran: true, membekukan: true }),
          act("laksana", "pelaksanaan", "pelaksana", { tugasAgen: "sesuai-permohonan" }),
        ],
      ),
      step(4, ["tim"], [act("periksa", "konfirmasi", "pemeriksa", { bedaOrangDari: ["laksana"] })]),
      step(5, ["opd"], [act("terima", "penerimaan", "pemohon")], { simbol: "terminator" }),
    ],
    ...changes,
  });
}
