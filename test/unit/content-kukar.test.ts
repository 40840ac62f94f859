import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import type { Sop } from "#domain/sop/schema.ts";

/**
 * The text of the published SOP of Kutai Kartanegara, line by line. The text layer lost some numbers
 * (law 1 and 3–6, the first item of keterkaitan and pencatatan); they stand here as their order says.
 */
const SOURCE = {
  dasarHukum: `
    1. Undang-Undang No. 14 Tahun 2008 Tentang Keterbukaan Informasi Publik;
    2. Undang-Undang Nomor 27 Tahun 2022 Tentang Perlindungan Data Pribadi;
    3. Peraturan Menteri PAN RB Nomor 35 Tahun 2012 Tentang Pedoman Penyusunan SOP Administrasi Pemerintahan;
    4. Peraturan Badan Siber dan Sandi Negara Nomor 10 Tahun 2019
     Tentang Pelaksanaan Persandian Untuk Pengamanan Informasi di Pemerintah Daerah:
    5. Peraturan Badan Siber dan Sandi Negara Nomor 4 Tahun 2021
     Tentang Pedoman Manajemen Keamanan Informasi Sistem
     Pemerintahan Berbasis Elektronik Dan Standar Teknis Dan Prosedur
     Keamanan Sistem Pemerintahan Berbasis Elektronik;
    6. Peraturan Bupati Kutai Kartanegara Nomor 61 Tahun 2023 Tentang Kedudukan, Susunan Organisasi, Tugas dan Fungsi Serta Tata
     Kerja Dinas Komunikasi dan Informatika;
    7. Peraturan Bupati Kutai Kartanegara Nomor 34 Tahun 2025 Tentang
     Pelaksanaan Persandian Untuk Pengamanan Informasi Di
     Lingkungan Pemerintah Daerah;
    8. Peraturan Bupati Kutai Kartanegara Nomor 36 Tahun 2025 Tentang
     Manajemen Keamanan Informasi Sistem Pemerintahan Berbasis
     Elektronik Di Lingkungan Pemerintah Daerah.`,
  kualifikasi: `
    1. Mampu mengoperasikan Komputer dengan baik;
    2. Memiliki pemahaman yang baik tentang sistem operasi server;
    3. Memahami tentang konfigurasi server, aplikasi, database dan jaringan;
    4. Menguasai teknik backup dan restore database;
    5. Memiliki pengetahuan di bidang keamanan informasi dengan baik;
    6. Memahami prinsip-prinsip keamanan informasi;
    7. Memiliki pengetahuan administrasi umum;
    8. Memiliki kemampuan untuk melakukan koordinasi dengan pihak-pihak terkait.`,
  keterkaitan: `
    1. SOP Akses Data Center;
    2. SOP Backup Database Server;
    3. SOP Monitoring Sistem Elektronik.`,
  peralatan: `
    1. PC/Laptop;
    2. Komputer Server;
    3. Media komunikasi;
    4. Jaringan Internet;
    5. Aplikasi Remote Access;
    6. Server.`,
  peringatan: `
    1. Jika SOP ini tidak berjalan maka akan mengakibatkan dampak yang
     mencakup keterlambatan perbaikan, peningkatan resiko siber,
     penurunan efisiensi, rusaknya reputasi organisasi, ketidaksesuaian
     dengan regulasi dan kerugian finansial;
    2. Hilangnya Database Server Web bila terjadi kerusakan;
    3. Hilangnya kepercayaan OPD yang menjadi klien;
    4. Dapat menyebabkan potensi celah keamanan yang lebih besar;
    5. Dapat menghambat pemulihan dan kelancaran operasional.`,
  pencatatan: `
    1. Dokumentasi Kegiatan;
    2. Laporan Backup Database Server.`,
} as const;

const ON_SERVER =
  "PC/laptop, jaringan internet, komputer server, aplikasi remote access, media komunikasi";
const ON_PAPER = "PC/laptop, jaringan internet, media komunikasi";

/** Uraian, kelengkapan (one printed sentence), waktu, output of each row; "" = an empty cell. */
const ROWS = [
  [
    "Mengajukan Surat Permohonan Restore VPS/VM Database dan Aplikasi pada Server",
    "",
    "1 Hari",
    "Surat Permohonan",
  ],
  [
    "Memberikan disposisi kepada Kepala Bidang yang memiliki kewenangan",
    "",
    "30 Menit",
    "Disposisi",
  ],
  [
    "Menerima disposisi dari Kepala Dinas dan memberikan disposisi kepada JFT/Tim Pelaksana Teknis",
    "",
    "10 Menit",
    "",
  ],
  ["Pengecekan File Backup pada server backup", ON_SERVER, "30 Menit", ""],
  [
    "Melaksanakan restore file backup data dari server backup ke server VPS/VM dan mengecek hasilnya",
    ON_SERVER,
    "60 Menit",
    "Data yang direstore",
  ],
  [
    "Membuat laporan restore VPS/VM database dan aplikasi dan melaporkan kepada Kepala Bidang untuk disahkan",
    ON_PAPER,
    "30 Menit",
    "Laporan Restore VPS/VM Database dan Aplikasi",
  ],
  [
    "Membuat surat pemberitahuan restore untuk PSE yang dilampiri dokumen laporan restore",
    ON_PAPER,
    "15 Menit",
    "Surat Pemberitahuan",
  ],
  [
    "Menerima surat pemberitahuan restore data telah selesai dilaksanakan",
    ON_PAPER,
    "15 Menit",
    "",
  ],
];

let sop: Sop;

beforeAll(async () => {
  const { sops } = await loadCatalog(fileURLToPath(new URL("../../content", import.meta.url)));
  const found = sops.get("kukar-restore-vps-vm");
  if (!found) throw new Error("the SOP of Kukar is not there");
  sop = found.sop;
});

