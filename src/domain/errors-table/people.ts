/** What stands between people and what they want to do at the portal. */
import { row } from "./row.ts";

export const PEOPLE_ERRORS = {
  INPUT_INVALID: row(
    422,
    2,
    "Isian belum lengkap. Perbaiki bagian yang ditandai, lalu kirim lagi.",
  ),
  INPUT_MALFORMED: row(400, 2, "Kiriman tidak terbaca. Muat ulang halaman, lalu isi kembali."),
  INPUT_FILE_TYPE: row(
    415,
    2,
    "Jenis berkas tidak diterima. Unggah berkas PDF, JPEG, PNG, atau ODT.",
  ),
  INPUT_FILE_TOO_LARGE: row(
    413,
    2,
    "Ukuran berkas melebihi 10 MB. Perkecil berkas, lalu unggah lagi.",
  ),
  INPUT_FILE_EMPTY: row(422, 2, "Berkas kosong. Pilih berkas lain, lalu unggah lagi."),
  INPUT_RATE_LIMITED: row(
    429,
    75,
    "Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi.",
    true,
  ),
  INPUT_CONFIG: row(
    500,
    2,
    "Pengaturan belum benar. Perbaiki bagian yang disebut, lalu jalankan lagi.",
  ),
  NOT_FOUND: row(
    404,
    4,
    "Halaman atau data tidak ditemukan. Periksa kembali alamat atau nomornya.",
  ),

  AUTH_REQUIRED: row(401, 12, "Anda belum masuk. Masuk dengan akun dinas, lalu ulangi."),
  AUTH_FAILED: row(401, 12, "Surel atau kata sandi salah. Periksa, lalu coba lagi."),
  AUTH_SECOND_FACTOR: row(
    403,
    12,
    "Langkah kedua belum dilalui. Buka ruang kerja, lalu pasang atau masukkan kode autentikator.",
  ),
  AUTH_CODE: row(
    401,
    12,
    "Kode salah atau sudah berganti. Masukkan kode yang sedang tampil di aplikasi autentikator.",
  ),
  AUTH_CHALLENGE: row(401, 12, "Waktu untuk memasukkan kode habis. Masuk lagi dari awal."),
  AUTH_LOCKED: row(
    429,
    75,
    "Masuk dengan kata sandi dikunci sementara setelah beberapa kali salah. Tunggu sampai waktu yang disebut, atau hubungi admin.",
    true,
  ),
  AUTH_PASSKEY: row(
    401,
    12,
    "Kunci sandi tidak diterima. Coba lagi, atau masuk dengan kata sandi dan kode.",
  ),
  AUTH_RECOVERY: row(
    403,
    12,
    "Tautan pemulihan salah, sudah dipakai, atau kedaluwarsa. Minta tautan baru kepada admin.",
  ),
  AUTH_OIDC: row(
    502,
    75,
    "Layanan masuk instansi tidak dapat dihubungi. Coba lagi, atau masuk dengan kata sandi.",
    true,
  ),
  AUTH_CROSS_SITE: row(
    403,
    12,
    "Kiriman berasal dari situs lain. Buka halaman ini langsung, lalu kirim lagi.",
  ),
  AUTH_TRACKING: row(
    404,
    4,
    "Nomor permohonan atau kode lacak tidak ditemukan. Periksa kembali huruf dan angkanya.",
  ),

  ADMIN_ONLY: row(
    403,
    12,
    "Bagian ini hanya untuk admin portal. Hubungi admin portal instansi Anda.",
  ),
  ADMIN_NO_POSITION: row(
    409,
    5,
    "Admin portal tidak memegang jabatan dan tidak menerima mandat, juga sebaliknya. Pilih orang lain, atau akhiri dulu perannya yang satu.",
  ),
  ADMIN_SELF: row(
    409,
    5,
    "Admin tidak dapat menonaktifkan akun atau mencabut peran dirinya sendiri. Minta admin lain.",
  ),
  AUTHORITY_CHANGED: row(
    409,
    5,
    "Data jabatan berubah pada saat yang sama. Muat ulang halaman, periksa, lalu kirim lagi.",
    true,
  ),

  DRAFT_UNKNOWN: row(
    404,
    4,
    "Konsep permohonan tidak ditemukan, sudah dikirim, atau sudah dihapus. Mulai lagi dari halaman SOP.",
  ),

  SOP_UNKNOWN: row(404, 4, "SOP tidak ditemukan. Pilih SOP dari daftar SOP."),
  SOP_WITHDRAWN: row(
    410,
    4,
    "SOP ini sudah tidak berlaku. Pilih SOP yang berlaku dari daftar SOP.",
  ),
  SOP_KIND_UNKNOWN: row(
    422,
    2,
    "Jenis permohonan ini tidak diatur dalam SOP. Pilih jenis yang tersedia.",
  ),

  WORKFLOW_WRONG_PERSON: row(
    403,
    12,
    "Tindakan ini bukan wewenang jabatan Anda pada tanggal ini. Teruskan kepada pejabat yang disebut.",
  ),
  WORKFLOW_SAME_PERSON: row(
    403,
    12,
    "SOP mensyaratkan orang yang berbeda: Anda mengerjakan langkah yang harus diperiksa. Minta pejabat lain.",
  ),
  WORKFLOW_OUT_OF_TURN: row(
    409,
    5,
    "Langkah ini belum atau sudah lewat gilirannya. Muat ulang halaman permohonan.",
  ),
  WORKFLOW_STALE: row(
    409,
    5,
    "Permohonan sudah berubah sejak Anda membukanya. Muat ulang, baca lagi, lalu putuskan.",
  ),
  WORKFLOW_CHECKLIST: row(
    422,
    2,
    "Kelengkapan belum dicentang semua. Periksa satu per satu, lalu centang.",
  ),
  WORKFLOW_EVIDENCE_MISSING: row(
    409,
    5,
    "Bukti dari agen belum ada. Tunggu pekerjaan agen selesai, lalu tutup langkah ini.",
  ),
  WORKFLOW_JOB_FAILED: row(
    409,
    5,
    "Pekerjaan agen gagal. Kembalikan ke langkah perencanaan atau ulangi pemeriksaan berkas.",
  ),
  WORKFLOW_JOB_ACTIVE: row(409, 5, "Pekerjaan agen sedang berjalan. Tunggu sampai selesai."),
  WORKFLOW_CLOSED: row(
    409,
    5,
    "Permohonan sudah selesai atau dihentikan. Ajukan permohonan baru bila perlu.",
  ),
  WORKFLOW_BRANCH: row(422, 2, "Pilih salah satu keputusan: Ya atau Tidak."),
  WORKFLOW_RETURN_TARGET: row(422, 2, "Tujuan pengembalian harus tindakan sebelum langkah ini."),
  WORKFLOW_QUESTION: row(
    409,
    5,
    "Pertanyaan atau jawaban ini tidak ditunggu sekarang. Muat ulang halaman untuk melihat keadaan terbaru.",
  ),
  PPID_CLOSED: row(
    409,
    5,
    "Permintaan informasi ini tidak menunggu tindakan itu lagi. Muat ulang halaman untuk melihat keadaan terbaru.",
  ),
  PPID_EXTENSION: row(
    409,
    5,
    "Perpanjangan hanya satu kali, sebelum batas waktu lewat. Jawab permintaannya.",
  ),
  PPID_REASON: row(
    422,
    2,
    "Pilih alasan bila informasi tidak diberikan seluruhnya; kosongkan bila dikabulkan.",
  ),
  PPID_OBJECTION_TIME: row(
    409,
    5,
    "Keberatan diajukan setelah jawaban atau setelah batas waktu jawaban lewat, paling lama 30 hari kerja. Periksa tanggalnya pada halaman lacak.",
  ),
  WORKFLOW_ROUNDS: row(
    409,
    5,
    "Permohonan sudah dikembalikan sebanyak batasnya. Tolak dengan alasan, atau selesaikan.",
  ),
  WORKFLOW_MINUTES: row(
    409,
    5,
    "Berita acara hanya dibuat satu kali, sesudah permohonan selesai. Muat ulang halaman untuk melihat keadaannya.",
  ),
  WORKFLOW_PREVIEW: row(
    409,
    5,
    "Pratinjau hanya dibuat sesudah pilihan pemulihan ditetapkan dan sebelum pemulihan dimulai. Muat ulang halaman permohonan.",
  ),
  WORKFLOW_FOLLOW_UP: row(
    409,
    5,
    "Salinan lama itu tidak menunggu permintaan atau keputusan ini. Muat ulang halaman untuk melihat keadaannya.",
  ),
  WORKFLOW_RESTORED_SINCE: row(
    409,
    5,
    "Sasaran itu sudah dipulihkan lagi sesudahnya, jadi pemulihan ini tidak dapat dikembalikan. Tinjau pemulihan yang terbaru.",
  ),
  WORKFLOW_OTHER_PERSON: row(
    403,
    12,
    "Keputusan ini harus oleh orang lain: bukan yang meminta dan bukan yang memerintahkan pemulihannya. Minta pemegang jabatan yang lain.",
  ),
  WORKFLOW_TARGET: row(422, 2, "Sasaran tidak terdaftar pada agen. Pilih sasaran dari daftar."),

  VERIFY_UNKNOWN: row(
    404,
    4,
    "Kode verifikasi tidak ditemukan. Periksa kembali huruf dan angkanya pada surat.",
  ),

  SIGN_PASSPHRASE: row(
    422,
    12,
    "Frasa sandi tanda tangan elektronik salah. Ketik ulang dengan teliti: terlalu sering salah dapat mengunci akun Anda.",
  ),
  SIGN_NOT_REGISTERED: row(
    409,
    12,
    "Anda belum terdaftar sebagai pemilik sertifikat elektronik. Daftarkan diri melalui pengelola sertifikat instansi.",
  ),
  SIGN_EXPIRED: row(
    409,
    12,
    "Sertifikat elektronik Anda tidak berlaku lagi. Perbarui melalui pengelola sertifikat instansi, lalu tanda tangani lagi.",
  ),
  SIGN_REFUSED: row(
    502,
    20,
    "Layanan tanda tangan elektronik menolak surat ini. Tidak ada surat yang ditandatangani; sampaikan kode permintaan kepada pengelola.",
  ),
  SIGN_UNREACHABLE: row(
    502,
    75,
    "Layanan tanda tangan elektronik tidak menjawab. Tidak ada surat yang dicatat bertanda tangan; tunggu beberapa menit, lalu tanda tangani lagi.",
    true,
  ),
  SIGN_IDENTITY: row(
    409,
    5,
    "Data penanda tangan belum lengkap. Minta admin mengisi NIP dan NIK Anda, lalu tanda tangani lagi.",
  ),

  ASSET_UNREGISTERED: row(
    422,
    5,
    "Sasaran belum terhubung dengan aset yang terdaftar. Daftarkan servernya di register aset, lalu pilih lagi.",
  ),
  ASSET_TARGET_TAKEN: row(
    409,
    5,
    "Sasaran agen ini sudah terhubung dengan aset lain. Pilih sasaran lain, atau ubah aset itu dahulu.",
  ),
  ASSET_IMPORT: row(
    422,
    2,
    "Tidak ada yang disimpan karena ada baris yang ditolak. Perbaiki baris yang disebut, lalu unggah lagi.",
  ),
  ASSET_FILE: row(
    422,
    2,
    "Berkas CSV tidak terbaca. Simpan sebagai CSV UTF-8 dengan baris kepala, paling banyak 5.000 baris, lalu unggah lagi.",
  ),
  PLAN_CLASH: row(
    409,
    5,
    "Rencana ini mempunyai peringatan. Ubah waktunya, atau centang bahwa peringatan sudah dibaca.",
  ),
} as const;
