import { AppError } from "#domain/errors.ts";
import type { TargetConfig } from "../config.ts";
import { type AgentContext, targetOf } from "../context.ts";
import type { Engine, EngineIo, SideNames } from "../engines/engine.ts";

/** Undoing must not be stopped by what made it necessary. */
const NEVER = new AbortController().signal;

/**
 * Makes every target wholly what it was before the restore, last one first: what was swapped is
 * swapped back, side copies go, users come in again. Idempotent; it asks the targets, not memory,
 * how far the restore came. Throws ENGINE_NEEDS_HUMAN where one of them could not be brought back;
 * the others were all the same.
 */
export async function undoRestore(
  ctx: AgentContext,
  aliases: readonly string[],
  names: SideNames,
): Promise<void> {
  const failed: string[] = [];
  for (const alias of aliases.toReversed()) {
    await undoTarget(ctx, alias, names).catch((error: unknown) => {
      failed.push(alias);
      ctx.log("target could not be brought back", { alias, error: String(error) });
    });
  }
  if (failed.length > 0) throw needsHuman(failed);
}

/** Lets users into what is live now: the end of a restore that succeeded. As `undoRestore` else. */
export async function reopenTargets(
  ctx: AgentContext,
  aliases: readonly string[],
  names: SideNames,
): Promise<void> {
  const failed: string[] = [];
  for (const alias of aliases) {
    await withTarget(ctx, alias, async (target, engine, io) => {
      await engine.reopen(target, names, io);
      await engine.dropSide(target, names, io);
    }).catch((error: unknown) => {
      failed.push(alias);
      ctx.log("target could not be opened again", { alias, error: String(error) });
    });
  }
  if (failed.length > 0) throw needsHuman(failed);
}

/** Whether every target holds its backup by now. */
export async function allSwapped(
  ctx: AgentContext,
  aliases: readonly string[],
  names: SideNames,
): Promise<boolean> {
  for (const alias of aliases) {
    const state = await withTarget(ctx, alias, (target, engine, io) =>
      engine.swapState(target, names, io),
    );
    if (state !== "after") return false;
  }
  return true;
}

async function undoTarget(ctx: AgentContext, alias: string, names: SideNames): Promise<void> {
  await withTarget(ctx, alias, async (target, engine, io) => {
    const state = await engine.swapState(target, names, io);
    if (state !== "before") await engine.rollback(target, names, io);
    await engine.dropSide(target, names, io);
    await engine.reopen(target, names, io);
  });
}

/** On a connection of its own: the one before may be what failed. */
async function withTarget<Result>(
  ctx: AgentContext,
  alias: string,
  act: (target: TargetConfig, engine: Engine, io: EngineIo) => Promise<Result>,
): Promise<Result> {
  const target = targetOf(ctx.config, alias);
  if (target === null) throw needsHuman([alias]);
  await using host = await ctx.openHost(target.tempat);
  const io = { host, signal: NEVER, now: ctx.now, log: ctx.log };
  return await act(target, ctx.engine(target.engine), io);
}

function needsHuman(aliases: readonly string[]): AppError {
  return new AppError("ENGINE_NEEDS_HUMAN", "a target needs the operator", {
    detail: { aliases },
  });
}
