/** Words and figures as people read them in labels, letters and sentences. */
export { positionTitle as titleInCapacity } from "#domain/authority/position-title.ts";

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

/** "3 jam lalu", the largest whole unit. */
export function ageText(then: Date, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - then.getTime()) / 60_000));
  if (minutes < 60) return `umur ${minutes} menit`;
  if (minutes < 48 * 60) return `umur ${Math.floor(minutes / 60)} jam`;
  return `umur ${Math.floor(minutes / (24 * 60))} hari`;
}
