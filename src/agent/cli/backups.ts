import type { Command } from "commander";
import { AppError } from "#domain/errors.ts";
import { bytesText } from "#domain/indonesian.ts";
import { listBackups } from "../backup/list-backups.ts";
import { targetOf } from "../context.ts";
import { configOf, leaf, print, type StandardOptions } from "./command.ts";
import { silent } from "./log.ts";
import { openEnrolled } from "./open-context.ts";
import { momentText, table } from "./words.ts";

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
      const found = await listBackups(ctx, alias ?? null);
      const backups = found.map(({ summary }) => summary);
      const rows = backups.map((backup) => [
        backup.id,
        backup.alias,
        backup.engine,
        backup.purpose === "safety" ? "pengaman" : "rutin",
        momentText(backup.finishedAt),
        bytesText(backup.bytes),
        backup.vault,
      ]);
      const heads = [
        "CADANGAN",
        "ALIAS",
        "MESIN DATA",
        "JENIS",
        "SELESAI",
        "UKURAN",
        "TEMPAT CADANGAN",
      ];
      print(
        options,
        { backups },
        rows.length === 0 ? "Belum ada cadangan yang sah." : table(heads, rows),
      );
    });
}
