/** Words of the planning page. */
import type { ZoneId } from "#domain/calendar/local-time.ts";
import type { Label } from "./labels.ts";

export const WEEKDAY_NAMES = ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"];

export const BOARD_STATES: Readonly<Record<"rencana" | "berjalan" | "selesai" | "gagal", Label>> = {
  rencana: { text: "Rencana", tone: "notice" },
  berjalan: { text: "Berjalan", tone: "brand" },
  selesai: { text: "Selesai", tone: "positive" },
  gagal: { text: "Gagal", tone: "negative" },
};

/** "09.00" as the agency's clock shows it. */
export function clockOf(instant: string, zone: ZoneId): string {
  return new Intl.DateTimeFormat("id-ID", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  }).format(new Date(instant));
}
