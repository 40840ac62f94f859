import type { Command } from "commander";
import { AppError } from "#domain/errors.ts";
import { bytesText } from "#domain/indonesian.ts";
import { type Beside, dropBeside, restoreBeside } from "../restore/restore-beside.ts";
import { leaf, print, type StandardOptions } from "./command.ts";
import { onTarget } from "./target-work.ts";

interface SideOptions extends StandardOptions {
  readonly backup?: string;
  readonly dryRun?: boolean;
  readonly keep?: boolean;
  readonly drop?: string;
}

export function restoreSideCommand(): Command {
  return leaf(
    "restore-side",
    "Pulihkan cadangan ke salinan samping dan buktikan; data yang dipakai tidak disentuh.",
    "pulih-agent restore-side kependudukan-db --keep --config /etc/pulih/agen.yaml",
  )
    .argument("<alias>", "sasaran menurut berkas pengaturan")
    .option("--backup <id>", "cadangan ini; tanpa pilihan ini yang terbaru")
    .option("--dry-run", "periksa saja apakah dapat dipulihkan, tanpa membuat salinan")
    .option("--keep", "biarkan salinan samping setelah terbukti")
    .option("--drop <nama>", "hapus salinan samping yang dulu dibiarkan")
    .action(async (alias: string, options: SideOptions) => {
      if (options.drop !== undefined) return dropNow(options, alias, options.drop);
      const { backup, dryRun, keep } = options;
      const beside = await onTarget(options, alias, (ctx, work) =>
        restoreBeside(ctx, work, alias, {
          ...(backup === undefined ? {} : { backup }),
          isDryRun: dryRun === true,
          isKept: keep === true,
        }),
      );
      print(options, answerOf(beside), sentenceOf(alias, beside));
    });
}

async function dropNow(options: SideOptions, alias: string, copy: string): Promise<void> {
  if (options.keep || options.dryRun || options.backup !== undefined) {
    throw new AppError("INPUT_INVALID", "--drop stands alone", {
      problems: [{ field: "--drop", pesan: "pakai --drop tanpa pilihan lain" }],
    });
  }
  await onTarget(options, alias, (ctx, work) => dropBeside(ctx, work, alias, copy));
  print(options, { dropped: copy }, `Salinan samping ${copy} sudah dihapus.`);
}

function answerOf({ backup, level, copy, place }: Beside) {
  return { backup: backup.summary, level, copy, place };
}

function sentenceOf(alias: string, { backup, level, copy, place }: Beside): string {
  const { id, bytes } = backup.summary;
  const what = `Cadangan ${id} (${bytesText(bytes)})`;
  if (level === null) return `${what} dapat dipulihkan ke salinan samping. Belum ada yang dibuat.`;
  const proved = `${what} pulih di samping dan terbukti, tingkat ${level}.`;
  if (copy === null) return `${proved} Salinan samping sudah dihapus.`;
  return [
    `${proved} Data yang dipakai tidak berubah.`,
    `Letaknya: ${place}.`,
    `Hapus bila tidak diperlukan lagi: pulih-agent restore-side ${alias} --drop ${copy}`,
  ].join("\n");
}
