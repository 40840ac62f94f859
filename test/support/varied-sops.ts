import type { Sop } from "#domain/sop/schema.ts";
import {
  act,
  column,
  type Draft,
  EMPTY_IDENTITY,
  exits,
  minutes,
  requester,
  sopOf,
  steps,
} from "./sop-draft.ts";

/**
 * SOPs with what published ones of other agencies vary in. Their words are made up; the shapes are
 * those of real ones. Agency and posts are those of `content/instansi/kaltim.md`.
 */
export const variedSops: Readonly<Record<string, () => Sop>> = {
  numberedEnds,
  letteredGroups,
  upAndDownRanks,
  withoutStandards,
  wordsAndWeeks,
  extraBlocks,
  startedByHead,
  onSchedule,
};

/** "Mulai" and "Selesai" are rows of the table; step 4 lets in or sends back. */
export function numberedEnds(changes: Draft = {}): Sop {
  return sopOf("akses-ruang-server", "SOP AKSES RUANG SERVER", {
    pelaksana: [requester("tamu", "Tamu/Mitra"), column("petugas", "Petugas Ruang Server", 0)],
    langkah: steps([
      { uraian: "Mulai", kolom: ["tamu"], simbol: "terminator", nomorTercetak: "" },
      {
        uraian: "Mengajukan izin masuk dengan mengisi formulir",
        kolom: ["tamu"],
        kelengkapan: ["Formulir izin masuk"],
        waktu: minutes(5),
        output: ["Formulir terisi"],
        tindakan: [act("ajukan", "permohonan", "tamu")],
      },
      {
        uraian: "Memeriksa formulir dan tanda pengenal",
        kolom: ["petugas"],
        waktu: minutes(5),
        tindakan: [act("periksa", "konfirmasi", "petugas")],
      },
      {
        uraian: "Memutuskan izin: a. izin diberikan; b. izin tidak diberikan",
        kolom: ["petugas"],
        simbol: "keputusan",
        cabang: exits(5, 2),
        tindakan: [act("putuskan", "konfirmasi", "petugas")],
      },
      {
        uraian: "Mendampingi tamu selama di ruang server",
        kolom: ["petugas", "tamu"],
        output: ["Buku tamu"],
        tindakan: [act("dampingi", "pelaksanaan", "petugas")],
      },
      { uraian: "Selesai", kolom: ["tamu"], simbol: "terminator", nomorTercetak: "" },
    ]),
    ...changes,
  });
}

/** Steps in lettered groups, numbered anew in each; one way back within a group, one across both. */
export function letteredGroups(changes: Draft = {}): Sop {
  return sopOf("pengelolaan-ti", "SOP PENGELOLAAN TEKNOLOGI INFORMASI", {
    pelaksana: [
      requester("satker", "Satuan Kerja"),
      column("operator", "Operator", 2),
      column("kasubbag", "Kasubbag", 1),
      column("ketua", "Ketua", 0),
    ],
    langkah: steps([
      {
        grup: "A. Perumusan Kebijakan Teknologi Informasi",
        nomorTercetak: "1",
        uraian: "Mengajukan kebutuhan",
        kolom: ["satker"],
        simbol: "terminator",
        kelengkapan: ["FM/01"],
        waktu: { nilai: 1, satuan: "hari", teks: "1 hari" },
        tindakan: [act("ajukan", "permohonan", "satker")],
      },
      {
        nomorTercetak: "2",
        uraian: "Menyusun konsep kebijakan",
        kolom: ["operator"],
        output: ["Konsep"],
        tindakan: [act("susun", "perencanaan", "operator")],
      },
      {
        nomorTercetak: "3",
        uraian: "Memeriksa konsep kebijakan",
        kolom: ["kasubbag"],
        simbol: "keputusan",
        cabang: exits(4, 2),
        tindakan: [act("periksa", "konfirmasi", "kasubbag")],
      },
      {
        grup: "B. Pelaksanaan",
        nomorTercetak: "1",
        uraian: "Menyetujui kebijakan untuk dilaksanakan",
        kolom: ["ketua"],
        simbol: "keputusan",
        cabang: exits(5, 1),
        tindakan: [act("setujui", "pengesahan", "ketua")],
      },
      {
        nomorTercetak: "2",
        uraian: "Melaksanakan kebijakan",
        kolom: ["operator", "kasubbag"],
        waktu: { nilai: 2, satuan: "hari", teks: "2 hari" },
        output: ["FM/02", "FM/03"],
        tindakan: [act("laksana", "pelaksanaan", "operator")],
      },
      {
        grup: "C. Pelaporan",
        nomorTercetak: "1",
        uraian: "Menerima laporan pelaksanaan",
        kolom: ["satker"],
        simbol: "terminator",
        keterangan: "SOP Pengarsipan",
        tindakan: [act("terima", "penerimaan", "satker")],
      },
    ]),
    ...changes,
  });
}

