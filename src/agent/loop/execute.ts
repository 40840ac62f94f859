import { AppError, type ErrorCode, isAppError } from "#domain/errors.ts";
import type { JobSpec } from "#protocol/v1.ts";
import type { AgentContext, Work } from "../context.ts";
import type { JobLog } from "../journal/job-log.ts";
import type { Client } from "./client.ts";
import { describe } from "./describe.ts";
import type { Effects } from "./effects.ts";
import { createProgress, type Unnumbered } from "./progress.ts";
import type { Reporter } from "./reporter.ts";
import { type Patience, pauseMs } from "./retry.ts";
import { type JobOutcome, runJob } from "./run-job.ts";
import { signResult } from "./sign-result.ts";

const LEASE_ANSWER_MS = 30_000;

export interface Execution extends Patience {
  readonly ctx: AgentContext;
  readonly client: Client;
  readonly effects: Effects;
  readonly log: JobLog;
  readonly spec: JobSpec;
  readonly reporter: Reporter;
  /** Aborted by cancellation, a lost lease or the operator; its reason is the AppError that says so. */
  readonly control: AbortController;
  /** Aborted when the agent ends; what is not journalled then is told at the next start. */
  readonly life: AbortSignal;
  /** While users are kept out, an unreachable portal is waited for no longer than this. */
  readonly leaseAnswerMs?: number;
}

/**
 * From the intent to the journalled result: through the start gate, then the effect, once. Resolves
 * without a result where the gate was closed, which the journal then says.
 */
export async function execute(run: Execution): Promise<void> {
  const { ctx, log, spec } = run;
  const { job, epoch } = log;
  const gate = await passGate(run);
  if (gate.is === "closed") {
    ctx.log("start gate is closed", { job, epoch, code: gate.code });
    return log.acknowledge(gate.code);
  }
  const startedAt = ctx.now().toISOString();
  let outcome: JobOutcome;
  if (gate.is === "open") {
    await untilDurable(run, () => log.start());
    ctx.log("job started", { job, epoch, action: spec.action });
    outcome = await runJob(ctx, run.effects, workOf(run), spec);
  } else {
    outcome = gate.outcome;
  }
  await tell(run, {
    alias: null,
    phase: "done",
    percent: null,
    bytes: null,
    message: LAST_WORDS[outcome.outcome],
  });
  const result = await signResult(ctx, log, startedAt, outcome);
  await untilDurable(run, () => log.finish(result));
  ctx.log("job ended", { job, epoch, outcome: outcome.outcome, code: outcome.error?.code ?? null });
}

const LAST_WORDS = {
  succeeded: "Pekerjaan selesai.",
  failed: "Pekerjaan berhenti karena galat.",
  cancelled: "Pekerjaan dibatalkan.",
} as const;

type Gate =
  | { readonly is: "open" }
  /** The portal refused and does not wait for a result. */
  | { readonly is: "closed"; readonly code: ErrorCode }
  /** Called off before anything was done; the portal waits to hear so. */
  | { readonly is: "stopped"; readonly outcome: JobOutcome };

async function passGate({ client, log, control, life }: Execution): Promise<Gate> {
  const { job, epoch, intent } = log;
  try {
    await client.start(
      job,
      { epoch, startId: intent.startId },
      AbortSignal.any([control.signal, life]),
    );
    return { is: "open" };
  } catch (error) {
    life.throwIfAborted();
    const code = isAppError(error) ? error.code : "INTERNAL";
    if (!control.signal.aborted && code !== "JOB_CANCELLED") return { is: "closed", code };
    const outcome = code === "JOB_CANCELLED" ? "cancelled" : "failed";
    return { is: "stopped", outcome: { outcome, error: { code, alias: null }, targets: [] } };
  }
}

function workOf(run: Execution): Work {
  const { ctx, log, reporter, control, life } = run;
  const signal = AbortSignal.any([control.signal, life]);
  const report = async (): Promise<void> => {
    try {
      await reporter.flush(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (isAppError(error) && error.code === "JOB_STALE_LEASE") control.abort(error);
      else ctx.log("events were not taken yet", { job: log.job, ...describe(error) });
    }
  };
  return {
    job: log.job,
    epoch: log.epoch,
    signal: control.signal,
    progress: createProgress({ now: ctx.now, emit: (event) => void tell(run, event).then(report) }),
    /** The portal takes an event only from the epoch that holds the job, and answers at once. */
    async confirmLease() {
      control.signal.throwIfAborted();
      const message = "Memastikan pekerjaan masih dipegang agen ini.";
      await tell(run, { alias: null, phase: "swap", percent: null, bytes: null, message });
      try {
        const patience = AbortSignal.timeout(run.leaseAnswerMs ?? LEASE_ANSWER_MS);
        await reporter.flush(AbortSignal.any([signal, patience]), "urgent");
      } catch (cause) {
        control.signal.throwIfAborted();
        throw new AppError("JOB_STALE_LEASE", "the portal did not confirm the lease", { cause });
      }
      control.signal.throwIfAborted();
    },
  };
}

/** Progress that cannot be written is still told: it is not worth the job. */
async function tell({ ctx, log }: Execution, event: Omit<Unnumbered, "t">): Promise<void> {
  const record = { ...event, seq: log.lastSeq + 1, t: ctx.now().toISOString() };
  await log.event(record).catch((error: unknown) => {
    ctx.log("event was not journalled", { job: log.job, ...describe(error) });
  });
}

/** The effect has happened: a full disk must not make it unsaid. */
async function untilDurable(run: Execution, write: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      run.life.throwIfAborted();
      run.ctx.log("result cannot be journalled", { job: run.log.job, ...describe(error) });
      await run.sleep(pauseMs(attempt, run.rng), run.life);
    }
  }
}
