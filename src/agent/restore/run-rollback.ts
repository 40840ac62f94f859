/**
 * Takes a finished restore back, on people's request:
 *
 *   PREFLIGHT all → VERIFY the kept copies → QUIESCE all → SAFETY BACKUP all → prepared → lease
 *   → per target: SWAP BACK, CHECK → commit → REOPEN all
 *
 * What the restore had brought goes with the swap, so from the first one on there is only the way
 * forward: whatever happens then, all targets end with their former data. What was live until then,
 * writes since the restore included, lies in the safety backups.
 */
import { AppError } from "#domain/errors.ts";
import type { TargetResult } from "#protocol/v1.ts";
import { assertNotCancelled } from "../backup/cancellation.ts";
import type { AgentContext, Work } from "../context.ts";
import { confirmedLease } from "./confirmed-lease.ts";
import { type FollowUpRequest, findRestored, followUpResult } from "./find-restored.ts";
import { ioOf, judgeAll, type Part, tell } from "./parts.ts";
import { beginRestoreJournal, type RestoreJournal } from "./restore-journal.ts";
import { safetyBackup } from "./run-restore.ts";
import { sideNames } from "./side-names.ts";
import { forEachTarget, reopenTargets } from "./undo-restore.ts";
import { withTarget } from "./with-target.ts";

type RollbackPart = Part & { readonly live: "present" | "absent" };

/**
 * Swaps all targets of a restore back or none. Rejects with all of them as they were before, or with
 * ENGINE_NEEDS_HUMAN where one could not be brought to either end (then `resumeRestores` tries again).
 */
export async function runRollback(
  ctx: AgentContext,
  work: Work,
  request: FollowUpRequest,
): Promise<TargetResult[]> {
  await using stack = new AsyncDisposableStack();
  const parts = await judgeRollback(ctx, work, request, stack);
  const { data } = ctx.config;
  const aliases = parts.map(({ target }) => target.alias);
  const journal = await beginRestoreJournal(data, {
    step: "begin",
    at: ctx.now().toISOString(),
    job: request.job,
    action: "rollback",
    restored: request.restored,
    targets: parts.map(({ target }) => ({
      alias: target.alias,
      engine: target.engine,
      backup: null,
    })),
  });
  stack.defer(() => journal.close());
  let prepared: TargetResult[] | null = null;
  let isBegun = false;
  try {
    prepared = await prepare(ctx, work, request, journal, parts);
    await journal.append({ step: "prepared", at: ctx.now().toISOString(), results: prepared });
    assertNotCancelled(work.signal);
    const assertHeld = await confirmedLease(ctx, work);
    for (const part of parts) {
      const { alias } = part.target;
      tell(work, part, "swap", "Menukar kembali data hasil pemulihan dengan data lama.");
      await journal.append({ step: "swap", at: ctx.now().toISOString(), alias });
      // From the first swap on there is only the way forward, however long it takes.
      if (!isBegun) assertHeld();
      isBegun = true;
      await part.engine.rollback(part.target, part.names, part.io);
    }
  } catch (error) {
    const isOld = !isBegun || (await noneSwappedBack(ctx, aliases, request.restored));
    if (prepared === null || isOld) {
      await reopenKept(ctx, aliases, request.restored);
      await journal.append({ step: "end", at: ctx.now().toISOString(), data: "old" });
      assertNotCancelled(work.signal, error);
      throw error;
    }
    ctx.log("rollback was stopped on its way and goes on", { error: String(error) });
  }
  for (const part of parts) tell(work, part, "check_live", "Memeriksa data yang sekarang dipakai.");
  const results = await finishRollback(ctx, request.restored, prepared);
  await journal.append({ step: "committed", at: ctx.now().toISOString(), results });
  await reopenKept(ctx, aliases, request.restored);
  await journal.append({ step: "end", at: ctx.now().toISOString(), data: "new" });
  for (const part of parts) {
    tell(work, part, "done", "Data lama dipakai kembali. Sasaran dibuka kembali.");
  }
  return results;
}