const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");
const numbered = (items: readonly { nomor: number | null; teks: string }[]) =>
  words(items.map(({ nomor, teks }) => `${nomor}. ${teks}`).join(" "));

describe("the SOP of Kutai Kartanegara", () => {
  test.each(Object.keys(SOURCE) as (keyof typeof SOURCE)[])(
    "has every word and number of the block %s, in order",
    (block) => {
      expect(numbered(sop[block])).toEqual(words(SOURCE[block]));
    },
  );

  test("has as many items in each block as the source prints", () => {
    const { dasarHukum, kualifikasi, keterkaitan, peralatan, peringatan, pencatatan } = sop;
    const blocks = [dasarHukum, kualifikasi, keterkaitan, peralatan, peringatan, pencatatan];
    expect(blocks.map((block) => block.length)).toEqual([8, 8, 3, 6, 5, 2]);
  });

  test("has the identity as printed, with the revision that is only a dash left empty", () => {
    expect(sop.identitas).toEqual({
      nomor: "B-441/Diskominfo/000.6/06/2025",
      tanggalPembuatan: "2025-06-23",
      tanggalRevisi: null,
      tanggalPengesahan: "2025-06-23",
      tanggalEfektif: null,
      disahkanOleh: "Plt. KEPALA DINAS",
      namaSop: "Restore VPS/VM Database dan Aplikasi Server",
    });
  });

  test("cites the eight laws it means", () => {
    expect(sop.dasarHukum.map((law) => law.rujukan)).toEqual([
      "uu-14-2008",
      "uu-27-2022",
      "permenpanrb-35-2012",
      "peraturan-bssn-10-2019",
      "peraturan-bssn-4-2021",
      "perbup-kukar-61-2023",
      "perbup-kukar-34-2025",
      "perbup-kukar-36-2025",
    ]);
  });

  test("has the header words of the table as printed", () => {
    expect(Object.values(sop.kepalaTabel)).toEqual([
      "NO",
      "URAIAN PROSEDUR",
      "PELAKSANA",
      "MUTU BAKU",
      "Kelengkapan",
      "Waktu",
      "Output",
      "KETERANGAN",
    ]);
    expect(sop.pelaksana.map((column) => column.judul)).toEqual([
      "OPD/PSE",
      "KEPALA DINAS",
      "KEPALA BIDANG",
      "JFT/TIM PELAKSANA TEKNIS",
    ]);
  });

  test("has every word of the eight rows, empty cells empty", () => {
    const rows = sop.langkah.map((step) => [
      step.uraian,
      step.kelengkapan.join(", "),
      step.waktu?.teks,
      step.output.join(", "),
    ]);
    expect(rows).toEqual(ROWS);
    expect(sop.langkah.map((step) => step.keterangan)).toEqual(Array(8).fill(null));
  });

  test("splits the kelengkapan into items to tick", () => {
    expect(sop.langkah.map((step) => step.kelengkapan.length)).toEqual([0, 0, 0, 5, 5, 3, 3, 3]);
  });

  test("promises one day and 190 minutes in all", () => {
    const times = sop.langkah.map((step) => step.waktu);
    const sum = (unit: string) =>
      times.reduce((total, time) => total + (time?.satuan === unit ? (time.nilai ?? 0) : 0), 0);
    expect([sum("hari"), sum("jam"), sum("menit")]).toEqual([1, 0, 190]);
  });

  test("has the off-page connector A at the foot of step 6 and the head of step 7", () => {
    expect(sop.langkah.map((step) => step.konektor?.arah ?? null)).toEqual([
      ...Array(5).fill(null),
      "keluar",
      "masuk",
      null,
    ]);
    expect(sop.langkah.flatMap((step) => step.konektor?.huruf ?? [])).toEqual(["A", "A"]);
  });

  test("goes from OPD/PSE over Kadis and Kabid to JFT and back", () => {
    expect(sop.langkah.map((step) => [step.no, ...step.kolom, step.simbol])).toEqual([
      [1, "opd", "terminator"],
      [2, "kepala-dinas", "proses"],
      [3, "kepala-bidang", "proses"],
      [4, "jft", "proses"],
      [5, "jft", "proses"],
      [6, "jft", "proses"],
      [7, "jft", "proses"],
      [8, "opd", "terminator"],
    ]);
  });

  test("is carried out by nine acts", () => {
    const acts = sop.langkah.flatMap((step) => step.tindakan);
    expect(acts.map((act) => [act.id, act.jenis, act.oleh, act.kepada, act.dokumen])).toEqual([
      ["ajukan", "permohonan", "pemohon", [], "surat-permohonan"],
      ["disposisi-kadis", "disposisi", "kepala-dinas", ["kepala-bidang"], "disposisi"],
      ["disposisi-kabid", "disposisi", "kepala-bidang", ["jft"], "disposisi"],
      ["cek-berkas", "pelaksanaan", "jft", [], null],
      ["pulihkan", "pelaksanaan", "jft", [], null],
      ["laporan", "laporan", "jft", [], "laporan"],
      ["pengesahan", "pengesahan", "kepala-bidang", [], null],
      ["pemberitahuan", "pemberitahuan", "jft", [], "surat-pemberitahuan"],
      ["terima", "penerimaan", "pemohon", [], null],
    ]);
    expect(acts[3]).toMatchObject({
      tugasAgen: "cek-berkas",
      memilihSasaran: true,
      membekukan: true,
    });
    expect(acts[4]?.tugasAgen).toBe("sesuai-permohonan");
    expect(acts[7]?.lampiran).toEqual(["laporan"]);
    expect(sop.jenisPermohonan).toEqual(["restore"]);
  });
});
