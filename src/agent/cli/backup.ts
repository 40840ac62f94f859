import type { Command } from "commander";
import { bytesText } from "#domain/indonesian.ts";
import { type BackupPlan, planBackup } from "../backup/plan-backup.ts";
import { runBackup } from "../backup/run-backup.ts";
import { noteBackup } from "../care/note.ts";
import { changeState } from "../care/state.ts";
import { tellChange } from "./changed.ts";
import { leaf, print, type StandardOptions } from "./command.ts";
import { EXIT_WARNINGS } from "./exit-codes.ts";
import { onTarget } from "./target-work.ts";

interface BackupOptions extends StandardOptions {
  readonly dryRun?: boolean;
}

export function backupCommand(): Command {
  return leaf(
    "backup",
    "Buat cadangan rutin satu sasaran sekarang, atas kehendak operator.",
    "pulih-agent backup kependudukan-db --config /etc/pulih/agen.yaml",
  )
    .argument("<alias>", "sasaran menurut berkas pengaturan")
    .option("--dry-run", "periksa sasaran, alat, izin, dan ruang saja; tidak ada yang ditulis")
    .action(async (alias: string, options: BackupOptions) => {
      if (options.dryRun === true) {
        const plan = await onTarget(options, alias, (ctx, work) =>
          planBackup(ctx, alias, work.signal),
        );
        print(options, { plan }, planText(plan));
        if (!plan.fits) process.exitCode = EXIT_WARNINGS;
        return;
      }
      const summary = await onTarget(options, alias, async (ctx, work) => {
        const made = await runBackup(ctx, work, alias, "backup");
        const now = ctx.now();
        const { data } = ctx.config;
        await changeState(data, alias, now, (state) => noteBackup(state, made.summary));
        await tellChange(data, now);
        return made.summary;
      });
      print(
        options,
        { backup: summary },
        `Cadangan ${summary.id} selesai: ${bytesText(summary.bytes)} di ${summary.vault}.`,
      );
    });
}

function planText(plan: BackupPlan): string {
  const free = bytesText(plan.vaultFreeBytes);
  return [
    `Sasaran ${plan.alias} terjangkau: server ${plan.serverVersion}, alat ${plan.toolVersion}.`,
    `Perkiraan ukuran ${bytesText(plan.estimatedBytes)}; ruang kosong di ${plan.vault}: ${free}.`,
    plan.fits
      ? "Cadangan dapat dibuat. Belum ada yang ditulis."
      : "Ruang di tempat cadangan mungkin tidak cukup. Tambah ruang dahulu. Belum ada yang ditulis.",
  ].join("\n");
}
