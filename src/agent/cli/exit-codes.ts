/** What the end of a command says to a script; the guide for operators holds the same table. */
export const EXIT_CODES: readonly (readonly [string, string])[] = [
  ["0", "Selesai"],
  ["1", "Galat program; laporkan"],
  ["2", "Perintah atau pengaturan keliru"],
  ["3", "Selesai dengan peringatan"],
  ["4", "Tidak ditemukan"],
  ["5", "Bentrok dengan keadaan sekarang"],
  ["10", "Portal menolak agen ini"],
  ["11", "Protokol terlalu lama; perbarui agen"],
  ["12", "Kredensial keliru"],
  ["20", "Mesin basis data atau berkas gagal"],
  ["21", "Tempat cadangan gagal"],
  ["75", "Coba lagi nanti"],
  ["130, 143", "Dihentikan oleh sinyal"],
];

/** Done, but something wants mending. */
export const EXIT_WARNINGS = 3;

export function exitCodesText(): string {
  const lines = EXIT_CODES.map(([code, meaning]) => `  ${code.padEnd(9)} ${meaning}`);
  return ["Kode keluar:", ...lines].join("\n");
}
