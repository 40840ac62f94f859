/** Dates, spans and figures as people in Indonesia read them. Times are shown in a zone, which is named. */
import { ZONES, type ZoneId } from "./calendar/local-time.ts";

/** Made once: making one takes longer than a hundred dates written with it. */
const LONG_DATE = new Intl.DateTimeFormat("id-ID", { dateStyle: "long", timeZone: "UTC" });

/** "23 Juni 2025" from `YYYY-MM-DD`. */
export function dateText(date: string): string {
  return LONG_DATE.format(new Date(`${date}T00:00:00Z`));
}

/** "1 Januari 2026 sampai 31 Maret 2026", "sejak 1 Januari 2026", "pada 1 Januari 2026". */
export function spanText(since: string, until: string | null): string {
  if (until === null) return `sejak ${dateText(since)}`;
  return since === until
    ? `pada ${dateText(since)}`
    : `${dateText(since)} sampai ${dateText(until)}`;
}

/** "23 November 2026 pukul 09.00 WITA" from an instant. */
export function instantText(instant: string, zone: ZoneId): string {
  const when = new Date(instant);
  const date = new Intl.DateTimeFormat("id-ID", { dateStyle: "long", timeZone: zone }).format(when);
  const time = new Intl.DateTimeFormat("id-ID", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  }).format(when);
  return `${date} pukul ${time} ${ZONES[zone].label}`;
}

/** "1 jam 15 menit" from minutes of work; less than one minute is told as such. */
export function minutesText(minutes: number): string {
  if (minutes < 1) return "kurang dari 1 menit";
  const whole = Math.round(minutes);
  const [hours, rest] = [Math.floor(whole / 60), whole % 60];
  const parts = [hours > 0 ? `${hours} jam` : "", rest > 0 ? `${rest} menit` : ""];
  return parts.filter(Boolean).join(" ");
}

/** "1.234,5" */
export function numberText(value: number, digits = 1): string {
  return new Intl.NumberFormat("id-ID", { maximumFractionDigits: digits }).format(value);
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** "1,5 GB" in powers of 1000; null is a size nobody could tell. */
export function bytesText(bytes: number | null): string {
  if (bytes === null) return "tidak diketahui";
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${numberText(value, unit === 0 ? 0 : 1)} ${UNITS[unit]}`;
}

/** "a", "a dan b", "a, b, dan c". */
export function listText(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  if (items.length <= 1) return last;
  return `${items.slice(0, -1).join(", ")}${items.length > 2 ? "," : ""} dan ${last}`;
}
