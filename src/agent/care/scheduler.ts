import type { VerifiedBackup } from "../backup/open-manifest.ts";
import type { AgentContext, Work } from "../context.ts";
import { describe } from "../loop/describe.ts";
import { clearAllDrills } from "./clear-drills.ts";
import { isWatchDue, runWatch } from "./daily-watch.ts";
import { begunDrills } from "./drill-store.ts";
import { type DueRun, dueRuns, withClock } from "./due-runs.ts";
import type { Drill } from "./run-drill.ts";
import { runSlot } from "./run-slot.ts";
import { type CareState, changeState, readState } from "./state.ts";
import { lockTarget } from "./target-lock.ts";

const QUARTER_MS = 15 * 60_000;

/** What a scheduled run does; a test of the loop brings its own. */
export interface CareEffects {
  readonly backup: (ctx: AgentContext, work: Work, alias: string) => Promise<VerifiedBackup>;
  readonly drill: (ctx: AgentContext, work: Work, alias: string) => Promise<Drill>;
}

export type CareRun =
  | DueRun
  /** Drops what killed drills have left. */
  | { readonly kind: "clear" }
  /** The daily look at the vaults. */
  | { readonly kind: "watch" };

/**
 * The operator's calendars at work. It decides and runs, one thing at a time; when there is room for
 * a run decides the loop, since approved jobs go first.
 */
export interface Scheduler {
  /** What is due now, most pressing first. */
  due(): Promise<CareRun | null>;
  /** Never rejects; what came of it is on disk and in the agent's log. */
  run(run: CareRun, signal: AbortSignal): Promise<void>;
}

export function createScheduler(ctx: AgentContext, effects: CareEffects): Scheduler {
  const { config } = ctx;
  /** By target: something else works on it, or nothing can be remembered. */
  const putOff = new Map<string, number>();
  const untilNextQuarter = (name: string): void => {
    const now = ctx.now().getTime();
    putOff.set(name, now + QUARTER_MS - (now % QUARTER_MS));
  };
  const isPutOff = (name: string): boolean => {
    const leftMs = (putOff.get(name) ?? 0) - ctx.now().getTime();
    // A clock that was set back must not make a quarter of an hour a day.
    return leftMs > 0 && leftMs <= QUARTER_MS;
  };

  const stateOf = async (alias: string, now: Date): Promise<CareState | null> => {
    const state = await readState(config.data, alias);
    if (state && withClock(state, now) === state) return state;
    if (isPutOff(alias)) return null;
    try {
      await using _lock = await lockTarget(config.data, alias);
      return await changeState(config.data, alias, now, (found) => withClock(found, now));
    } catch (error) {
      untilNextQuarter(alias);
      ctx.log("care cannot be remembered", { alias, ...describe(error) });
      return null;
    }
  };

  return {
    async due() {
      const now = ctx.now();
      if (!isPutOff(CLEARING) && (await begunDrills(config.data)).length > 0) {
        return { kind: "clear" };
      }
      const cared = config.targets.filter(({ jadwal, ujiPulih }) => jadwal || ujiPulih);
      const states = new Map<string, CareState>();
      for (const { alias } of cared) {
        const state = await stateOf(alias, now);
        if (state) states.set(alias, state);
      }
      const due = dueRuns(cared, states, now).find(({ alias }) => !isPutOff(alias));
      if (due) return due;
      return (await isWatchDue(config.data, now)) ? { kind: "watch" } : null;
    },

    async run(run, signal) {
      try {
        if (run.kind === "clear") {
          // What cannot be dropped now is not tried all the time.
          untilNextQuarter(CLEARING);
          await clearAllDrills(ctx);
        } else if (run.kind === "watch") await runWatch(ctx, signal);
        else await runSlot(ctx, effects, run, signal);
      } catch (error) {
        if (run.kind === "backup" || run.kind === "drill") untilNextQuarter(run.alias);
        ctx.log("scheduled run waits", { ...run, ...describe(error) });
      }
    },
  };
}

/** No alias holds a space. */
const CLEARING = "clear drills";
