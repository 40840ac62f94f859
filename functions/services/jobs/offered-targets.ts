import { and, desc, inArray } from "drizzle-orm";
import { backups } from "#db/schema/agents.ts";
import { bytesText, dateText, instantText } from "#domain/indonesian.ts";
import type { FieldOption } from "#domain/workflow/form.ts";
import type { Choice, JobAction } from "#domain/workflow/types.ts";
import { type AssetRow, connectedAssets } from "../assets/connected.ts";
import { isOverdue } from "../assets/review-due.ts";
import type { Deps } from "../deps.ts";
import { zoneOf } from "../requests/load.ts";
import { ageText, ENGINE_LABELS } from "../words.ts";
import { type ReportedTarget, reportedTargets } from "./reported-targets.ts";

/** What may be chosen for an action, with all that a JobSpec needs of it. */
export interface OfferedTarget extends FieldOption {
  readonly agent: string;
  readonly choice: Choice;
  /** SHA-256 of the backup's manifest; null for a backup yet to be made. */
  readonly manifest: string | null;
  /** Asset the target stands for; only with one may it be restored. */
  readonly asset: AssetRow | null;
  /** Made before a restore, to go back to: nobody asked for it. */
  readonly safety: boolean;
}

/**
 * Targets that agents of the agency reported and allow for the action; backups of a target come
 * newest first. What is not in the asset register is shown, but not to be restored.
 */
export async function offeredTargets(
  deps: Pick<Deps, "db" | "catalog" | "now">,
  input: { readonly agency: string; readonly action: JobAction },
): Promise<OfferedTarget[]> {
  const { agency, action } = input;
  const reported = await reportedTargets(deps, agency);
  const targets = [...reported.values()].filter((row) => row.actions.includes(action));
  if (targets.length === 0) return [];
  const registered = await connectedAssets(deps, agency);
  const common = (row: ReportedTarget) => {
    const asset = registered.get(row.alias) ?? null;
    return { agent: row.agent, asset, ...registrationOf(deps, row.alias, asset, action) };
  };
  if (action === "backup") {
    return targets.map((row) => ({
      ...common(row),
      value: row.alias,
      label: [
        nameOf(row, registered),
        `perkiraan ukuran ${bytesText(row.estimatedBytes)}`,
        vaultText(row),
      ].join(", "),
      choice: { alias: row.alias, backup: null },
      manifest: null,
      safety: false,
    }));
  }
  const kept = await deps.db.orm
    .select()
    .from(backups)
    .where(
      and(
        inArray(backups.agent, [...new Set(targets.map((row) => row.agent))]),
        inArray(
          backups.alias,
          targets.map((row) => row.alias),
        ),
      ),
    )
    .orderBy(desc(backups.finishedAt), backups.id);
  const zone = zoneOf(deps, agency);
  return targets.flatMap((row) =>
    kept
      .filter((backup) => backup.agent === row.agent && backup.alias === row.alias)
      .map((backup) => ({
        ...common(row),
        value: `${row.alias}@${backup.id}`,
        label: [
          nameOf(row, registered),
          `${backup.purpose === "safety" ? "cadangan pengaman" : "cadangan"} ${instantText(backup.finishedAt, zone)}`,
          bytesText(backup.bytes),
          ageText(new Date(backup.finishedAt), deps.now()),
          vaultText(row),
        ].join(", "),
        choice: { alias: row.alias, backup: backup.id },
        manifest: backup.manifest,
        safety: backup.purpose === "safety",
      })),
  );
}

/** A backup harms nothing and so asks for no registration; an overdue review warns and stops nothing. */
function registrationOf(
  deps: Pick<Deps, "catalog" | "now">,
  alias: string,
  asset: AssetRow | null,
  action: JobAction,
): Pick<FieldOption, "note" | "refused"> {
  if (asset === null) {
    if (action === "backup") return {};
    return {
      refused: {
        why: "Belum terhubung dengan aset yang terdaftar.",
        href: `/ruang-kerja/aset/baru/?sasaran=${encodeURIComponent(alias)}`,
        mend: "Daftarkan server ini",
      },
    };
  }
  if (!isOverdue(deps, asset)) return {};
  return { note: `Tinjauan aset ${asset.code} lewat sejak ${dateText(asset.reviewDue)}.` };
}

function nameOf(row: ReportedTarget, registered: ReadonlyMap<string, AssetRow>): string {
  const asset = registered.get(row.alias);
  const name = `${row.alias} (${ENGINE_LABELS[row.engine] ?? row.engine})`;
  return asset ? `${name}, aset ${asset.code}` : name;
}

function vaultText(row: ReportedTarget): string {
  const free = row.vaultFreeBytes === null ? "tidak diketahui" : bytesText(row.vaultFreeBytes);
  return `tempat cadangan ${row.vault} (${row.vaultKind}), ruang kosong ${free}`;
}