/** Whether all targets still hold what the restore brought. */
export async function noneSwappedBack(
  ctx: AgentContext,
  aliases: readonly string[],
  restored: string,
): Promise<boolean> {
  for (const alias of aliases) {
    const state = await withTarget(ctx, alias, (target, engine, io) =>
      engine.swapState(target, sideNames(restored), io),
    );
    if (state !== "after") return false;
  }
  return true;
}

/** Brings every target to its former data, those that are there already included, and looks at them. */
export async function finishRollback(
  ctx: AgentContext,
  restored: string,
  prepared: readonly TargetResult[],
): Promise<TargetResult[]> {
  const names = sideNames(restored);
  const results: TargetResult[] = [];
  await forEachTarget(ctx, prepared, "target could not be swapped back", (result) =>
    withTarget(ctx, result.alias, async (target, engine, io) => {
      // Also where it is swapped back: after a crash, what let the agent alone read it may be gone.
      await engine.rollback(target, names, io);
      const live = await engine.digest(target, "live", names, io);
      const { followUp } = result;
      if (live.digest !== followUp?.liveAfter) {
        // Where nobody can be kept out (a directory), somebody may have written by now.
        ctx.log("live target differs from the kept copy", { alias: result.alias });
      }
      results.push({ ...result, followUp: followUp && { ...followUp, liveAfter: live.digest } });
    }),
  );
  return results;
}

export function reopenKept(
  ctx: AgentContext,
  aliases: readonly string[],
  restored: string,
): Promise<void> {
  return reopenTargets(
    ctx,
    aliases.map((alias) => ({ alias, names: sideNames(restored) })),
  );
}

async function judgeRollback(
  ctx: AgentContext,
  work: Work,
  request: FollowUpRequest,
  stack: AsyncDisposableStack,
): Promise<RollbackPart[]> {
  const restored = await findRestored(ctx, request);
  const names = sideNames(request.restored);
  return judgeAll(work, restored, async ({ target, journalled }) => {
    const engine = ctx.engine(target.engine);
    const io = await ioOf(ctx, work, target, stack);
    const left = await engine.leftovers(target, io);
    // Of a target that was gone before the restore there are no former data to go back to.
    if (journalled.liveWasAbsent || !left.includes(names.old)) {
      throw new AppError("ENGINE_KEPT_GONE", "the kept copy is not there");
    }
    return { target, engine, io, names, live: await engine.presence(target, io) };
  });
}

/** All that can fail without a trace comes first: are the former data whole, is what is live saved. */
async function prepare(
  ctx: AgentContext,
  work: Work,
  request: FollowUpRequest,
  journal: RestoreJournal,
  parts: readonly RollbackPart[],
): Promise<TargetResult[]> {
  const kept = new Map<string, string>();
  for (const part of parts) {
    assertNotCancelled(work.signal);
    tell(work, part, "verify", "Membaca salinan lama untuk memastikan utuh.");
    const { digest } = await part.engine.digest(part.target, "old", part.names, part.io);
    kept.set(part.target.alias, digest);
  }
  const present = parts.filter((part) => part.live === "present");
  for (const part of present) {
    assertNotCancelled(work.signal);
    tell(work, part, "quiesce", "Menutup sementara sasaran bagi pengguna.");
    const { alias } = part.target;
    await journal.append({ step: "quiesce", at: ctx.now().toISOString(), alias });
    await part.engine.quiesce(part.target, part.names, part.io);
  }
  const safety = new Map<string, string>();
  for (const { target } of present) {
    const { manifest } = await safetyBackup(ctx, work, target.alias);
    safety.set(target.alias, manifest.id);
  }
  return parts.map(({ target }) =>
    followUpResult(target.alias, target.engine, {
      restored: request.restored,
      liveAfter: kept.get(target.alias) ?? null,
      safetyBackup: safety.get(target.alias) ?? null,
    }),
  );
}
