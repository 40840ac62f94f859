import { AppError } from "#domain/errors.ts";
import type { TargetResult } from "#protocol/v1.ts";
import { assertNotCancelled } from "../backup/cancellation.ts";
import type { AgentContext, Work } from "../context.ts";
import { confirmedLease } from "./confirmed-lease.ts";
import { type FollowUpRequest, findRestored, followUpResult } from "./find-restored.ts";
import { ioOf, judgeAll, tell } from "./parts.ts";
import { beginRestoreJournal, type JournalTarget } from "./restore-journal.ts";
import { sideNames } from "./side-names.ts";
import { forEachTarget } from "./undo-restore.ts";
import { withTarget } from "./with-target.ts";

/**
 * Removes for good what a restore had kept, on people's approval. Once begun it is brought to its
 * end, by `resumeRestores` if need be; where it fails it can be asked for again.
 */
export async function runDrop(
  ctx: AgentContext,
  work: Work,
  request: FollowUpRequest,
): Promise<TargetResult[]> {
  await using stack = new AsyncDisposableStack();
  const restored = await findRestored(ctx, request);
  const parts = await judgeAll(work, restored, async ({ target, journalled }) => {
    const engine = ctx.engine(target.engine);
    const io = await ioOf(ctx, work, target, stack);
    // Where nothing is live, what was kept may be all there is.
    if ((await engine.presence(target, io)) === "absent") {
      throw new AppError("ENGINE_OTHER_TARGET", "nothing is live");
    }
    return { target, journalled };
  });
  assertNotCancelled(work.signal);
  const assertHeld = await confirmedLease(ctx, work);
  const targets = parts.map(({ journalled }) => ({ ...journalled, backup: null }));
  const journal = await beginRestoreJournal(ctx.config.data, {
    step: "begin",
    at: ctx.now().toISOString(),
    job: request.job,
    action: "drop",
    restored: request.restored,
    targets,
  });
  stack.defer(() => journal.close());
  try {
    assertHeld();
    for (const part of parts) {
      const { alias } = part.target;
      tell(work, part, "drop", "Menghapus salinan lama.");
      await journal.append({ step: "drop", at: ctx.now().toISOString(), alias });
      await dropKept(ctx, [part.journalled], request.restored);
    }
  } catch (error) {
    await journal.append({ step: "end", at: ctx.now().toISOString(), data: "old" });
    throw error;
  }
  const results = dropResults(targets, request.restored);
  await journal.append({ step: "committed", at: ctx.now().toISOString(), results });
  await journal.append({ step: "end", at: ctx.now().toISOString(), data: "new" });
  for (const part of parts) tell(work, part, "done", "Salinan lama sudah dihapus.");
  return results;
}

/** Removes kept copies. Idempotent, and not stopped by a job that was called off. */
export function dropKept(
  ctx: AgentContext,
  targets: readonly JournalTarget[],
  restored: string,
): Promise<void> {
  return forEachTarget(ctx, targets, "kept copy could not be dropped", ({ alias }) =>
    withTarget(ctx, alias, (target, engine, io) => engine.dropOld(target, sideNames(restored), io)),
  );
}

export function dropResults(targets: readonly JournalTarget[], restored: string): TargetResult[] {
  return targets.map(({ alias, engine }) =>
    followUpResult(alias, engine, { restored, liveAfter: null, safetyBackup: null }),
  );
}
