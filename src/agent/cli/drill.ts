import type { Command } from "commander";
import { AppError, ERRORS, type ErrorCode } from "#domain/errors.ts";
import { bytesText } from "#domain/indonesian.ts";
import type { DrillRecord } from "#protocol/manifest.ts";
import { noteProof } from "../care/note.ts";
import { type DrillChoice, runDrill } from "../care/run-drill.ts";
import { changeState } from "../care/state.ts";
import { tellChange } from "./changed.ts";
import { leaf, print, type StandardOptions } from "./command.ts";
import { onTarget } from "./target-work.ts";

interface DrillOptions extends StandardOptions {
  readonly backup?: string;
}

export function drillCommand(): Command {
  return leaf(
    "drill",
    "Uji pulih: pulihkan cadangan di samping data yang dipakai, buktikan, lalu hapus salinannya.",
    "pulih-agent drill kependudukan-db --config /etc/pulih/agen.yaml",
  )
    .argument("<alias>", "sasaran menurut berkas pengaturan")
    .option("--backup <id>", "cadangan ini; tanpa pilihan ini yang terbaru")
    .action(async (alias: string, options: DrillOptions) => {
      const { backup } = options;
      await drillNow(options, alias, backup === undefined ? {} : { backup });
    });
}

/** Runs a drill, remembers what it proved, and answers; a failed drill ends with its error's code. */
export async function drillNow(
  options: StandardOptions,
  alias: string,
  choice: DrillChoice,
): Promise<void> {
  const record = await onTarget(options, alias, async (ctx, work) => {
    const drill = await runDrill(ctx, work, alias, choice);
    const now = ctx.now();
    await changeState(ctx.config.data, alias, now, (state) => noteProof(state, drill.record));
    await tellChange(ctx.config.data, now);
    return drill.record;
  });
  print(options, { drill: record }, drillText(record));
  if (!record.ok) process.exitCode = ERRORS[codeOf(record)].exitCode;
}

function drillText(record: DrillRecord): string {
  if (!record.ok) {
    const code = codeOf(record);
    return `Uji pulih atas cadangan ${record.backup} gagal. ${ERRORS[code].pesan} (${code})`;
  }
  const what = `${record.units} bagian, ${record.rows} baris atau berkas, ${bytesText(record.bytes)}`;
  return `Uji pulih atas cadangan ${record.backup} lulus, tingkat ${record.level}: ${what}. Salinan samping sudah dihapus.`;
}

function codeOf({ error }: DrillRecord): ErrorCode {
  if (error !== null && Object.hasOwn(ERRORS, error)) return error as ErrorCode;
  throw new AppError("INTERNAL", "a failed drill without a known code");
}
