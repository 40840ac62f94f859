import { type Command, Option } from "commander";
import { AppError, ERRORS } from "#domain/errors.ts";
import { bytesText } from "#domain/indonesian.ts";
import { checkBackup } from "../backup/check-backup.ts";
import { listStored } from "../backup/list-backups.ts";
import type { VerifiedBackup } from "../backup/open-manifest.ts";
import type { DrillChoice } from "../care/run-drill.ts";
import { type AgentContext, targetOf } from "../context.ts";
import { tellChange } from "./changed.ts";
import { configOf, leaf, print, type StandardOptions } from "./command.ts";
import { drillNow } from "./drill.ts";
import { onTarget } from "./target-work.ts";

const LEVELS = ["L0", "L3", "L4", "L5"] as const;
type Level = (typeof LEVELS)[number];

interface VerifyOptions extends StandardOptions {
  readonly backup?: string;
  readonly tingkat: Level;
}

export function verifyCommand(): Command {
  return leaf(
    "verify",
    "Buktikan satu cadangan: L0 membacanya kembali, L3 sampai L5 memulihkannya di samping.",
    "pulih-agent verify kependudukan-db --tingkat L3 --config /etc/pulih/agen.yaml",
  )
    .argument("<alias>", "sasaran menurut berkas pengaturan")
    .option("--backup <id>", "cadangan ini; tanpa pilihan ini yang terbaru")
    .addOption(
      new Option(
        "--tingkat <tingkat>",
        "L0 terbaca utuh, L3 isi sama, L4 ditambah pemeriksaan fisik, L5 ditambah pertanyaan",
      )
        .choices(LEVELS)
        .default("L0"),
    )
    .action(async (alias: string, options: VerifyOptions) => {
      if (options.tingkat === "L0") return readBack(options, alias);
      const { backup } = options;
      const verification = await verificationFor(options, alias, options.tingkat);
      const choice: DrillChoice =
        backup === undefined ? { verification } : { backup, verification };
      return drillNow(options, alias, choice);
    });
}

async function readBack(options: VerifyOptions, alias: string): Promise<void> {
  const { summary, check } = await onTarget(options, alias, async (ctx, work) => {
    const { id, manifest } = (await chosen(ctx, alias, options.backup)).summary;
    const checked = await checkBackup(ctx, work, alias, id, manifest);
    await tellChange(ctx.config.data, ctx.now());
    return checked;
  });
  const { row } = new AppError("VAULT_CORRUPT", "the backup does not verify");
  print(
    options,
    { backup: summary, check },
    check.readable
      ? `Cadangan ${summary.id} terbaca utuh: ${bytesText(check.bytes)}.`
      : `Cadangan ${summary.id}: ${row.pesan} (VAULT_CORRUPT)`,
  );
  if (!check.readable) process.exitCode = ERRORS.VAULT_CORRUPT.exitCode;
}

async function chosen(
  ctx: AgentContext,
  alias: string,
  backupId: string | undefined,
): Promise<VerifiedBackup> {
  const stored = await listStored(ctx, alias);
  const found =
    backupId === undefined
      ? (stored.find(({ manifest }) => manifest.purpose === "backup") ?? stored[0])
      : stored.find(({ manifest }) => manifest.id === backupId);
  if (found) return found;
  throw new AppError("VAULT_BACKUP_UNKNOWN", "no verified backup of this target", {
    detail: { alias },
  });
}

/** The level asked for, whatever the config looks at by itself; questions come from the config only. */
async function verificationFor(
  options: StandardOptions,
  alias: string,
  level: Exclude<Level, "L0">,
): Promise<NonNullable<DrillChoice["verification"]>> {
  const { pertanyaan } = targetOf(await configOf(options), alias)?.verifikasi ?? { pertanyaan: [] };
  if (level !== "L5") return { fisik: level === "L4", pertanyaan: [] };
  if (pertanyaan.length > 0) return { fisik: true, pertanyaan };
  throw new AppError("INPUT_INVALID", "no questions in the config", {
    problems: [
      {
        field: "--tingkat",
        pesan: `sasaran ${alias} belum punya verifikasi.pertanyaan; tulis di berkas pengaturan atau pilih L3 atau L4`,
      },
    ],
  });
}
