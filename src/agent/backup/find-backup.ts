import { AppError } from "#domain/errors.ts";
import type { TargetConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import { openManifest, type VerifiedBackup } from "./open-manifest.ts";

/**
 * The backup that was approved: its signed manifest must hash to `manifestSha256` and speak of this
 * very target. VAULT_BACKUP_UNKNOWN where it is gone, VAULT_MANIFEST where it is another.
 */
export async function findBackup(
  ctx: AgentContext,
  target: TargetConfig,
  backupId: string,
  manifestSha256: string,
): Promise<VerifiedBackup> {
  const detail = { backup: backupId, vault: target.vault };
  for await (const stored of ctx.vault(target.vault).manifests()) {
    if (stored.backupId !== backupId) continue;
    const backup = await openManifest(ctx, target.vault, stored);
    const isApproved =
      backup?.summary.manifest === manifestSha256 &&
      backup.manifest.alias === target.alias &&
      backup.manifest.engine === target.engine;
    if (backup && isApproved) return backup;
    throw new AppError("VAULT_MANIFEST", "the manifest is not the approved one", { detail });
  }
  throw new AppError("VAULT_BACKUP_UNKNOWN", "no manifest of this backup", { detail });
}
