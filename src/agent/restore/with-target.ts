import { AppError } from "#domain/errors.ts";
import type { TargetConfig } from "../config.ts";
import { type AgentContext, targetOf } from "../context.ts";
import type { Engine, EngineIo } from "../engines/engine.ts";

/** Undoing must not be stopped by what made it necessary. */
const NEVER = new AbortController().signal;

/** Ends what was begun, on a connection of its own: the one before may be what failed. */
export async function withTarget<Result>(
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

export function needsHuman(aliases: readonly string[]): AppError {
  return new AppError("ENGINE_NEEDS_HUMAN", "a target needs the operator", {
    detail: { aliases },
  });
}
