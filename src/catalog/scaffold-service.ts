/** The file of a new service: all of it null until the agency decides. */

export function serviceFile(slug: string): string {
  return `---
# Standar pelayanan (UU 25/2009) layanan ${slug}; tampil di /layanan/${slug}/
# Yang sudah tertulis dalam SOP tidak diulang di sini. null = belum ditetapkan instansi; selain itu
# tulis daftar kalimat, satu baris berawalan "- ". Jangan mengisi perkiraan.

# Keputusan yang menetapkan standar ini, mis.:
#   { nomor: CONTOH/1/2026, tanggal: 2026-01-31, pejabat: CONTOH Kepala Dinas }
penetapan: null

# Komponen yang biasanya sudah ada dalam SOP. Bila diisi, tampil di samping kutipan SOP.
dasarHukum: null
persyaratan: null
prosedur: null
jangkaWaktu: null
produk: null
sarana: null
kompetensi: null

# Komponen yang hanya dapat ditetapkan instansi.
# Biaya/tarif.
biaya: null
# Pengawasan internal: siapa mengawasi dan bagaimana.
pengawasanInternal: null
# Penanganan pengaduan, saran, dan masukan.
pengaduan: null
# Jumlah pelaksana.
jumlahPelaksana: null
# Jaminan pelayanan: pelayanan sesuai standar.
jaminanPelayanan: null
# Jaminan keamanan dan keselamatan: rasa aman, bebas dari bahaya.
jaminanKeamanan: null
# Evaluasi kinerja pelaksana.
evaluasiKinerja: null

# Maklumat pelayanan; tampil hanya bila ketiganya terisi. teks: daftar kalimat; tanggal: TTTT-BB-HH;
# penandaTangan: nama jabatan penyelenggara.
maklumat:
  teks: null
  tanggal: null
  penandaTangan: null
---
`;
}