/** Seven columns: up the ranks, down again, two ways back at once, one exit ahead over several rows. */
export function upAndDownRanks(changes: Draft = {}): Sop {
  return sopOf("pemeliharaan-aplikasi", "SOP PEMELIHARAAN APLIKASI", {
    pelaksana: [
      requester("skpd", "SKPD"),
      column("petugas", "Petugas Administrasi", 2),
      column("jaringan", "Tim Jaringan", 2),
      column("seksi", "Kepala Seksi", 1),
      column("bidang", "Kepala Bidang", 1),
      column("sekretaris", "Sekretaris", 0),
      column("dinas", "Kepala Dinas", 0),
    ],
    langkah: steps([
      {
        uraian: "Mengajukan surat permohonan pemeliharaan",
        kolom: ["skpd"],
        simbol: "terminator",
        kelengkapan: ["Surat permohonan"],
        tindakan: [act("ajukan", "permohonan", "skpd")],
      },
      {
        uraian: "Mencatat surat dan meneruskannya kepada Sekretaris",
        kolom: ["petugas"],
        waktu: minutes(10),
        tindakan: [act("catat", "konfirmasi", "petugas")],
      },
      {
        uraian: "Memeriksa kelengkapan surat",
        kolom: ["sekretaris"],
        simbol: "keputusan",
        waktu: minutes(10),
        cabang: exits(4, 2),
        tindakan: [act("periksa", "konfirmasi", "sekretaris")],
      },
      {
        uraian: "Memberikan disposisi",
        kolom: ["dinas"],
        waktu: minutes(30),
        output: ["Disposisi"],
        tindakan: [act("disposisi", "disposisi", "dinas", { kepada: ["bidang"] })],
      },
      {
        uraian: "Menelaah permohonan",
        kolom: ["bidang"],
        simbol: "keputusan",
        cabang: exits(6, 10),
        tindakan: [act("telaah", "konfirmasi", "bidang")],
      },
      {
        uraian: "Menyusun rencana bersama Tim Jaringan dan Petugas Administrasi",
        kolom: ["seksi", "petugas", "jaringan"],
        output: ["Rencana"],
        tindakan: [act("susun", "perencanaan", "seksi")],
      },
      {
        uraian: "Melaksanakan pemeliharaan",
        kolom: ["jaringan"],
        waktu: { nilai: 3, satuan: "hari", teks: "3 hari" },
        tindakan: [act("laksana", "pelaksanaan", "jaringan")],
      },
      {
        uraian: "Menguji hasil pemeliharaan",
        kolom: ["seksi"],
        simbol: "keputusan",
        cabang: exits(9, 7),
        tindakan: [act("uji", "konfirmasi", "seksi")],
      },
      {
        uraian: "Mengesahkan laporan",
        kolom: ["bidang"],
        simbol: "keputusan",
        cabang: exits(10, 6),
        tindakan: [act("sahkan", "pengesahan", "bidang")],
      },
      {
        uraian: "Menerima pemberitahuan",
        kolom: ["skpd"],
        simbol: "terminator",
        tindakan: [act("terima", "penerimaan", "skpd")],
      },
    ]),
    ...changes,
  });
}

/** The source prints no columns for mutu baku. */
export function withoutStandards(changes: Draft = {}): Sop {
  return sopOf("peminjaman-alat", "SOP PEMINJAMAN ALAT", {
    tanpaMutuBaku: true,
    pelaksana: [requester("peminjam", "Peminjam"), column("petugas", "Petugas", 2)],
    langkah: steps([
      {
        uraian: "Mengajukan peminjaman",
        kolom: ["peminjam"],
        simbol: "terminator",
        tindakan: [act("ajukan", "permohonan", "peminjam")],
      },
      {
        uraian: "Menyerahkan alat",
        kolom: ["petugas"],
        simbol: "terminator",
        keterangan: "Petugas yang bertugas hari itu",
        tindakan: [act("serahkan", "penerimaan", "petugas")],
      },
    ]),
    ...changes,
  });
}

