import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import type { Sop } from "#domain/sop/schema.ts";

/** The text of the published SOP of Kalimantan Timur, line by line as printed. */
const SOURCE = {
  dasarHukum: `
    1. Undang-Undang Nomor 14 Tahun 2008 tentang Keterbukaan
     Informasi Publik;
    2. Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik
    3. Peraturan Pemerintah Nomor 82 Tahun 2012 tentang
     Penyelenggaraan Sistem dan Transaksi Elektronik;
    4. Peraturan Menteri Komunikasi dan Informatika Nomor 7 Tahun 2013
     tentang Pedoman Penerapan Interoperabilitas Dokumen Perkantoran
     Bagi Penyelenggara Sistem Elektronik Untuk Pelayanan Publik.`,
  kualifikasi: `
    1. Pelaksana, sesuai dengan tupoksinya
    2. Ketersediaan waktu pelaksanaan backup/Restore;
    3. Ketersediaan Personil dan Fasilitas yang melaksanakan backup/Restore;`,
  keterkaitan: `
    1.  SOP - PEMELIHARAAN DAN AKSES DATA CENTER
    2.  SOP -  CO-LOCATION SERVER DAN HOSTING APLIKASI DI DINAS
    KOMINFO PROV. KALTIM`,
  peralatan: `
    1.  Surat Permohonan, Disposisi
    2.  PC, notebook, flashdisk, server, UPS, dll
    2.  ATK, Media Komunikasi, Formulir-formulir`,
  peringatan: "",
  pencatatan: `
    1. Server yang telah dipasang dan telah beroperasi harus didaftarkan ke dalam
    aset register Dinas Komunikasi dan Informatika Provinsi Kalimantan Timur.
    2.   Daftar aset register server harus ditinjau setidaknya satu kali dalam setahun
    untuk memastikan kesesuaiannya.`,
} as const;

const ACTIVITIES = [
  `OPD Mengajukan surat permohonan Back-up /
   Restore database server di Diskominfo Prov. Kaltim,
   dengan memberikan daftar spesifikasi server /
   aplikasi/dan data-data lainnya yang akan di back-up
   dan di Restore`,
  `Administrator Memverifikasi dan mendisposisikan ke
   Pengawas Infrastruktur TIK dilanjutkan kepada Tim
   Personil data Center (Pengelola & Pemeriksa TIK)
   untuk proses Back-up / Restore database`,
  `Pengelola TIK Merencanakan pelaksanaan Back-up /
   Restore Database server sesuai ketersediaan
   kapasitas dan Menginformasikan kepada pemohon`,
  `Pengelola TIK Melaksanakan proses Back-up /
   Restore Database sesuai perencanaan`,
  `Pemeriksa TIK Mengkonfirmasi hasil pelaksanaan
   proses Back-up/ Restore Database`,
];

let sop: Sop;

beforeAll(async () => {
  const { sops } = await loadCatalog(fileURLToPath(new URL("../../content", import.meta.url)));
  const found = sops.get("kaltim-backup-restore-database");
  if (!found) throw new Error("the SOP of Kaltim is not there");
  sop = found.sop;
});

const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");
const numbered = (items: readonly { nomor: number | null; teks: string }[]) =>
  words(items.map(({ nomor, teks }) => `${nomor}. ${teks}`).join(" "));

