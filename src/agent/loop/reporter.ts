import { AppError, type ErrorCode, isAppError } from "#domain/errors.ts";
import type { JobLog } from "../journal/job-log.ts";
import type { Client } from "./client.ts";
import { describe } from "./describe.ts";
import { orAbort } from "./or-abort.ts";
import { type Patience, pauseMs } from "./retry.ts";

const BATCH_MAX = 500;
/** Rounds in which the portal may ask for earlier events before something must be wrong. */
const GAPS_MAX = 5;

/** Refusals after which the portal will never want this result. */
const FINAL: readonly ErrorCode[] = ["JOB_STALE_LEASE", "JOB_STATE", "JOB_UNKNOWN"];
/** Refusals of the agent itself; the poll ends it with the same code. */
const FATAL: readonly ErrorCode[] = [
  "AGENT_UNKNOWN",
  "AGENT_REVOKED",
  "AGENT_SIGNATURE",
  "AGENT_PROTOCOL",
];

/** Tells the portal about one job, in order and without loss. */
export interface Reporter {
  /**
   * Resolves when the portal has all events written so far. Rejects with its refusal. An urgent one
   * does not wait for the pause of one that found no portal.
   */
  flush(signal: AbortSignal, urgency?: "urgent"): Promise<void>;
  /**
   * Sends the journalled result until the portal has it or refuses it for good, and notes that.
   * Rejects when `signal` aborts; then the next start sends it.
   */
  deliver(signal: AbortSignal): Promise<void>;
}

export function createReporter(
  client: Client,
  log: JobLog,
  options: Patience & {
    readonly say: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  },
): Reporter {
  const { job, epoch } = log;
  let acceptedSeq = 0;
  let calm = new AbortController();
  let turn: Promise<void> = Promise.resolve();

  const sendEvents = async (signal: AbortSignal): Promise<void> => {
    let gaps = 0;
    signal.throwIfAborted();
    while (acceptedSeq < log.lastSeq) {
      const events = log.events.filter((event) => event.seq > acceptedSeq).slice(0, BATCH_MAX);
      const before = acceptedSeq;
      try {
        acceptedSeq = (await client.events(job, { epoch, events }, signal)).acceptedSeq;
      } catch (error) {
        if (!isAppError(error) || error.code !== "JOB_GAP") throw error;
        acceptedSeq = lastKnown(error);
      }
      if (acceptedSeq > before) continue;
      gaps += 1;
      if (gaps > GAPS_MAX)
        throw new AppError("JOB_GAP", "the portal does not take the events in order");
    }
  };
  const flush = (signal: AbortSignal, urgency?: "urgent"): Promise<void> => {
    if (urgency) {
      calm.abort(new AppError("JOB_GAP", "an urgent report goes first"));
      calm = new AbortController();
    }
    const both = AbortSignal.any([signal, calm.signal]);
    const done = turn.then(() => sendEvents(both));
    turn = done.catch(() => undefined);
    return orAbort(done, both);
  };

  const sendResult = async (signal: AbortSignal): Promise<ErrorCode | null> => {
    const request = log.unacknowledged;
    if (!request) return null;
    // Progress that the portal will not take must not hold the result back.
    await flush(signal).catch((error: unknown) => {
      signal.throwIfAborted();
      options.say("events were not taken", { job, ...describe(error) });
    });
    for (let gaps = 0; ; gaps++) {
      try {
        await client.finish(job, request, signal);
        return null;
      } catch (error) {
        signal.throwIfAborted();
        if (!isAppError(error)) throw error;
        if (FINAL.includes(error.code)) return error.code;
        if (error.code !== "JOB_GAP" || gaps >= GAPS_MAX) throw error;
        acceptedSeq = lastKnown(error);
        await flush(signal);
      }
    }
  };

  return {
    flush,
    async deliver(signal) {
      for (let attempt = 0; ; attempt++) {
        try {
          const refused = await sendResult(signal);
          await log.acknowledge(refused);
          options.say(refused === null ? "result delivered" : "result refused for good", {
            job,
            epoch,
            refused,
          });
          return;
        } catch (error) {
          signal.throwIfAborted();
          options.say("result not delivered", { job, ...describe(error) });
          if (isAppError(error) && FATAL.includes(error.code)) throw error;
          await options.sleep(pauseMs(attempt, options.rng), signal);
        }
      }
    },
  };
}

/** What the portal has, as its refusal tells; else everything is sent again. */
function lastKnown(error: AppError): number {
  const { expected } = error.detail;
  return typeof expected === "number" && expected >= 1 ? expected - 1 : 0;
}
