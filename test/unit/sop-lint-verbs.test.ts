import { describe, expect, test } from "vitest";
import { beginsWithVerb } from "#domain/sop/lint-verbs.ts";

describe("an activity", () => {
  test.each([
    "Mengajukan surat permohonan",
    "Memberikan disposisi kepada Kepala Bidang",
    "Menerima disposisi dari Kepala Dinas dan memberikan disposisi",
    "Melaksanakan restore file backup",
    "Membuat laporan",
    "Meneliti berkas",
    "menulis laporan",
    "Mengarsipkan dokumen",
    "Merencanakan jadwal",
    "Mewakili pimpinan rapat",
    "Menyusun konsep surat",
    "Memverifikasi kelengkapan",
    "Mengecek hasil",
    "Mem-backup basis data",
    "Me-restore server",
    "Meng-upload berkas",
    "Merestart layanan",
    "Berkoordinasi dengan penyedia",
    "Berdiskusi tentang kapasitas",
    "Bekerja sama dengan PSE",
    "Belajar dari kejadian",
    "1. Mencatat nomor surat",
    "a) Memeriksa berkas",
    "“Menandatangani” surat",
    "Bila lengkap, meneruskan kepada Kepala Bidang",
    "Apabila disetujui, menandatangani surat",
    "Setelah selesai, melaporkan hasilnya",
    "Ajukan permohonan",
    "Periksa berkas",
    "Terima surat",
    "Buat laporan",
    "Tandatangani surat",
    "Masuk ke ruang server",
  ])("%j begins with a verb", (phrase) => {
    expect(beginsWithVerb(phrase)).toBe(true);
  });

  test.each([
    "Pengecekan File Backup pada server backup",
    "Pembuatan laporan",
    "Permohonan diterima",
    "Pelaksanaan restore",
    "Disposisi Kepala Dinas",
    "Diverifikasi oleh Kepala Bidang",
    "Disampaikan kepada pemohon",
    "Verifikasi dan validasi berkas",
    "Berkas diperiksa",
    "Berita acara ditandatangani",
    "Berdasarkan disposisi, staf mengecek server",
    "Bersama-sama membahas rencana",
    "Menteri menetapkan keputusan",
    "Menurut jadwal, data dicadangkan",
    "Melalui surat, OPD mengajukan permohonan",
    "Media cadangan disimpan",
    "Belanja modal perangkat",
    "OPD Mengajukan surat",
    "Laporan",
    "Kegiatan backup",
    "Bila lengkap, berkas diteruskan",
    "1. Penerimaan surat",
    "",
  ])("%j does not", (phrase) => {
    expect(beginsWithVerb(phrase)).toBe(false);
  });
});