describe("the SOP of Kalimantan Timur", () => {
  test.each(Object.keys(SOURCE) as (keyof typeof SOURCE)[])(
    "has every word and number of the block %s, in order",
    (block) => {
      expect(numbered(sop[block])).toEqual(words(SOURCE[block]));
    },
  );

  test("prints the words above the procedure table", () => {
    expect(sop.judulProsedur).toBe("PROSEDUR - BACK-UP / RESTORE DATABASE");
  });

  test("has as many items in each block as the source prints", () => {
    const { dasarHukum, kualifikasi, keterkaitan, peralatan, peringatan, pencatatan } = sop;
    const blocks = [dasarHukum, kualifikasi, keterkaitan, peralatan, peringatan, pencatatan];
    expect(blocks.map((block) => block.length)).toEqual([4, 3, 2, 3, 0, 2]);
  });

  test("keeps the misprinted numbering 1, 2, 2 of the equipment", () => {
    expect(sop.peralatan.map((item) => item.nomor)).toEqual([1, 2, 2]);
  });

  test("leaves the identity empty, which the source does not print", () => {
    expect(Object.values(sop.identitas)).toEqual(Array(7).fill(null));
    expect(sop.judul).toBe(
      "SOP - BACK-UP DAN RESTORE DATABASE SERVER DI DINAS KOMINFO PROV. KALTIM",
    );
  });

  test("cites the revoked PP 82/2012 as printed", () => {
    expect(sop.dasarHukum.map((law) => law.rujukan)).toEqual([
      "uu-14-2008",
      "uu-25-2009",
      "pp-82-2012",
      "permenkominfo-7-2013",
    ]);
  });

  test("has the header words of the table as printed, with the misspelt Infrastuktur", () => {
    expect(Object.values(sop.kepalaTabel)).toEqual([
      "No.",
      "Aktivitas",
      "Pelaksana",
      "Mutu baku",
      "Kelengkapan",
      "Waktu",
      "Output",
      "Ket",
    ]);
    expect(sop.pelaksana.map((column) => column.judul)).toEqual([
      "SKPD / OPD",
      "Administrator Bidang TIK",
      "Pengawas Infrastuktur TIK",
      "Personil DC (Pengelola & Pemeriksa TIK)",
    ]);
  });

  test("has every word of the five activities", () => {
    expect(sop.langkah.map((step) => words(step.uraian))).toEqual(ACTIVITIES.map(words));
  });

  test("has the quality standard of each step, empty cells empty", () => {
    const cells = sop.langkah.map((step) => [
      step.kelengkapan,
      step.waktu?.teks ?? null,
      step.output,
      step.keterangan,
    ]);
    expect(cells).toEqual([
      [["Surat permohonan"], null, [], null],
      [["Surat permohonan"], "15 menit", ["disposisi"], null],
      [["Surat permohonan dan disposisi"], "1 jam", ["perencanaan"], null],
      [["Surat permohonan dan disposisi"], "1 hari", ["Laporan"], null],
      [["Laporan"], "15 menit", ["laporan"], null],
    ]);
    expect(sop.langkah.map((step) => step.waktu && [step.waktu.nilai, step.waktu.satuan])).toEqual([
      null,
      [15, "menit"],
      [1, "jam"],
      [1, "hari"],
      [15, "menit"],
    ]);
  });

  test("stands in the columns of the source and starts and ends with a terminator", () => {
    expect(sop.langkah.map((step) => [step.no, step.kolom, step.simbol])).toEqual([
      [1, ["opd"], "terminator"],
      [2, ["administrator", "pengawas"], "proses"],
      [3, ["personil-dc", "opd"], "proses"],
      [4, ["personil-dc"], "proses"],
      [5, ["personil-dc"], "terminator"],
    ]);
  });

  test("is carried out by six acts, and whoever confirms is not who carried out", () => {
    const acts = sop.langkah.flatMap((step) => step.tindakan);
    expect(acts.map((act) => [act.id, act.jenis, act.oleh, act.kepada, act.dokumen])).toEqual([
      ["ajukan", "permohonan", "pemohon", [], "surat-permohonan"],
      ["disposisi-administrator", "disposisi", "administrator", ["pengawas"], "disposisi"],
      ["disposisi-pengawas", "disposisi", "pengawas", ["pengelola", "pemeriksa"], "disposisi"],
      ["rencana", "perencanaan", "pengelola", [], "perencanaan"],
      ["laksana", "pelaksanaan", "pengelola", [], "laporan"],
      ["konfirmasi", "konfirmasi", "pemeriksa", [], "laporan"],
    ]);
    expect(acts[3]).toMatchObject({ memilihSasaran: true, membekukan: true, tugasAgen: null });
    expect(acts[4]?.tugasAgen).toBe("sesuai-permohonan");
    expect(acts[5]?.bedaOrangDari).toEqual(["laksana"]);
    expect(sop.jenisPermohonan).toEqual(["backup", "restore"]);
  });

  test("tells every inference in an editor's note apart from the text", () => {
    expect(sop.catatanPenyunting.map((note) => note.bagian)).toEqual([
      "identitas",
      "dasar-hukum",
      "peralatan",
      "pencatatan",
      ...Array(5).fill("prosedur"),
    ]);
  });
});
