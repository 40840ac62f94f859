/**
 * Whether a phrase begins with an active verb, as the activities of an SOP do (PermenPANRB 35/2012).
 *
 * A heuristic over forms, not a dictionary: it would rather let a noun pass than warn at a verb.
 */

/** me- and ber- forms, also joined to a borrowed word by a hyphen: me-restore, mem-backup. */
const ACTIVE =
  /^(?:me(?:[lmnrwy]|ng|ny)[a-z]{3,}|be[rkl][a-z]{3,}|(?:me|mem|men|meng|meny|ber)-[a-z]{2,})/;

/** Words with such a beginning that are none. */
const NO_VERB = new Set(
  [
    "melainkan melalui memang member memo memori menara mengapa mengenai menit menjelang mental mentor menu",
    "menteri menurut merah mereka merek merdeka",
    "beragam beranda berapa beras berat berbagai berdasarkan bergantung berhubung berikut berita berkala berkas",
    "berlian bernama bersama bersih beruang berupa bekas bekal belakang belanja belum",
  ].flatMap((line) => line.split(" ")),
);

/** Verbs that stand without a prefix: orders, and verbs that never take one. */
const BARE = new Set(
  [
    "ajukan ambil awasi baca bawa bayar buat buka cabut catat cek cetak cocokkan daftarkan datang gandakan hadir",
    "hapus hubungi input isi jalankan kembalikan kirim kirimkan koreksi kumpulkan laksanakan lakukan lampirkan",
    "laporkan lengkapi masuk minta paraf pasang periksa perbaiki perbarui pilih pindai pulihkan rapikan rekam",
    "salin sampaikan scan serahkan setujui siapkan simpan susun tandatangani teliti tempel tentukan terbitkan",
    "terima teruskan tetapkan tiba tindaklanjuti tulis tunjuk tutup ubah uji umumkan undang unduh unggah",
  ].flatMap((line) => line.split(" ")),
);

/** "Bila lengkap, meneruskan …": the condition comes first, the verb after its comma. */
const CONDITION =
  /^(?:apabila|bila|bilamana|dalam hal|jika|kalau|setelah|sesudah|sebelum)\b[^,]*,\s*/;

/** "1. ", "a) ", "- ", and an opening quotation mark. */
const MARKER = /^(?:(?:\d+|[a-z])[.)]\s*|[-–•"“'‘(]\s*)+/;

export function beginsWithVerb(phrase: string): boolean {
  const plain = phrase.trim().toLowerCase().replace(MARKER, "").replace(CONDITION, "");
  const first = /^[a-z]+(?:-[a-z]+)?/.exec(plain)?.[0] ?? "";
  if (BARE.has(first)) return true;
  const stem = first.split("-")[0] ?? "";
  return ACTIVE.test(first) && !NO_VERB.has(stem);
}
