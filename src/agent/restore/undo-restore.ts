import type { AgentContext } from "../context.ts";
import type { SideNames } from "../engines/engine.ts";
import { needsHuman, withTarget } from "./with-target.ts";

/** A target of work that may be half done, by the names its copies have. */
export interface UndoneTarget {
  readonly alias: string;
  readonly names: SideNames;
  /** The journal says that a swap may have happened. */
  readonly maybeSwapped: boolean;
}

/**
 * Makes every target wholly what it was before the restore, last one first: what was swapped is
 * swapped back, side copies go, users come in again. Idempotent; it asks the targets, not memory,
 * how far the restore came. Throws ENGINE_NEEDS_HUMAN where one of them could not be brought back;
 * the others were all the same.
 */
export async function undoRestore(
  ctx: AgentContext,
  targets: readonly UndoneTarget[],
): Promise<void> {
  await forEachTarget(ctx, targets.toReversed(), "target could not be brought back", (one) =>
    undoTarget(ctx, one),
  );
}

/** Lets users into what is live now: the end of work that succeeded. As `undoRestore` else. */
export async function reopenTargets(
  ctx: AgentContext,
  targets: readonly Pick<UndoneTarget, "alias" | "names">[],
): Promise<void> {
  await forEachTarget(ctx, targets, "target could not be opened again", ({ alias, names }) =>
    withTarget(ctx, alias, async (target, engine, io) => {
      await engine.reopen(target, names, io);
      await engine.dropSide(target, names, io);
    }),
  );
}

/** Whether every target holds its backup by now. */
export async function allSwapped(
  ctx: AgentContext,
  targets: readonly Pick<UndoneTarget, "alias" | "names">[],
): Promise<boolean> {
  for (const { alias, names } of targets) {
    const state = await withTarget(ctx, alias, (target, engine, io) =>
      engine.swapState(target, names, io),
    );
    if (state !== "after") return false;
  }
  return true;
}

/** Does it to all, whatever fails at one of them. */
export async function forEachTarget<One extends { readonly alias: string }>(
  ctx: AgentContext,
  targets: readonly One[],
  complaint: string,
  act: (one: One) => Promise<void>,
): Promise<void> {
  const failed: string[] = [];
  for (const one of targets) {
    await act(one).catch((error: unknown) => {
      failed.push(one.alias);
      ctx.log(complaint, { alias: one.alias, error: String(error) });
    });
  }
  if (failed.length > 0) throw needsHuman(failed);
}

async function undoTarget(
  ctx: AgentContext,
  { alias, names, maybeSwapped }: UndoneTarget,
): Promise<void> {
  await withTarget(ctx, alias, async (target, engine, io) => {
    // What fills an empty place before any swap is not ours: nothing tells it from our own copy.
    if (maybeSwapped || !names.liveWasAbsent) {
      const state = await engine.swapState(target, names, io);
      if (state !== "before") await engine.rollback(target, names, io);
    }
    try {
      await engine.dropSide(target, names, io);
    } finally {
      // What is live is what it was: a copy beside it that will not go keeps nobody out.
      await engine.reopen(target, names, io);
    }
  });
}
