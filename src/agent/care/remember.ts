import type { AgentContext } from "../context.ts";
import { describe } from "../loop/describe.ts";
import type { Effects } from "../loop/effects.ts";
import { noteBackup, noteRestore } from "./note.ts";
import { type CareState, changeState } from "./state.ts";

/**
 * The same effects; what approved jobs back up or restore counts for the targets' care as well. The
 * caller holds the targets' locks. A note that cannot be written is not worth the job.
 */
export function remembering(effects: Effects): Effects {
  const note = async (
    ctx: AgentContext,
    alias: string,
    change: (state: CareState) => CareState,
  ): Promise<void> => {
    try {
      await changeState(ctx.config.data, alias, ctx.now(), change);
    } catch (error) {
      ctx.log("care cannot be remembered", { alias, ...describe(error) });
    }
  };
  return {
    ...effects,
    async backup(ctx, work, alias) {
      const made = await effects.backup(ctx, work, alias);
      await note(ctx, alias, (state) => noteBackup(state, made.summary));
      return made;
    },
    async restore(ctx, work, request) {
      const results = await effects.restore(ctx, work, request);
      const at = ctx.now().toISOString();
      for (const result of results) {
        await note(ctx, result.alias, (state) => noteRestore(state, result, at));
      }
      return results;
    },
  };
}
