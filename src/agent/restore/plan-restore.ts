import { AppError } from "#domain/errors.ts";
import { configuredTarget } from "../backup/configured-target.ts";
import { findBackup } from "../backup/find-backup.ts";
import type { VerifiedBackup } from "../backup/open-manifest.ts";
import type { TargetConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import type { Engine } from "../engines/engine.ts";
import { damagedBackups } from "../keep/damaged.ts";
import { unfinishedRestores } from "./restore-journal.ts";

/** What a job restores. `manifests` pins the approved manifest of each backup, by backup id. */
export interface RestoreRequest {
  readonly job: string;
  /** The portal's request: what its preview saw is what a restore may replace. */
  readonly request?: string | null;
  readonly choices: readonly { readonly alias: string; readonly backup: string | null }[];
  readonly manifests: Readonly<Record<string, string>>;
}

export interface PlannedTarget {
  readonly target: TargetConfig;
  readonly engine: Engine;
  readonly backup: VerifiedBackup;
}

/** Finds target and approved backup of every choice, or refuses the whole request. Reads only. */
export async function planRestore(
  ctx: AgentContext,
  request: RestoreRequest,
): Promise<PlannedTarget[]> {
  const aliases = request.choices.map((choice) => choice.alias);
  if (aliases.length === 0 || new Set(aliases).size !== aliases.length) {
    throw new AppError("AGENT_BUNDLE", "a restore needs targets, each of them once");
  }
  await assertNothingUnfinished(ctx, request.job, aliases);
  const damaged = await damagedBackups(ctx.config.data);
  const planned: PlannedTarget[] = [];
  for (const { alias, backup: backupId } of request.choices) {
    const target = configuredTarget(ctx.config, alias, "restore");
    const pinned = backupId === null ? undefined : request.manifests[backupId];
    if (backupId === null || pinned === undefined) {
      throw new AppError("AGENT_BUNDLE", "no approved manifest for a target", {
        detail: { alias },
      });
    }
    const backup = await findBackup(ctx, target, backupId, pinned);
    if (damaged.has(backupId)) {
      throw new AppError("VAULT_CORRUPT", "the backup did not read back when it was read last", {
        detail: { backup: backupId },
      });
    }
    planned.push({ target, engine: ctx.engine(target.engine), backup });
  }
  return planned;
}

/** Over the remains of another restore, names and locks would not mean what they say. */
export async function assertNothingUnfinished(
  ctx: AgentContext,
  job: string,
  aliases: readonly string[],
): Promise<void> {
  const { unfinished, damaged } = await unfinishedRestores(ctx.config.data);
  const others = unfinished.filter(
    (other) => other.job !== job && other.targets.some(({ alias }) => aliases.includes(alias)),
  );
  if (others.length > 0 || damaged.length > 0) {
    throw new AppError("ENGINE_NEEDS_HUMAN", "an earlier restore of this target is unfinished", {
      detail: { jobs: others.map((other) => other.job), damaged },
    });
  }
}
