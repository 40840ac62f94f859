import { AppError } from "#domain/errors.ts";
import type { EngineId } from "#protocol/manifest.ts";
import type { TargetResult } from "#protocol/v1.ts";
import { configuredTarget } from "../backup/configured-target.ts";
import type { TargetConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import { keptCopies } from "./kept-copies.ts";
import { assertNothingUnfinished } from "./plan-restore.ts";
import { type JournalTarget, journalledWork } from "./restore-journal.ts";

/** What people ask of the copies that a finished restore has kept. */
export interface FollowUpRequest {
  readonly job: string;
  /** The job of the restore. */
  readonly restored: string;
  /** The same targets as the restore's. */
  readonly choices: readonly { readonly alias: string }[];
}

/**
 * The targets of the restore that a follow-up speaks of. ENGINE_KEPT_GONE where it has not ended with
 * the backups live, or its copies were swapped back or dropped since.
 */
export async function findRestored(
  ctx: AgentContext,
  request: FollowUpRequest,
): Promise<readonly { readonly target: TargetConfig; readonly journalled: JournalTarget }[]> {
  const { data } = ctx.config;
  const aliases = request.choices.map((choice) => choice.alias);
  await assertNothingUnfinished(ctx, request.job, aliases);
  const { works } = await journalledWork(data);
  const restore = works.find((one) => one.action === "restore" && one.job === request.restored);
  const kept = (await keptCopies(data)).find((one) => one.job === request.restored);
  if (!restore || kept?.state !== "kept") {
    throw new AppError("ENGINE_KEPT_GONE", "no kept copies of that restore", {
      detail: { restored: request.restored, state: kept?.state ?? null },
    });
  }
  const names = (list: readonly string[]) => JSON.stringify([...list].sort());
  if (names(aliases) !== names(restore.targets.map((target) => target.alias))) {
    throw new AppError("AGENT_BUNDLE", "a follow-up needs the same targets as the restore");
  }
  return restore.targets.map((journalled) => {
    const target = configuredTarget(ctx.config, journalled.alias, "restore");
    if (target.engine !== journalled.engine) {
      throw new AppError("ENGINE_OTHER_TARGET", "the alias has another engine now", {
        detail: { alias: journalled.alias },
      });
    }
    return { target, journalled };
  });
}

export function followUpResult(
  alias: string,
  engine: EngineId,
  followUp: NonNullable<TargetResult["followUp"]>,
): TargetResult {
  return { alias, engine, backup: null, restore: null, check: null, preview: null, followUp };
}
