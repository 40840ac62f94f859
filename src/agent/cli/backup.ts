import type { Command } from "commander";
import { AppError } from "#domain/errors.ts";
import { bytesText } from "#domain/indonesian.ts";
import { runBackup } from "../backup/run-backup.ts";
import { tellChange } from "./changed.ts";
import { configOf, leaf, print, type StandardOptions } from "./command.ts";
import { createLog } from "./log.ts";
import { openEnrolled } from "./open-context.ts";
import { onSignals } from "./signals.ts";

export function backupCommand(): Command {
  return leaf(
    "backup",
    "Buat cadangan rutin satu sasaran sekarang, atas kehendak operator.",
    "pulih-agent backup kependudukan-db --config /etc/pulih/agen.yaml",
  )
    .argument("<alias>", "sasaran menurut berkas pengaturan")
    .action(async (alias: string, options: StandardOptions) => {
      const config = await configOf(options);
      const isForProgram = options.json === true;
      const log = createLog(
        (line) => !isForProgram && process.stderr.write(line),
        () => new Date(),
      );
      const ctx = await openEnrolled(config, log);
      const control = new AbortController();
      const ended = onSignals(() =>
        control.abort(new AppError("JOB_CANCELLED", "ended by a signal")),
      );
      const work = {
        job: null,
        epoch: 0,
        signal: control.signal,
        progress: ({ message }: { readonly message: string }) => {
          if (!isForProgram) process.stderr.write(`${message}\n`);
        },
        confirmLease: async () => undefined,
      };
      try {
        const { summary } = await runBackup(ctx, work, alias, "backup");
        await tellChange(config.data, ctx.now());
        print(
          options,
          { backup: summary },
          `Cadangan ${summary.id} selesai: ${bytesText(summary.bytes)} di ${summary.vault}.`,
        );
      } finally {
        ended.stopListening();
        const { exitCode } = ended;
        if (exitCode !== null) process.exitCode = exitCode;
      }
    });
}
