/** The files of a new SOP, every field told to the person who copies a paper SOP into it. */
import type { AgencyData } from "./agency-schema.ts";
import { quoted } from "./scaffold-agency.ts";

export interface NewSop {
  readonly slug: string;
  readonly instansi: string;
  readonly judul: string;
  /** Posts of the agency; the first decides, the others do and check. */
  readonly jabatan: readonly AgencyData["jabatan"][number][];
}

export function sopFile({ slug, instansi, judul, jabatan }: NewSop): string {
  const [head, doer = head, checker = doer] = jabatan;
  if (!head || !doer || !checker) throw new Error(`${instansi} has no post`);
  const separable = checker.id !== doer.id || checker.tunggal !== true;
  return `---
# Berkas SOP. Salin kata-kata naskah apa adanya, termasuk salah cetaknya; koreksi ditulis di
# catatanPenyunting. Yang kosong dalam naskah ditulis null atau [], tidak diisi perkiraan.
# Baris berawalan # hanya penjelasan; boleh dihapus. Periksa dengan: npx pulih sop lint ${slug}

# Sama dengan nama folder ini; menjadi alamat halaman: /sop/${slug}/
slug: ${slug}
# Nama berkas di folder instansi, tanpa .md.
instansi: ${instansi}
# Judul seperti tercetak pada sampul atau kop SOP.
judul: ${quoted(judul)}
# Versi pertama ialah 1; versi berikutnya lihat panduan.
versi: 1

# Kotak identitas di kanan atas halaman pertama. Tanggal: TTTT-BB-HH. Tercetak "-" atau kosong: null.
identitas:
  nomor: null               # Nomor SOP, mis. B-123/Diskominfo/000.6/01/2026
  tanggalPembuatan: null    # Tanggal Pembuatan, mis. 2026-01-31
  tanggalRevisi: null       # Tanggal Revisi
  tanggalPengesahan: null   # Tanggal Pengesahan, bila naskah menulis itu
  tanggalEfektif: null      # Tanggal Efektif, bila naskah menulis itu
  disahkanOleh: null        # Disahkan Oleh: nama jabatan seperti tercetak
  namaSop: null             # Nama SOP
  # Hanya bila naskah memuat lembar dengan beberapa nama (dibuat, diperiksa, disahkan):
  # lembarPengesahan:
  #   - { sebagai: Dibuat oleh, jabatan: CONTOH Kepala Seksi, nama: null, nip: null }

# Enam bagian di bawah identitas. nomor: nomor yang tercetak (null bila tidak bernomor).
# Dasar Hukum: teks seperti tercetak; rujukan: nama berkas di folder dasar-hukum, mis.
#   - { nomor: 1, teks: "Undang-Undang Nomor 14 Tahun 2008 tentang Keterbukaan Informasi Publik", rujukan: uu-14-2008 }
dasarHukum: []
# Kualifikasi Pelaksana.
kualifikasi:
  - { nomor: 1, teks: "CONTOH Memahami tata cara permohonan" }
# Keterkaitan dengan SOP lain. Bila SOP itu ada di portal, tambahkan rujukan: nama foldernya.
keterkaitan: []
# Peralatan/Perlengkapan.
peralatan:
  - { nomor: 1, teks: "CONTOH Komputer" }
# Peringatan.
peringatan: []
# Pencatatan dan Pendataan.
pencatatan: []

# Hanya bila judul bagian tercetak lain, mis.:
# judulBagian: { peralatan: Peralatan }
# Hanya bila ada bagian lain sesudah yang enam, mis.:
# bagianTambahan:
#   - { id: definisi, judul: Definisi, butir: [{ nomor: 1, teks: "CONTOH" }] }

# Koreksi dan keraguan penyunting; tampil terpisah dari naskah. bagian: identitas, dasar-hukum,
# kualifikasi, keterkaitan, peralatan, peringatan, pencatatan, atau prosedur.
catatanPenyunting:
  - bagian: identitas
    teks: "CONTOH: seluruh isi berkas ini contoh dan belum disalin dari naskah."

# Kata-kata di atas tabel prosedur; null bila tidak ada.
judulProsedur: null
# Kepala tabel seperti tercetak.
kepalaTabel:
  no: No.
  kegiatan: Kegiatan
  pelaksana: Pelaksana
  mutuBaku: Mutu Baku
  kelengkapan: Kelengkapan
  waktu: Waktu
  output: Output
  keterangan: Keterangan
# Hanya bila tabel naskah tidak punya kolom mutu baku:
# tanpaMutuBaku: true

# Yang dapat diminta lewat SOP ini: backup, restore, atau keduanya. [] = hanya diterbitkan, tanpa
# layanan; lalu tindakan boleh kosong, dan boleh ditulis pemicu: jadwal atau pemicu: perintah.
jenisPermohonan: [backup, restore]
# Berapa kali permohonan boleh dikembalikan untuk dilengkapi.
maksPengembalian: 3

# Kolom Pelaksana, dari kiri. peran: siapa yang bertindak dalam kolom itu. jabatan: id dari berkas
# instansi/${instansi}.md; kosong hanya untuk pemohon.
pelaksana:
  - id: pemohon
    judul: CONTOH Perangkat Daerah
    peran:
      - { id: pemohon, judul: CONTOH Perangkat Daerah, jabatan: [], pemohon: true }
  - id: pimpinan
    judul: ${quoted(head.judul)}
    peran:
      - { id: pimpinan, judul: ${quoted(head.judul)}, jabatan: [${head.id}] }
  - id: pelaksana
    judul: ${quoted(doer.judul)}
    peran:
      - { id: pelaksana, judul: ${quoted(doer.judul)}, jabatan: [${doer.id}] }
  - id: pemeriksa
    judul: ${quoted(checker.judul)}
    peran:
      - { id: pemeriksa, judul: ${quoted(checker.judul)}, jabatan: [${checker.id}] }

# Baris tabel prosedur.
# - no: 1, 2, 3, … tanpa lompatan. Bila tercetak lain, tambahkan nomorTercetak: "1" ("" bila kosong).
# - grup: judul kelompok yang tercetak di atas baris ini, mis. "A. Persiapan" (boleh tidak ada).
# - kolom: id kolom yang berisi simbol, menurut arah arus. simbol: terminator (kapsul), proses
#   (kotak), atau keputusan (belah ketupat).
# - keputusan butuh cabang: [{ label: Ya, ke: 4 }, { label: Tidak, ke: 2, maks: 3 }]
#   maks: berapa kali jalan balik boleh ditempuh.
# - konektor: { huruf: A, arah: keluar } pada kaki halaman, arah: masuk pada halaman berikutnya.
# - waktu: satuan menit, jam, hari, atau minggu; teks seperti tercetak. Kosong: null. Bila tercetak
#   kata saja: { nilai: null, satuan: null, teks: "sesuai jadwal" }
# - tindakan: cara sistem menjalankan langkah ini; tidak tampil sebagai naskah.
#     jenis: permohonan, disposisi, perencanaan, pelaksanaan, konfirmasi, laporan, pengesahan,
#            pemberitahuan, penerimaan
#     oleh: id peran. judul: kata kerja untuk tombol. kepada: peran tujuan disposisi.
#     dokumen: surat-permohonan, disposisi, perencanaan, laporan, surat-pemberitahuan, berita-acara
#     lampiran: dokumen dari tindakan sebelumnya
#     memilihSasaran: true    pelaku memilih sasaran di sini
#     membekukan: true        yang dipilih ditetapkan untuk agen
#     tugasAgen: sesuai-permohonan (backup atau restore) atau cek-berkas
#     bedaOrangDari: tindakan yang pelakunya harus orang lain
langkah:
  - no: 1
    uraian: "Mengajukan surat permohonan CONTOH"
    kolom: [pemohon]
    simbol: terminator
    kelengkapan: [Surat permohonan]
    waktu: { nilai: 1, satuan: hari, teks: 1 hari }
    output: [Surat permohonan]
    keterangan: null
    tindakan:
      - id: ajukan
        jenis: permohonan
        oleh: pemohon
        judul: Ajukan surat permohonan
        dokumen: surat-permohonan

  - no: 2
    uraian: "Memeriksa dan mendisposisikan surat permohonan CONTOH"
    kolom: [pimpinan]
    simbol: proses
    kelengkapan: [Surat permohonan]
    waktu: { nilai: 30, satuan: menit, teks: 30 menit }
    output: [Disposisi]
    tindakan:
      - id: disposisi
        jenis: disposisi
        oleh: pimpinan
        judul: Disposisikan permohonan
        kepada: [pelaksana, pemeriksa]
        dokumen: disposisi

  - no: 3
    uraian: "Merencanakan pelaksanaan CONTOH"
    kolom: [pelaksana]
    simbol: proses
    kelengkapan: [Surat permohonan, Disposisi]
    waktu: { nilai: 1, satuan: jam, teks: 1 jam }
    output: [Perencanaan]
    tindakan:
      - id: rencana
        jenis: perencanaan
        oleh: pelaksana
        judul: Rencanakan pelaksanaan
        dokumen: perencanaan
        memilihSasaran: true
        membekukan: true

  - no: 4
    uraian: "Melaksanakan backup atau restore sesuai perencanaan CONTOH"
    kolom: [pelaksana]
    simbol: proses
    kelengkapan: [Perencanaan]
    waktu: { nilai: 1, satuan: hari, teks: 1 hari }
    output: [Laporan]
    tindakan:
      - id: laksana
        jenis: pelaksanaan
        oleh: pelaksana
        judul: Laksanakan sesuai perencanaan
        dokumen: laporan
        tugasAgen: sesuai-permohonan

  - no: 5
    uraian: "Memeriksa hasil pelaksanaan CONTOH"
    kolom: [pemeriksa]
    simbol: terminator
    kelengkapan: [Laporan]
    waktu: { nilai: 15, satuan: menit, teks: 15 menit }
    output: [Laporan yang sudah diperiksa]
    tindakan:
      - id: periksa
        jenis: konfirmasi
        oleh: pemeriksa
        judul: Periksa hasil pelaksanaan
${separable ? "        bedaOrangDari: [laksana]" : "        # bedaOrangDari: [laksana]   perlu jabatan kedua; kini dipegang satu orang"}
---
`;
}

/** `today`: the local date on which the portal takes the first version in. */
export function lifeFile(today: string): string {
  return `---
# Riwayat SOP: status dan versi-versinya. Baris berawalan # hanya penjelasan; boleh dihapus.

# draf: belum tampil. berlaku: tampil dan menerima permohonan. dicabut, diganti: lihat panduan.
status: draf
# Dari yang terlama; yang terakhir ialah sop.md, yang sebelumnya versi-1.md, versi-2.md, …
versi:
  - versi: 1
    diterbitkan: ${today}    # hari versi ini dimuat di portal
    berlakuSejak: null         # hari mulai berlaku menurut naskah; null bila tidak disebut
    catatan: Versi pertama di portal ini.
# Pemantauan (tiap 6 bulan) dan evaluasi (tiap tahun) yang sudah dilaksanakan, mis.:
#   - { tanggal: 2026-06-30, hasil: berjalan dengan baik, catatan: null }
pemantauan: []
evaluasi: []
---
`;
}
