/** The file of a new agency, every field told to the person who fills it in. */
import type { ZoneId } from "#domain/calendar/local-time.ts";
import type { AgencyData } from "./agency-schema.ts";

export interface NewAgency {
  readonly nama: string;
  readonly singkatan: string;
  readonly zona: ZoneId;
}

export const SAMPLE_POSTS: readonly AgencyData["jabatan"][number][] = [
  { id: "kepala-bidang", judul: "CONTOH Kepala Bidang", tunggal: true },
  { id: "pengelola", judul: "CONTOH Pengelola" },
  { id: "pemeriksa", judul: "CONTOH Pemeriksa" },
];

export function agencyFile({ nama, singkatan, zona }: NewAgency): string {
  return `---
# Berkas instansi. Baris berawalan # hanya penjelasan; boleh dihapus.
# Ganti setiap CONTOH dengan yang tercetak pada naskah, lalu tulis status: terbit.

# Nama lengkap dan sebutan pendek instansi.
nama: ${quoted(nama)}
singkatan: ${quoted(singkatan)}

# Kop surat, dari baris teratas, huruf besar seperti tercetak.
kop:
  - CONTOH PEMERINTAH DAERAH
  - ${quoted(nama.toUpperCase())}

# Zona waktu: Asia/Jakarta atau Asia/Pontianak (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT).
zona: ${zona}

# Boleh dihapus: alamat kantor dan kontak untuk umum. Tulis hanya yang resmi.
# alamat: Jalan CONTOH Nomor 1
# kontak:
#   telepon: (0000) 000000
#   surel: dinas@contoh.go.id
#   situs: https://contoh.go.id

# Boleh dihapus: warna halaman. Pilih biru, hijau, merah, ungu, jingga, atau toska.
# merek: biru

# Boleh dihapus: nomor surat menurut tata naskah dinas instansi. Tanpa ini nomor surat tampil "–".
# Tanda dalam format: {derajat}, {urut} atau {urut:3} (berisi nol di depan), {klasifikasi}, {unit},
# {bulan} (11), {bulan-romawi} (XI), {tahun}. Nomor urut mulai dari 1 setiap tahun. Jenis surat yang
# tidak ditulis tidak bernomor; jenis dengan seri yang sama memakai satu urutan.
# naskah:
#   tempat: CONTOH
#   derajat: B            # SR, R, T, atau B
#   unit: CONTOH          # kode perangkat daerah
#   nomor:
#     disposisi: { format: "{urut:3}/{unit}/{tahun}" }
#     laporan: { format: "{derajat}-{urut:3}/{unit}/{klasifikasi}/{bulan}/{tahun}", klasifikasi: "000.0", seri: keluar }
#     surat-pemberitahuan: { format: "{derajat}-{urut:3}/{unit}/{klasifikasi}/{bulan}/{tahun}", klasifikasi: "000.0", seri: keluar }
#   sumber: "CONTOH: nomor dan tanggal peraturan tata naskah dinas"
#   diperiksa: null

# Satu hari kerja dihitung berapa menit bila SOP menulis waktu dalam hari.
# diperiksa: tanggal seseorang mencocokkannya dengan naskah; null = belum diverifikasi.
menitSatuHari:
  nilai: 450
  sumber: "Perpres 21/2023: 37 jam 30 menit seminggu dalam 5 hari kerja, tidak termasuk istirahat"
  diperiksa: null

# Jam kerja tanpa istirahat; ketujuh hari ditulis, hari libur ialah []. Dari surat edaran kepala
# daerah. Bila dua aturan berlaku pada satu tanggal, yang ditulis belakangan dipakai: tulis Ramadan
# di akhir dengan ramadan: true. sampai: null = sampai ada yang baru.
jamKerja:
  - sejak: 2023-04-12
    sampai: null
    hari:
      minggu: []
      senin: [["07:30", "12:00"], ["13:00", "16:00"]]
      selasa: [["07:30", "12:00"], ["13:00", "16:00"]]
      rabu: [["07:30", "12:00"], ["13:00", "16:00"]]
      kamis: [["07:30", "12:00"], ["13:00", "16:00"]]
      jumat: [["07:30", "11:30"], ["13:00", "16:30"]]
      sabtu: []
    sumber: "CONTOH: ganti dengan nomor dan tanggal surat edaran jam kerja"
    sumberUrl: null
    diperiksa: null
    catatan: "Belum diverifikasi: jam ini CONTOH, hitungan dari Perpres 21/2023."

# Jabatan yang menjalankan langkah SOP. id dipakai dalam berkas SOP dan saat menetapkan pemegangnya
# (pulih position add). Boleh ditulis tunggal: true bila jabatan itu dipegang satu orang.
jabatan:
${SAMPLE_POSTS.map(postText).join("\n")}

# draf: belum tampil dalam daftar. terbit: tampil.
status: draf
---
`;
}

function postText({ id, judul, tunggal }: AgencyData["jabatan"][number]): string {
  return [`  - id: ${id}`, `    judul: ${judul}`, ...(tunggal ? ["    tunggal: true"] : [])].join(
    "\n",
  );
}

/** A text in YAML, whatever it holds: JSON is YAML. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
