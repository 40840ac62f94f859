/** Words and figures as people read them in labels, letters and sentences. */
import type { JobAction } from "#domain/workflow/types.ts";

export { positionTitle as titleInCapacity } from "#domain/authority/position-title.ts";

export const ENGINE_LABELS: Readonly<Record<string, string>> = {
  postgres: "PostgreSQL",
  mariadb: "MariaDB",
  sqlite: "SQLite",
  directory: "direktori",
  "postgres-cluster": "server PostgreSQL utuh",
  "mariadb-server": "server MariaDB utuh",
  vm: "mesin virtual",
};

export const ACTION_LABELS = {
  backup: "Pencadangan",
  restore: "Pemulihan",
  check: "Pemeriksaan berkas cadangan",
  preview: "Pratinjau pemulihan",
  rollback: "Pengembalian ke data sebelum pemulihan",
  drop: "Penghapusan salinan lama",
} as const satisfies Record<JobAction, string>;

/** "3 jam lalu", the largest whole unit. */
export function ageText(then: Date, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - then.getTime()) / 60_000));
  if (minutes < 60) return `umur ${minutes} menit`;
  if (minutes < 48 * 60) return `umur ${Math.floor(minutes / 60)} jam`;
  return `umur ${Math.floor(minutes / (24 * 60))} hari`;
}
