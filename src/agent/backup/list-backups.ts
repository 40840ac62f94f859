import { invariant } from "#domain/errors.ts";
import { type AgentContext, targetOf } from "../context.ts";
import { damagedBackups } from "../keep/damaged.ts";
import { openManifest, type VerifiedBackup } from "./open-manifest.ts";

/**
 * Backups that may be offered, newest first: of one target, or of all vaults with `alias` null.
 * A vault that cannot be read, or was never prepared, rejects: an error is not an empty list.
 */
export async function listBackups(
  ctx: AgentContext,
  alias: string | null,
): Promise<VerifiedBackup[]> {
  const damaged = await damagedBackups(ctx.config.data);
  return (await listStored(ctx, alias)).filter(({ manifest }) => !damaged.has(manifest.id));
}

/** The same with those that did not read back when they were last read. */
export async function listStored(
  ctx: AgentContext,
  alias: string | null,
): Promise<VerifiedBackup[]> {
  const backups: VerifiedBackup[] = [];
  for (const vault of vaultsOf(ctx, alias)) {
    for await (const stored of ctx.vault(vault).manifests()) {
      const backup = await openManifest(ctx, vault, stored);
      if (backup === null) {
        ctx.log("manifest does not verify; its backup is not offered", {
          vault,
          backup: stored.backupId,
        });
      } else if (alias === null || backup.manifest.alias === alias) {
        backups.push(backup);
      }
    }
  }
  return backups.sort(
    (a, b) =>
      Date.parse(b.manifest.finishedAt) - Date.parse(a.manifest.finishedAt) ||
      (a.manifest.id < b.manifest.id ? -1 : 1),
  );
}

function vaultsOf(ctx: AgentContext, alias: string | null): string[] {
  if (alias === null) return ctx.config.vaults.map((vault) => vault.alias);
  const target = targetOf(ctx.config, alias);
  invariant(target, "listBackups needs a target of the config");
  return [target.vault];
}
