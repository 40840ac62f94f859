/** Words and figures as people read them in labels, letters and sentences. */
const number = new Intl.NumberFormat("id-ID", { maximumFractionDigits: 1 });
const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

export const ENGINE_LABELS: Readonly<Record<string, string>> = {
  postgres: "PostgreSQL",
  mariadb: "MariaDB",
  sqlite: "SQLite",
  directory: "direktori",
};

export const ACTION_LABELS = {
  backup: "Pencadangan",
  restore: "Pemulihan",
  check: "Pemeriksaan berkas cadangan",
} as const;

export function bytesText(bytes: number | null): string {
  if (bytes === null) return "belum diketahui";
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number.format(value)} ${UNITS[unit]}`;
}

export function countText(count: number): string {
  return number.format(count);
}

/** "3 jam lalu", the largest whole unit. */
export function ageText(then: Date, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - then.getTime()) / 60_000));
  if (minutes < 60) return `umur ${minutes} menit`;
  if (minutes < 48 * 60) return `umur ${Math.floor(minutes / 60)} jam`;
  return `umur ${Math.floor(minutes / (24 * 60))} hari`;
}

/** "23 November 2026 pukul 09.10 WITA". */
export function momentText(
  iso: string,
  zone: { readonly offsetMinutes: number; readonly label: string },
): string {
  const local = new Date(Date.parse(iso) + zone.offsetMinutes * 60_000);
  const date = new Intl.DateTimeFormat("id-ID", { dateStyle: "long", timeZone: "UTC" }).format(
    local,
  );
  const time = local.toISOString().slice(11, 16).replace(":", ".");
  return `${date} pukul ${time} ${zone.label}`;
}
