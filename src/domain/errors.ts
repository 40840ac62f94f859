/**
 * The one table of errors. A code is public: never renamed, only deprecated.
 *
 * - `status`    HTTP status of an answer that carries it
 * - `exitCode`  exit code of a command that ends with it
 * - `retryable` whether the same call may succeed later, unchanged
 * - `pesan`     what people read: what happened, then what to do
 *
 * Exit codes: 0 done; 1 defect; 2 wrong usage or config; 3 done with warnings; 4 not found;
 * 5 conflict; 10 server refuses this agent; 11 protocol too old; 12 credentials; 20 engine
 * failed; 21 vault failed; 75 try again later; 130/143 ended by a signal.
 */
interface ErrorRow {
  readonly status: number;
  readonly exitCode: number;
  readonly retryable: boolean;
  readonly pesan: string;
}

export const ERRORS = {
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
  WORKFLOW_ROUNDS: row(
    409,
    5,
    "Permohonan sudah dikembalikan sebanyak batasnya. Tolak dengan alasan, atau selesaikan.",
  ),
  WORKFLOW_TARGET: row(422, 2, "Sasaran tidak terdaftar pada agen. Pilih sasaran dari daftar."),

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
  VAULT_TOOL_MISSING: row(
    500,
    21,
    "Program tempat cadangan tidak terpasang. Pasang program itu di server agen.",
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
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

function row(status: number, exitCode: number, pesan: string, retryable = false): ErrorRow {
  return { status, exitCode, pesan, retryable };
}

/** One place to mend in what a person sent: which field, what is wrong, in a sentence for people. */
export interface FieldProblem {
  readonly field: string;
  readonly pesan: string;
}

/**
 * A failure that crosses a layer. `message` is English, for the log, free of secrets and row data;
 * people read `pesan` from the table and `problems`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly problems: readonly FieldProblem[];

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      detail?: Readonly<Record<string, unknown>>;
      problems?: readonly FieldProblem[];
      cause?: unknown;
    } = {},
  ) {
    super(
      `${code}: ${message}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "AppError";
    this.code = code;
    this.detail = options.detail ?? {};
    this.problems = options.problems ?? [];
  }

  get row(): ErrorRow {
    return ERRORS[this.code];
  }
}

export function isAppError(value: unknown): value is AppError {
  return value instanceof AppError;
}

/** Holds what must be true whatever the input; its breach is a defect, not a user's mistake. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AppError("INTERNAL", `invariant broken: ${message}`);
}
