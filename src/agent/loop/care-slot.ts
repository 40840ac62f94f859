import { AppError } from "#domain/errors.ts";
import type { CareRun, Scheduler } from "../care/scheduler.ts";
import type { AgentContext } from "../context.ts";
import { describe } from "./describe.ts";
import { orAbort } from "./or-abort.ts";

/** How often the calendars are looked at. */
const EVERY_MS = 20_000;
/** After any run so long a pause that the portal can hand over a job that waits. */
const PAUSE_MS = 5_000;
/** An offer waits no longer for a run that gives way: it has a lease. */
const GIVE_WAY_MS = 20_000;

/** Scheduled runs in the agent's one place for work. */
export interface CareSlot {
  /** A run is on that a job need not wait for: anything but a backup. */
  readonly mayYield: boolean;
  /** Calls off a run that may yield and waits for its end. */
  giveWay(): Promise<void>;
  /** Begins to look at the calendars. */
  start(): void;
  /** Ends looking, and calls off whatever run is on. Idempotent. */
  stop(): void;
}

export function createCareSlot(options: {
  readonly ctx: AgentContext;
  readonly scheduler: Scheduler;
  readonly everyMs: number | undefined;
  /** Whether nothing else works and the agent is not stopping. */
  readonly isFree: () => boolean;
  /** Holds the place until the run has ended. */
  readonly occupy: (run: Promise<void>) => void;
}): CareSlot {
  const { ctx, scheduler, isFree, occupy } = options;
  const everyMs = options.everyMs ?? EVERY_MS;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let current: {
    readonly run: CareRun;
    readonly control: AbortController;
    readonly done: Promise<void>;
  } | null = null;

  const begin = (run: CareRun): Promise<void> => {
    const control = new AbortController();
    const done = scheduler.run(run, control.signal).finally(() => {
      current = null;
    });
    current = { run, control, done };
    occupy(done);
    return done;
  };
  const tick = async (): Promise<void> => {
    let pauseMs = everyMs;
    try {
      const run = isFree() ? await scheduler.due() : null;
      // A job may have come while the calendars were read.
      if (run && isFree() && !isStopped) {
        await begin(run);
        pauseMs = Math.min(PAUSE_MS, everyMs);
      }
    } catch (error) {
      ctx.log("calendars cannot be looked at", describe(error));
    }
    tickIn(pauseMs);
  };
  const tickIn = (ms: number): void => {
    if (!isStopped) timer = setTimeout(() => void tick(), ms);
  };
  const mayYield = (): boolean => current !== null && current.run.kind !== "backup";

  return {
    get mayYield() {
      return mayYield();
    },
    async giveWay() {
      if (!current || !mayYield()) return;
      const { control, done } = current;
      control.abort(new AppError("JOB_CANCELLED", "a job goes first"));
      await orAbort(done, AbortSignal.timeout(GIVE_WAY_MS)).catch(() => undefined);
    },
    start: () => tickIn(0),
    stop() {
      isStopped = true;
      clearTimeout(timer);
      current?.control.abort(new AppError("JOB_INTERRUPTED", "the agent ends"));
    },
  };
}
