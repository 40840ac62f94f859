/** Words that SOPs of regional governments are made of; `{}` stands for the subject of one SOP. */

export const SUBJECTS = [
  "Surat Masuk",
  "Surat Keluar",
  "Arsip Inaktif",
  "Rekomendasi Aplikasi",
  "Pembuatan Subdomain",
  "Akun Surat Elektronik Dinas",
  "Tanda Tangan Elektronik",
  "Insiden Keamanan Siber",
  "Pemeliharaan Jaringan",
  "Akses Data Center",
  "Co-location Server",
  "Peliputan Kegiatan Pimpinan",
  "Siaran Pers",
  "Permohonan Informasi Publik",
  "Keberatan Informasi Publik",
  "Pengaduan Masyarakat",
  "Daftar Informasi Publik",
  "Data Statistik Sektoral",
  "Metadata Statistik",
  "Peminjaman Videotron",
  "Izin Penggunaan Ruang Rapat",
  "Pengadaan Langsung",
  "Perjalanan Dinas",
  "Kenaikan Gaji Berkala",
  "Cuti Pegawai",
  "Penilaian Kinerja Pegawai",
  "Laporan Keuangan Bulanan",
  "Rencana Kerja Tahunan",
  "Barang Milik Daerah",
  "Pemusnahan Arsip",
  "Pengujian Kerentanan Aplikasi",
  "Pemulihan Layanan Aplikasi",
] as const;

export const KINDS = [
  "Pengelolaan",
  "Pelayanan",
  "Penerbitan",
  "Pemeriksaan",
  "Penyusunan",
  "Pemantauan",
  "Penyelesaian",
  "Pendokumentasian",
] as const;

export const PLACES = [
  "pada Sekretariat",
  "Bidang Informatika",
  "Bidang Statistik",
  "Bidang Persandian",
  "Bidang Komunikasi Publik",
  "Bidang Infrastruktur TIK",
  "Unit Pelaksana Teknis",
  "Kantor Kecamatan",
] as const;

export const COLUMNS = [
  "OPD/Pemohon",
  "Petugas Layanan",
  "Pelaksana Teknis",
  "Kepala Seksi",
  "Kepala Bidang",
  "Kepala Dinas",
] as const;

export const STEPS = [
  "Menerima dan mencatat berkas {} ke dalam buku agenda serta memberikan lembar disposisi",
  "Memeriksa kelengkapan dan kebenaran berkas {} sesuai persyaratan yang telah ditetapkan",
  "Mendisposisikan berkas {} kepada pejabat yang memiliki kewenangan untuk ditindaklanjuti",
  "Menyusun konsep {} berdasarkan arahan pimpinan dan ketentuan peraturan perundang-undangan",
  "Melaksanakan koordinasi dengan perangkat daerah terkait mengenai {} dan mencatat hasilnya",
  "Melakukan verifikasi lapangan atas {} dan menuangkan hasilnya ke dalam berita acara",
  "Memaraf konsep {} dan meneruskannya kepada atasan langsung untuk memperoleh persetujuan",
  "Menandatangani dokumen {} secara elektronik",
  "Memberikan nomor, membubuhkan cap, dan menggandakan dokumen {}",
  "Menyampaikan dokumen {} kepada pemohon dengan tanda terima",
  "Memasukkan data {} ke dalam sistem informasi dan memastikan data tersimpan dengan benar",
  "Mengarsipkan seluruh dokumen {} menurut klasifikasi arsip",
] as const;

export const DECISIONS = [
  "Memeriksa apakah berkas {} lengkap. Jika lengkap diteruskan, jika tidak dikembalikan untuk dilengkapi",
  "Mengoreksi konsep {}. Jika setuju diparaf, jika tidak setuju dikembalikan untuk diperbaiki",
  "Menguji hasil {}. Jika sesuai dilanjutkan, jika tidak sesuai diulangi",
] as const;

export const INPUTS = [
  "Surat permohonan",
  "Lembar disposisi",
  "Buku agenda",
  "PC/laptop",
  "Jaringan internet",
  "Formulir isian",
  "Konsep naskah",
  "Berkas persyaratan",
  "Aplikasi persuratan",
  "ATK",
] as const;

export const OUTPUTS = [
  "Berkas tercatat",
  "Disposisi",
  "Konsep naskah dinas",
  "Berita acara",
  "Dokumen yang diparaf",
  "Dokumen yang ditandatangani",
  "Tanda terima",
  "Data terinput",
  "Arsip",
] as const;

export const TIMES = [
  [5, "menit", "5 Menit"],
  [10, "menit", "10 Menit"],
  [15, "menit", "15 Menit"],
  [30, "menit", "30 Menit"],
  [1, "jam", "1 Jam"],
  [2, "jam", "2 Jam"],
  [1, "hari", "1 Hari"],
  [3, "hari", "3 Hari Kerja"],
  [1, "minggu", "1 Minggu"],
] as const;

export const QUALIFICATIONS = [
  "Memahami tugas pokok dan fungsi;",
  "Mampu mengoperasikan komputer dengan baik;",
  "Memahami tata naskah dinas dan tata kearsipan;",
  "Memiliki kemampuan berkoordinasi dengan pihak-pihak terkait;",
  "Memahami peraturan yang berkaitan dengan {};",
  "Berpendidikan paling rendah Diploma III;",
] as const;

export const EQUIPMENT = [
  "PC/laptop dan pencetak;",
  "Jaringan internet;",
  "ATK;",
  "Media komunikasi;",
  "Lemari arsip;",
  "Formulir dan buku agenda;",
] as const;

export const WARNINGS = [
  "Jika SOP ini tidak dilaksanakan, {} tidak berjalan sebagaimana mestinya;",
  "Keterlambatan pada satu langkah menghambat penyelesaian seluruh proses;",
  "Kelalaian petugas dapat menimbulkan kerugian bagi pemohon dan menurunkan kepercayaan masyarakat;",
] as const;

export const RECORDS = [
  "Buku agenda;",
  "Disimpan sebagai data elektronik dan manual;",
  "Laporan pelaksanaan {};",
] as const;
