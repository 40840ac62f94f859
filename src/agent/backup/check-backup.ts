import { isAppError } from "#domain/errors.ts";
import type { BackupSummary, TargetResult } from "#protocol/v1.ts";
import type { AgentContext, Work } from "../context.ts";
import { clearDamaged, markDamaged } from "../keep/damaged.ts";
import { assertNotCancelled } from "./cancellation.ts";
import { configuredTarget } from "./configured-target.ts";
import { findBackup } from "./find-backup.ts";

export interface BackupCheck {
  readonly summary: BackupSummary;
  readonly check: NonNullable<TargetResult["check"]>;
}

/**
 * Reads a whole backup back from its vault. A backup that is there but damaged is a finding, told by
 * `readable: false`, not a failure of the check; a vault that cannot be asked rejects.
 */
export async function checkBackup(
  ctx: AgentContext,
  work: Work,
  alias: string,
  backupId: string,
  manifestSha256: string,
): Promise<BackupCheck> {
  const target = configuredTarget(ctx.config, alias, "check");
  const say = (phase: "check" | "done", bytes: number | null, message: string) =>
    work.progress({ alias, phase, percent: null, bytes, message });
  say("check", null, "Membaca seluruh berkas cadangan.");
  const { manifest, summary } = await findBackup(ctx, target, backupId, manifestSha256);
  try {
    const { bytes } = await ctx.vault(target.vault).verify(manifest.receipt, work.signal);
    if (bytes === manifest.receipt.bytes) {
      await clearDamaged(ctx.config.data, backupId);
      say("done", bytes, "Berkas cadangan terbaca utuh.");
      return { summary, check: { readable: true, bytes, level: "L0" } };
    }
    ctx.log("backup has another size than its manifest", { backup: backupId, bytes });
  } catch (error) {
    assertNotCancelled(work.signal, error);
    const isFinding =
      isAppError(error) &&
      (error.code === "VAULT_CORRUPT" || error.code === "VAULT_BACKUP_UNKNOWN");
    if (!isFinding) throw error;
    ctx.log("backup does not verify", { backup: backupId, code: error.code });
  }
  const foundAt = ctx.now().toISOString();
  await markDamaged(ctx.config.data, { backup: backupId, alias, vault: target.vault, foundAt });
  say("done", null, "Berkas cadangan rusak atau tidak lengkap.");
  return { summary, check: { readable: false, bytes: 0, level: "L0" } };
}
