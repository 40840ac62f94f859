/** Plans, clashes and estimates in the words of their readers. */
import type { ZoneId } from "../calendar/local-time.ts";
import { bytesText, dateText, instantText, listText, minutesText } from "../indonesian.ts";
import type { Estimate } from "./estimate.ts";
import type { Clash } from "./types.ts";
import type { Growth } from "./vault-growth.ts";

export function clashText(clash: Clash, zone: ZoneId): string {
  switch (clash.kind) {
    case "sasaran":
      return `Sasaran ${listText(clash.aliases)} sudah direncanakan pada waktu yang sama${ofRequest(clash.ref)}.`;
    case "agen":
      return `Agennya sudah direncanakan bekerja pada waktu yang sama${ofRequest(clash.ref)}.`;
    case "jendela":
      return "Waktunya di luar jendela pemeliharaan instansi.";
    case "libur":
      return `Tanggal ${dateText(clash.date)} adalah hari libur.`;
    case "jam-kerja":
      return "Waktunya di luar jam kerja instansi.";
    case "ruang":
      return `Ruang pada tempat cadangan ${clash.vault} tidak cukup: perlu ${bytesText(clash.needBytes)}, kosong ${bytesText(clash.freeBytes)}.`;
    case "kedaluwarsa":
      return `Perintah yang dibekukan hanya berlaku sampai ${instantText(clash.until.toISOString(), zone)}.`;
    case "lewat":
      return "Waktu mulainya sudah lewat.";
  }
}

function ofRequest(ref: string | null): string {
  return ref === null ? " untuk instansi lain" : ` untuk permohonan ${ref}`;
}

export function estimateText({ minutes, bytes, basis, count }: Estimate): string {
  const size = bytes === null ? "" : `, ${bytesText(bytes)}`;
  switch (basis) {
    case "sasaran":
      return `Perkiraan ${minutesText(minutes ?? 0)}${size} (nilai tengah ${count} pekerjaan terakhir).`;
    case "mesin":
      return `Perkiraan ${minutesText(minutes ?? 0)}${size} (dari kecepatan ${count} pekerjaan sejenis).`;
    case "belum-ada":
      return "Lama: belum ada ukuran.";
  }
}

export function growthText(growth: Growth): string {
  switch (growth.kind) {
    case "belum-ada":
      return "belum cukup catatan";
    case "tetap":
      return "tidak menyusut";
    case "penuh":
      if (growth.most === null) return `penuh paling cepat ${growth.least} hari lagi`;
      return growth.least === growth.most
        ? `penuh sekitar ${growth.least} hari lagi`
        : `penuh antara ${growth.least} dan ${growth.most} hari lagi`;
  }
}
