import type { Alert } from "./care.ts";

/** What an alert says to people, and what is to be done; pages, mails and the agent's CLI share it. */
export const ALERT_WORDS: Readonly<
  Record<Alert, { readonly what: string; readonly mend: string }>
> = {
  backup_failed: {
    what: "Pencadangan terjadwal gagal",
    mend: "Jalankan pulih-agent doctor di server agen, perbaiki sebabnya, lalu pulih-agent backup.",
  },
  rpo_missed: {
    what: "Cadangan terbaru lebih tua dari batas",
    mend: "Periksa jadwal dan catatan agen, lalu jalankan pulih-agent backup.",
  },
  drill_failed: {
    what: "Uji pulih gagal",
    mend: "Anggap cadangan ini tidak dapat dipakai sampai pulih-agent drill lulus; buat cadangan baru.",
  },
  proof_overdue: {
    what: "Sudah terlalu lama tanpa bukti pemulihan",
    mend: "Jalankan pulih-agent drill di server agen.",
  },
  vault_damaged: {
    what: "Tempat cadangan rusak sebagian",
    mend: "Buat cadangan baru sekarang, lalu periksa media tempat cadangan.",
  },
  vault_full_soon: {
    what: "Tempat cadangan segera penuh",
    mend: "Tambah ruang atau jalankan pulih-agent retain dengan identitas pemelihara.",
  },
  backups_lost: {
    what: "Ada cadangan yang hilang dari tempat cadangan",
    mend: "Cari tahu siapa yang menghapus atau mengembalikan tempat cadangan ke keadaan lama.",
  },
};
