import { type AgentContext, targetOf } from "../context.ts";
import { describe } from "../loop/describe.ts";
import { sideNames } from "../restore/side-names.ts";
import { begunDrills, forgetBegun } from "./drill-store.ts";
import { lockTarget } from "./target-lock.ts";

/** What ended a drill must not keep its copy from being dropped. */
const DROP_TIMEOUT_MS = 10 * 60_000;

/**
 * Drops the side copies of drills of a target that have no end yet. What cannot be dropped now stays
 * noted and is dropped before the next drill or at the next start; never rejects. The caller holds
 * the target's lock, so none of these drills is running.
 */
export async function clearDrills(ctx: AgentContext, alias: string): Promise<void> {
  const target = targetOf(ctx.config, alias);
  if (!target) return;
  for (const drill of await begunDrills(ctx.config.data)) {
    if (drill.alias !== alias) continue;
    try {
      await using host = await ctx.openHost(target.tempat);
      const signal = AbortSignal.timeout(DROP_TIMEOUT_MS);
      const io = { host, signal, now: ctx.now, log: ctx.log };
      await ctx.engine(target.engine).dropSide(target, sideNames(drill.id), io);
      await forgetBegun(ctx.config.data, drill.id);
    } catch (error) {
      ctx.log("side copy of a drill is left", { alias, drill: drill.id, ...describe(error) });
    }
  }
}

/** For the start of the agent: clears what a kill has left, but no drill that the operator runs now. */
export async function clearAllDrills(ctx: AgentContext): Promise<void> {
  const aliases = new Set((await begunDrills(ctx.config.data)).map((drill) => drill.alias));
  for (const alias of aliases) {
    try {
      await using _lock = await lockTarget(ctx.config.data, alias);
      await clearDrills(ctx, alias);
    } catch (error) {
      ctx.log("drills cannot be cleared now", { alias, ...describe(error) });
    }
  }
}
