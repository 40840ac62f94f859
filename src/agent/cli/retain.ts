import type { Command } from "commander";
import { ERRORS } from "#domain/errors.ts";
import { bytesText } from "#domain/indonesian.ts";
import { openMaintenance } from "../keep/open-maintenance.ts";
import { type Doubt, planRetention, type VaultPlan } from "../keep/plan-retention.ts";
import { acceptLost, retain, type VaultOutcome } from "../keep/retain.ts";
import { loadMaintainerConfig } from "../load-config.ts";
import { localHost } from "../process/local.ts";
import { configFile, leaf, print, type StandardOptions } from "./command.ts";
import { EXIT_WARNINGS } from "./exit-codes.ts";
import { lockData } from "./lock.ts";
import { createLog } from "./log.ts";
import { momentText, table } from "./words.ts";

const REASONS: Readonly<Record<VaultPlan["backups"][number]["stays"][number], string>> = {
  newest: "terbaru yang terbukti",
  young: "masih muda",
  last: "terakhir",
  daily: "harian",
  weekly: "mingguan",
  monthly: "bulanan",
  yearly: "tahunan",
  kept_copy: "salinan lama pemulihannya masih ada",
  kept_copy_unknown: "salinan lama pemulihannya tidak diketahui",
  external: "dihapus oleh alat mesin datanya sendiri",
  unusable: "rusak, hilang alirannya, atau bertanggal mundur; putuskan sendiri",
  no_rule: "sasaran tanpa aturan",
  doubt: "ditahan",
};

interface RetainOptions extends StandardOptions {
  readonly dryRun?: boolean;
  readonly terimaHilang?: boolean;
}

export function retainCommand(): Command {
  return leaf(
    "retain",
    "Hapus cadangan yang tidak lagi disimpan menurut aturan; hanya dengan identitas pemelihara.",
    "pulih-agent retain --config /etc/pulih/pemelihara.yaml --dry-run",
  )
    .option("--dry-run", "tampilkan saja apa yang pergi dan apa yang tinggal")
    .option("--terima-hilang", "cadangan yang hilang memang sudah diketahui; jangan ditunggu lagi")
    .action(async (options: RetainOptions) => {
      const config = await loadMaintainerConfig(configFile(options));
      const isForProgram = options.json === true;
      const log = createLog(
        (line) => !isForProgram && process.stderr.write(line),
        () => new Date(),
      );
      await using host = localHost();
      const maintenance = await openMaintenance(config, host, log);
      if (options.dryRun) {
        const plans = await planRetention(maintenance);
        tell(options, plans, null);
        return;
      }
      await using _lock = await lockData(config.data);
      let plans = await planRetention(maintenance);
      if (options.terimaHilang) {
        await acceptLost(maintenance, plans);
        plans = await planRetention(maintenance);
      }
      tell(options, plans, await retain(maintenance, plans));
    });
}

function tell(
  options: RetainOptions,
  plans: readonly VaultPlan[],
  outcomes: readonly VaultOutcome[] | null,
): void {
  print(options, answerOf(plans, outcomes), wordsOf(plans, outcomes));
  const failed = outcomes?.find(({ error }) => error !== null)?.error;
  const isHeld =
    plans.some(({ doubts, backups }) => doubts.length > 0 || backups.some(needsDecision)) ||
    (outcomes?.some(({ unreadable }) => unreadable.length > 0) ?? false);
  if (failed) process.exitCode = ERRORS[failed].exitCode;
  else if (isHeld) process.exitCode = EXIT_WARNINGS;
}

function needsDecision({ stays }: VaultPlan["backups"][number]): boolean {
  return stays.includes("unusable");
}

function answerOf(plans: readonly VaultPlan[], outcomes: readonly VaultOutcome[] | null) {
  return {
    dryRun: outcomes === null,
    vaults: plans.map(({ vault, backups, orphans, doubts, unknownManifests }) => ({
      vault,
      doubts,
      unknownManifests,
      backups: backups.map(({ backup: { signer, manifest }, stays }) => ({
        backup: manifest.id,
        agent: signer,
        alias: manifest.alias,
        purpose: manifest.purpose,
        finishedAt: manifest.finishedAt,
        goes: stays.length === 0,
        stays,
      })),
      orphans,
      ...(outcomes?.find((outcome) => outcome.vault === vault) ?? {}),
    })),
  };
}

function wordsOf(plans: readonly VaultPlan[], outcomes: readonly VaultOutcome[] | null): string {
  const rows = plans.flatMap(({ vault, backups, orphans }) => [
    ...backups.map(({ backup: { manifest, summary }, stays }) => [
      stays.length === 0 ? "hapus" : "simpan",
      manifest.id,
      manifest.alias,
      momentText(manifest.finishedAt),
      bytesText(summary.storedBytes),
      vault,
      stays.map((reason) => REASONS[reason]).join(", ") || "tidak ada aturan yang menyimpannya",
    ]),
    ...orphans.map(({ object, storedAt, goes }) => [
      goes ? "hapus" : "simpan",
      object.slice(0, 16),
      "(yatim)",
      momentText(storedAt),
      "",
      vault,
      goes ? "aliran tanpa manifes" : "aliran tanpa manifes; dilihat lagi lain hari",
    ]),
  ]);
  const heads = [
    "TINDAKAN",
    "CADANGAN",
    "ALIAS",
    "SELESAI",
    "TERSIMPAN",
    "TEMPAT CADANGAN",
    "SEBAB",
  ];
  return [
    ...(rows.length === 0 ? ["Tidak ada cadangan."] : [table(heads, rows)]),
    ...plans.flatMap(({ vault, doubts }) => doubts.map((doubt) => `${vault}: ${doubtText(doubt)}`)),
    ...plans
      .filter(({ unknownManifests }) => unknownManifests > 0)
      .map(
        ({ vault, unknownManifests }) =>
          `${vault}: ${unknownManifests} manifes bukan dari agen yang dikenal; dibiarkan.`,
      ),
    ...(outcomes === null ? ["Percobaan saja: tidak ada yang dihapus."] : outcomes.flatMap(endOf)),
  ].join("\n");
}

function endOf(outcome: VaultOutcome): string[] {
  const { vault, removed, removedOrphans, unreadable, error } = outcome;
  if (error !== null) return [`${vault}: ${ERRORS[error].pesan} (${error})`];
  return [
    ...unreadable.map(
      ({ alias, code }) =>
        `${vault}: cadangan terbaru ${alias} tidak terbaca ulang (${code}); tidak ada cadangan ${alias} yang dihapus.`,
    ),
    `${vault}: ${removed.length} cadangan dan ${removedOrphans.length} aliran yatim dihapus.`,
  ];
}

function doubtText(doubt: Doubt): string {
  switch (doubt.why) {
    case "clock":
      return "jam tidak dapat dipercaya (menyimpang lebih dari 48 jam dari portal atau cadangan terbaru); tidak ada yang dihapus. Samakan jam dengan NTP.";
    case "listing":
      return `isinya tidak dapat didaftar (${doubt.code}); tidak ada yang dihapus. Periksa tempat cadangan.`;
    case "empty":
      return "tidak ada satu pun cadangan yang terbukti sah; tidak ada yang dihapus. Periksa tempat cadangan dan kunci agen.";
    case "lost":
      return `${doubt.backups.length} cadangan hilang tanpa dihapus pemelihara (${doubt.backups.slice(0, 5).join(", ")}); tidak ada yang dihapus. Periksa tempat cadangan; bila memang sudah diketahui, jalankan dengan --terima-hilang.`;
  }
}
