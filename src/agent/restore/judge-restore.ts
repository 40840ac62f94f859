import { AppError, isAppError } from "#domain/errors.ts";
import type { AgentContext, Work } from "../context.ts";
import type { SideNames } from "../engines/engine.ts";
import { ioOf, judgeAll, type Part } from "./parts.ts";
import type { PlannedTarget } from "./plan-restore.ts";
import { journalledWork } from "./restore-journal.ts";

export type RestorePart = Part &
  PlannedTarget & {
    /** `unreadable`: something is there that can be neither read nor saved; a preview goes on. */
    readonly live: "present" | "absent" | "unreadable";
    /** Of the live target; null where nothing was live or it could not be read. */
    readonly identity: string | null;
  };

/** What stands against restoring these targets here and now, for all of them at once. Reads only. */
export function judgeRestore(
  ctx: AgentContext,
  work: Work,
  planned: readonly PlannedTarget[],
  names: SideNames,
  stack: AsyncDisposableStack,
  goal: "restore" | "preview",
): Promise<RestorePart[]> {
  return judgeAll(work, planned, async (one) => {
    const { target, engine, backup } = one;
    const io = await ioOf(ctx, work, target, stack);
    const presence = await engine.presence(target, io);
    const isAbsent = presence === "absent";
    const part = { ...one, io, names: { ...names, liveWasAbsent: isAbsent } };
    try {
      const { identity } = await engine.preflight(target, backup.manifest, io);
      return { ...part, live: presence, identity: isAbsent ? null : identity };
    } catch (error) {
      const isDamaged = isAppError(error) && error.code === "ENGINE_LIVE_DAMAGED";
      if (goal === "preview" && isDamaged) return { ...part, live: "unreadable", identity: null };
      throw error;
    }
  });
}

/**
 * People approved a restore of what its preview showed. Another server behind the same alias, or data
 * where nothing was, is not what they saw. Throws ENGINE_OTHER_TARGET.
 */
export async function assertAsPreviewed(
  ctx: AgentContext,
  request: string | null,
  parts: readonly RestorePart[],
): Promise<void> {
  if (request === null) return;
  const { works } = await journalledWork(ctx.config.data);
  const previews = works.filter(
    (work) => work.action === "preview" && work.request === request && work.seen !== null,
  );
  const last = previews.sort((one, other) => timeOf(one) - timeOf(other)).at(-1);
  for (const { target, live, identity } of parts) {
    const seen = last?.seen?.get(target.alias);
    const before = last?.targets.find(({ alias }) => alias === target.alias);
    if (!before || live === "absent") continue;
    const isOther = before.liveWasAbsent || (seen != null && seen !== identity);
    if (!isOther) continue;
    throw new AppError("ENGINE_OTHER_TARGET", "the live target is not the one of the preview", {
      detail: { alias: target.alias },
    });
  }
}

function timeOf(work: { readonly end: { readonly at: string } | null }): number {
  return work.end === null ? 0 : Date.parse(work.end.at);
}