/** Times as words, in weeks, and as a formula-like text. */
export function wordsAndWeeks(changes: Draft = {}): Sop {
  const words = (teks: string) => ({ nilai: null, satuan: null, teks });
  return sopOf("konsolidasi-database", "SOP KONSOLIDASI DATABASE", {
    pelaksana: [
      requester("daerah", "Dinas Daerah"),
      column("operator", "Operator", 2),
      column("kepala", "Kepala Seksi", 1),
    ],
    langkah: steps([
      {
        uraian: "Mengirim data",
        kolom: ["daerah"],
        simbol: "terminator",
        waktu: words("sesuai jadwal"),
        tindakan: [act("kirim", "permohonan", "daerah")],
      },
      {
        uraian: "Menggabungkan data",
        kolom: ["operator"],
        waktu: { nilai: 2, satuan: "minggu", teks: "2 (dua) Minggu" },
        keterangan: "-/+ 60 hari bila data tidak lengkap",
        tindakan: [act("gabung", "pelaksanaan", "operator")],
      },
      {
        uraian: "Menyetujui hasil",
        kolom: ["kepala"],
        simbol: "terminator",
        waktu: words("menyesuaikan ketersediaan SDM"),
        tindakan: [act("setujui", "pengesahan", "kepala")],
      },
    ]),
    ...changes,
  });
}

/** Blocks beside the six, other headings, and a sheet of approval with three names. */
export function extraBlocks(changes: Draft = {}): Sop {
  return sopOf("perubahan-sistem", "SOP PERUBAHAN SISTEM", {
    identitas: {
      ...EMPTY_IDENTITY,
      nomor: "CONTOH/SOP/26/2012",
      tanggalEfektif: "2012-03-01",
      lembarPengesahan: [
        { sebagai: "Dibuat oleh", jabatan: "Administrator Sistem", nama: "CONTOH SATU", nip: null },
        { sebagai: "Menyetujui", jabatan: "Kepala Seksi", nama: "CONTOH DUA", nip: null },
        { sebagai: "Mengetahui", jabatan: "Kepala Dinas", nama: null, nip: null },
      ],
    },
    judulBagian: { peralatan: "Persyaratan/Perlengkapan", peringatan: "Peringatan dan Sanksi" },
    peringatan: [
      { nomor: null, teks: "Penyimpangan dari kelengkapan, waktu, atau output adalah kegagalan." },
    ],
    bagianTambahan: [
      {
        id: "penjelasan-singkat",
        judul: "Penjelasan Singkat",
        butir: [{ nomor: null, teks: "Perubahan diajukan dengan formulir." }],
      },
      {
        id: "definisi",
        judul: "Definisi",
        butir: [
          { nomor: 1, teks: "Perubahan: setiap perubahan atas sistem." },
          { nomor: 2, teks: "Administrator: pengelola sistem." },
        ],
      },
    ],
    pelaksana: [requester("pemohon", "Pemohon"), column("admin", "Administrator Sistem", 0)],
    langkah: steps([
      {
        uraian: "Mengisi Formulir Permintaan Perubahan",
        kolom: ["pemohon"],
        simbol: "terminator",
        tindakan: [act("ajukan", "permohonan", "pemohon")],
      },
      {
        uraian: "Melaksanakan perubahan",
        kolom: ["admin"],
        simbol: "terminator",
        tindakan: [act("laksana", "pelaksanaan", "admin")],
      },
    ]),
    ...changes,
  });
}

/** Started by the head of the agency; published, but no service runs by it. */
export function startedByHead(changes: Draft = {}): Sop {
  return sopOf("evaluasi-data", "SOP EVALUASI PERANGKAT DAERAH", {
    pemicu: "perintah",
    jenisPermohonan: [],
    pelaksana: [
      column("kepala", "Kepala Dinas", 0),
      column("tim", "Tim Evaluasi", 3),
      column("pelaksana", "Pelaksana", 2),
    ],
    langkah: steps([
      {
        uraian: "Memerintahkan evaluasi",
        kolom: ["kepala"],
        simbol: "terminator",
        waktu: minutes(5),
      },
      {
        uraian: "Mengumpulkan data",
        kolom: ["pelaksana"],
        waktu: { ...minutes(60), teks: "1 jam" },
      },
      { uraian: "Mengevaluasi", kolom: ["tim"], simbol: "keputusan", cabang: exits(4, 2) },
      { uraian: "Menerima hasil evaluasi", kolom: ["kepala"], simbol: "terminator" },
    ]),
    ...changes,
  });
}

/** Comes round by itself; published, but no service runs by it. */
export function onSchedule(changes: Draft = {}): Sop {
  return startedByHead({
    slug: "contoh-pencadangan-rutin",
    judul: "CONTOH SOP PENCADANGAN RUTIN",
    pemicu: "jadwal",
    pelaksana: [column("petugas", "Petugas", 2)],
    langkah: steps([
      { uraian: "Mulai", kolom: ["petugas"], simbol: "terminator", nomorTercetak: "" },
      { uraian: "Mencadangkan data", kolom: ["petugas"], keterangan: "Setiap hari pukul 22.00" },
      { uraian: "Selesai", kolom: ["petugas"], simbol: "terminator", nomorTercetak: "" },
    ]),
    ...changes,
  });
}
