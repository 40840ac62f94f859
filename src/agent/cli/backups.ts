import type { Command } from "commander";
import { AppError } from "#domain/errors.ts";
import { bytesText } from "#domain/indonesian.ts";
import { listStored } from "../backup/list-backups.ts";
import { provenBackups } from "../care/proofs.ts";
import { targetOf } from "../context.ts";
import { damagedBackups } from "../keep/damaged.ts";
import { configOf, leaf, print, type StandardOptions } from "./command.ts";
import { silent } from "./log.ts";
import { openEnrolled } from "./open-context.ts";
import { durationText } from "./progress.ts";
import { momentText, table } from "./words.ts";

const HOUR_S = 3_600;
const HEADS = [
  "CADANGAN",
  "ALIAS",
  "MESIN DATA",
  "JENIS",
  "SELESAI",
  "UMUR",
  "UKURAN",
  "TERBUKTI",
  "TEMPAT CADANGAN",
];

export function backupsCommand(): Command {
  return leaf(
    "backups",
    "Daftar cadangan yang manifesnya terbukti sah, yang terbaru lebih dulu.",
    "pulih-agent backups kependudukan-db --config /etc/pulih/agen.yaml",
  )
    .argument("[alias]", "hanya sasaran ini")
    .action(async (alias: string | undefined, options: StandardOptions) => {
      const config = await configOf(options);
      if (alias !== undefined && !targetOf(config, alias)) {
        throw new AppError("WORKFLOW_TARGET", `no target ${alias} in the config`);
      }
      const ctx = await openEnrolled(config, silent);
      const now = ctx.now().getTime();
      const proofs = await provenBackups(ctx);
      const damaged = await damagedBackups(config.data);
      const backups = (await listStored(ctx, alias ?? null)).map(({ summary }) => ({
        ...summary,
        ageSeconds: Math.max(0, Math.round((now - Date.parse(summary.finishedAt)) / 1_000)),
        /** Null: never restored by this agent; read back whole when it was made. */
        proof: proofs.get(summary.id) ?? null,
        damaged: damaged.has(summary.id),
      }));
      const rows = backups.map((backup) => [
        backup.id,
        backup.alias,
        backup.engine,
        backup.purpose === "safety" ? "pengaman" : "rutin",
        momentText(backup.finishedAt),
        ageText(backup.ageSeconds),
        bytesText(backup.bytes),
        backup.damaged ? "RUSAK" : (backup.proof?.level ?? "L0"),
        backup.vault,
      ]);
      const words = rows.length === 0 ? "Belum ada cadangan yang sah." : table(HEADS, rows);
      print(options, { backups }, words);
    });
}

/** "5 menit", "7 jam", "3 hari". */
function ageText(seconds: number): string {
  if (seconds < HOUR_S) return durationText(seconds);
  const hours = Math.floor(seconds / HOUR_S);
  return hours < 48 ? `${hours} jam` : `${Math.floor(hours / 24)} hari`;
}
