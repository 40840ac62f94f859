/** What goes wrong between machines: jobs, agents, engines, vaults, and the portal's own running. */
import { row } from "./row.ts";

export const MACHINE_ERRORS = {
  JOB_STALE_LEASE: row(
    409,
    5,
    "Sewa pekerjaan sudah tidak berlaku. Agen menghentikan pekerjaan ini.",
  ),
  JOB_UNKNOWN: row(404, 4, "Pekerjaan tidak ditemukan."),
  JOB_STATE: row(409, 5, "Status pekerjaan sudah berubah. Muat ulang, lalu coba lagi."),
  JOB_GAP: row(
    409,
    5,
    "Urutan kabar pekerjaan terputus. Agen mengirim ulang dari nomor yang diminta.",
    true,
  ),
  JOB_CANCELLED: row(409, 5, "Pekerjaan dibatalkan. Data tidak berubah."),
  JOB_INTERRUPTED: row(
    500,
    20,
    "Agen terhenti di tengah pekerjaan. Data lama tetap utuh; jalankan permohonan baru.",
  ),

  AGENT_UNKNOWN: row(401, 10, "Agen tidak dikenal. Daftarkan agen dengan kode sekali pakai."),
  AGENT_PENDING: row(
    403,
    10,
    "Agen menunggu persetujuan admin. Cocokkan sidik kuncinya, lalu setujui.",
    true,
  ),
  AGENT_HELD: row(
    403,
    10,
    "Agen ditahan: dua program memakai kuncinya. Matikan salah satunya, lalu minta admin portal melepaskan agen.",
    true,
  ),
  AGENT_REVOKED: row(403, 10, "Agen sudah dicabut. Hubungi admin portal."),
  AGENT_CODE: row(
    403,
    10,
    "Kode pendaftaran salah, sudah dipakai, atau kedaluwarsa. Minta kode baru.",
  ),
  AGENT_SIGNATURE: row(401, 10, "Tanda tangan permintaan agen tidak cocok. Periksa kunci agen."),
  AGENT_SESSION: row(401, 75, "Sesi agen berakhir. Agen membuka sesi baru.", true),
  AGENT_REPLAY: row(409, 10, "Permintaan agen terulang. Agen membuka sesi baru.", true),
  AGENT_CLOCK: row(
    403,
    10,
    "Jam agen menyimpang lebih dari 120 detik. Samakan jam server (NTP).",
    true,
  ),
  AGENT_PROTOCOL: row(426, 11, "Versi protokol agen terlalu lama. Perbarui agen."),
  AGENT_PORTAL: row(
    502,
    75,
    "Portal tidak dapat dihubungi atau jawabannya tidak terbaca. Periksa jaringan dan alamat portal, lalu coba lagi.",
    true,
  ),
  AGENT_ENROLLED: row(
    409,
    5,
    "Agen ini sudah terdaftar. Untuk mendaftar ulang, pindahkan dulu berkas identity.json dari folder data agen.",
  ),
  AGENT_RUNNING: row(
    409,
    5,
    "Agen lain sudah berjalan dengan folder data ini. Hentikan dulu agen itu.",
  ),
  AGENT_TARGET_BUSY: row(
    409,
    5,
    "Sasaran sedang dikerjakan agen atau perintah lain. Tunggu sampai selesai, lalu ulangi.",
    true,
  ),
  AGENT_POLICY: row(
    403,
    10,
    "Daftar izin agen tidak memperbolehkan pekerjaan ini. Ubah izin di server agen.",
  ),
  AGENT_BUNDLE: row(
    403,
    10,
    "Berkas perintah tidak lolos pemeriksaan agen. Tidak ada data yang disentuh.",
  ),

  ENGINE_CONNECT: row(
    502,
    20,
    "Sasaran tidak dapat dihubungi. Periksa server, port, dan kata sandinya.",
    true,
  ),
  ENGINE_VERSION: row(
    409,
    20,
    "Versi alat dan server tidak cocok. Pasang alat dengan versi yang sesuai.",
  ),
  ENGINE_TOOL_MISSING: row(
    500,
    20,
    "Alat yang diperlukan tidak terpasang di server sasaran. Pasang alat itu.",
  ),
  ENGINE_DUMP_FAILED: row(
    500,
    20,
    "Pencadangan gagal di sumbernya. Tidak ada cadangan yang tercatat.",
  ),
  ENGINE_DUMP_INCOMPLETE: row(
    500,
    20,
    "Hasil pencadangan terpotong atau kosong. Tidak ada cadangan yang tercatat.",
  ),
  ENGINE_UNSUPPORTED: row(
    409,
    20,
    "Ada isi sasaran yang tidak dapat dicadangkan dengan cara ini. Baca rincian, lalu ubah sasaran.",
  ),
  ENGINE_LOAD_FAILED: row(500, 20, "Pemulihan ke salinan samping gagal. Data lama tidak disentuh."),
  ENGINE_DIGEST_MISMATCH: row(
    500,
    20,
    "Isi hasil pemulihan tidak sama dengan cadangan. Data lama tidak disentuh.",
  ),
  ENGINE_DAMAGED: row(
    500,
    20,
    "Pemeriksaan fisik menemukan kerusakan. Pakai cadangan lain, lalu periksa server sumbernya.",
  ),
  ENGINE_ANSWER: row(
    500,
    20,
    "Hasil pemulihan tidak menjawab pertanyaan pemeriksaan seperti yang ditetapkan. Periksa cadangannya.",
  ),
  ENGINE_LIVE_DAMAGED: row(
    409,
    20,
    "Data yang sekarang ada rusak sehingga tidak dapat dicadangkan lebih dulu. Pindahkan data itu ke nama lain, jangan hapus; tempat yang kosong dapat dipulihkan.",
  ),
  ENGINE_OTHER_TARGET: row(
    409,
    20,
    "Sasaran bukan lagi yang dilihat saat pratinjau. Periksa pengaturan agen, lalu buat pratinjau baru.",
  ),
  ENGINE_KEPT_GONE: row(
    409,
    20,
    "Salinan lama dari pemulihan itu sudah tidak ada. Pakai cadangan pengaman bila data lama diperlukan.",
  ),
  ENGINE_SPACE: row(507, 20, "Ruang penyimpanan sasaran tidak cukup. Tambah ruang, lalu ulangi."),
  ENGINE_BUSY: row(
    409,
    20,
    "Sasaran masih dipakai sehingga tidak dapat ditukar. Data lama dibuka kembali.",
    true,
  ),
  ENGINE_SWAP_FAILED: row(
    500,
    20,
    "Penukaran gagal dan sudah dikembalikan. Data lama tetap dipakai.",
  ),
  ENGINE_NEEDS_HUMAN: row(
    500,
    20,
    "Pemulihan terhenti dan perlu pemeriksaan operator sebelum dilanjutkan.",
  ),

  VAULT_UNREACHABLE: row(
    502,
    21,
    "Tempat cadangan tidak dapat dihubungi. Periksa tempat cadangan.",
    true,
  ),
  VAULT_CREDENTIALS: row(
    500,
    21,
    "Kunci tempat cadangan salah. Periksa berkas kunci di server agen.",
  ),
  VAULT_WRITE_FAILED: row(
    500,
    21,
    "Penulisan ke tempat cadangan gagal. Tidak ada cadangan yang tercatat.",
  ),
  VAULT_FULL: row(507, 21, "Tempat cadangan penuh. Tambah ruang, lalu ulangi."),
  VAULT_CORRUPT: row(
    500,
    21,
    "Cadangan rusak atau berubah. Cadangan ini tidak boleh dipakai; pilih yang lain.",
  ),
  VAULT_BACKUP_UNKNOWN: row(
    404,
    4,
    "Cadangan tidak ditemukan di tempat cadangan. Pilih cadangan lain.",
  ),
  VAULT_MANIFEST: row(
    409,
    21,
    "Manifes cadangan tidak sah. Cadangan ini tidak boleh dipakai; pilih yang lain.",
  ),
  VAULT_DELETE_REFUSED: row(
    403,
    21,
    "Identitas ini tidak berhak menghapus di tempat cadangan. Jalankan dengan identitas pemelihara.",
  ),
  VAULT_LOCKED: row(
    409,
    75,
    "Tempat cadangan sedang dipelihara. Pekerjaan ditunda; coba lagi setelah selesai.",
    true,
  ),
  VAULT_TOOL_MISSING: row(
    500,
    21,
    "Program restic tidak terpasang atau terlalu lama. Pasang versi yang didukung di server agen.",
  ),

  SSH_HOST_KEY: row(
    502,
    20,
    "Kunci host server berubah. Pastikan servernya benar sebelum mengganti kunci.",
  ),
  SSH_CONNECT: row(
    502,
    20,
    "Server tidak dapat dihubungi lewat SSH. Periksa alamat, port, dan kunci.",
    true,
  ),

  MAIL_FAILED: row(
    502,
    75,
    "Surel tidak terkirim. Periksa alamat, akun, dan sertifikat peladen surel.",
    true,
  ),

  CONTENT_EXISTS: row(
    409,
    5,
    "Berkas dengan nama ini sudah ada. Pilih nama lain, atau sunting berkas yang ada.",
  ),
  CONTENT_INVALID: row(500, 2, "Berkas isi belum benar. Perbaiki berkas dan bagian yang disebut."),
  DB_MIGRATION: row(
    500,
    2,
    "Skema basis data tidak sesuai dengan program. Jalankan migrasi atau perbarui program.",
  ),
  INTERNAL: row(
    500,
    1,
    "Terjadi galat pada sistem. Coba lagi; bila berulang, sebutkan kode permintaan kepada pengelola.",
  ),
} as const;
