import type { AgentContext, Work } from "../context.ts";
import { describe } from "../loop/describe.ts";
import type { DueRun } from "./due-runs.ts";
import { noteBackup, noteProof } from "./note.ts";
import type { CareEffects } from "./scheduler.ts";
import { began, ended, endOf, isSpent, type RunEnd } from "./settle.ts";
import { type CareState, changeState, freshState, readState } from "./state.ts";
import { lockTarget } from "./target-lock.ts";

/**
 * One try of a scheduled backup or drill, noted before it begins and after it ended. Rejects only
 * where nothing was begun: the target is taken (AGENT_TARGET_BUSY) or the disk takes no note.
 */
export async function runSlot(
  ctx: AgentContext,
  effects: CareEffects,
  { alias, kind, slot }: DueRun,
  signal: AbortSignal,
): Promise<void> {
  const { data } = ctx.config;
  const change = (to: (state: CareState) => CareState): Promise<CareState> =>
    changeState(data, alias, ctx.now(), to);
  await using _lock = await lockTarget(data, alias);
  const before = (await readState(data, alias)) ?? freshState(ctx.now());
  // Asked for before another run of it ended: by this agent, or by one beside it.
  if (Date.parse(before[kind].settledTo) >= slot.getTime()) {
    ctx.log("scheduled run was made already", { alias, kind, slot: slot.toISOString() });
    return;
  }
  if (isSpent(before[kind], slot)) {
    const end: RunEnd = { is: "failed", code: "JOB_INTERRUPTED", mayRetry: false };
    await change((state) => ({ ...state, [kind]: ended(state[kind], slot, end, ctx.now()) }));
    ctx.log("scheduled run is given up", { alias, kind, slot: slot.toISOString() });
    return;
  }
  await change((state) => ({ ...state, [kind]: began(state[kind], slot) }));
  ctx.log("scheduled run begins", { alias, kind, slot: slot.toISOString() });
  const { end, note } = await attempt(ctx, effects, alias, kind, signal);
  await change((state) => note({ ...state, [kind]: ended(state[kind], slot, end, ctx.now()) }));
  ctx.log("scheduled run ended", { alias, kind, ...end });
}

async function attempt(
  ctx: AgentContext,
  effects: CareEffects,
  alias: string,
  kind: DueRun["kind"],
  signal: AbortSignal,
): Promise<{ readonly end: RunEnd; readonly note: (state: CareState) => CareState }> {
  const work = workOf(ctx, alias, kind, signal);
  try {
    if (kind === "backup") {
      const { summary } = await effects.backup(ctx, work, alias);
      return { end: { is: "done" }, note: (state) => noteBackup(state, summary) };
    }
    const { record } = await effects.drill(ctx, work, alias);
    const { ok, error } = record;
    return {
      // What was found does not change by looking again.
      end: ok ? { is: "done" } : { is: "failed", code: error ?? "INTERNAL", mayRetry: false },
      note: (state) => noteProof(state, record),
    };
  } catch (error) {
    ctx.log("scheduled run failed", { alias, kind, ...describe(error) });
    return { end: endOf(error, signal), note: (state) => state };
  }
}

/** Nobody waits for its progress: the phases stand in the agent's log. */
function workOf(ctx: AgentContext, alias: string, kind: DueRun["kind"], signal: AbortSignal): Work {
  let last = "";
  return {
    job: null,
    epoch: 0,
    signal,
    progress: ({ phase, bytes }) => {
      if (phase === last) return;
      last = phase;
      ctx.log("scheduled run", { alias, kind, phase, bytes });
    },
    confirmLease: async () => undefined,
  };
}
