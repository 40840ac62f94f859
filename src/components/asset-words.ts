/** What the register's pages say of what was just done, and of its log. */
const NEWS: Readonly<Record<string, string>> = {
  didaftarkan: "Aset terdaftar. Berikan kodenya kepada perangkat daerah pemilik.",
  diubah: "Perubahan tersimpan.",
  dinonaktifkan: "Aset dinonaktifkan. Sasaran agennya bebas untuk aset lain.",
};

export function assetNews(key: string | null): string | null {
  return key === null ? null : (NEWS[key] ?? null);
}

export const CHANGE_WORDS: Readonly<Record<string, string>> = {
  didaftarkan: "Didaftarkan",
  diubah: "Diubah",
  diimpor: "Diimpor dari berkas",
  dinonaktifkan: "Dinonaktifkan",
};

export const REVIEW_WORDS = {
  sesuai: "Sesuai",
  diubah: "Diubah",
  dihapus: "Dihapus",
} as const;

export const VERDICTS = {
  baru: { text: "Baru", tone: "positive" },
  diubah: { text: "Diubah", tone: "brand" },
  sama: { text: "Sama", tone: "" },
  ditolak: { text: "Ditolak", tone: "negative" },
} as const;
