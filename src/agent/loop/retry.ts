/** The one place that decides whether a call to the portal is made again, and when. */
import { isAppError } from "#domain/errors.ts";

export type Reaction =
  /** Again after a pause. */
  | "retry"
  /** Again in a new session. */
  | "session"
  /** Again with a new number; in a new session if that fails too. */
  | "replay"
  /** Again after a pause, since a person must approve or release the agent first. */
  | "pending"
  /** The portal has understood and refuses. */
  | "give_up";

export function reactionTo(error: unknown): Reaction {
  if (!isAppError(error)) return "give_up";
  switch (error.code) {
    case "AGENT_SESSION":
      return "session";
    case "AGENT_REPLAY":
      return "replay";
    case "AGENT_PENDING":
    case "AGENT_HELD":
      return "pending";
    case "JOB_GAP":
      // The same call would be refused again: the caller first sends what is missing.
      return "give_up";
    default: {
      const { status } = error.detail;
      const isServers = typeof status === "number" && (status === 429 || status >= 500);
      return isServers || error.row.retryable ? "retry" : "give_up";
    }
  }
}

const FIRST_PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 60_000;
const PENDING_PAUSE_MS_MAX = 10_000;

/** Full jitter: anywhere between nothing and a bound that doubles from 1 s to 60 s. */
export function pauseMs(attempt: number, rng: () => number, boundMs = PAUSE_MS_MAX): number {
  return Math.round(rng() * Math.min(boundMs, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 30)));
}

export interface Patience {
  /** Rejects with the signal's reason when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 ≤ x < 1. */
  readonly rng: () => number;
}

export interface Retries extends Patience {
  readonly signal: AbortSignal;
  readonly renewSession: () => void;
  readonly onPause: (error: unknown, ms: number) => void;
}

/** Calls until it succeeds, the portal refuses, or the signal aborts (then with its reason). */
export async function withRetry<T>(call: () => Promise<T>, retries: Retries): Promise<T> {
  const { signal, rng } = retries;
  let renewals = 0;
  let replays = 0;
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      const reaction = reactionTo(error);
      if (reaction === "give_up") throw error;
      if (reaction === "replay" && replays++ === 0) continue;
      if (reaction === "session" || reaction === "replay") {
        retries.renewSession();
        if (renewals++ === 0) continue;
      }
      const bound = reaction === "pending" ? PENDING_PAUSE_MS_MAX : PAUSE_MS_MAX;
      const ms = Math.max(pauseMs(attempt, rng, bound), askedPauseMs(error));
      retries.onPause(error, ms);
      await retries.sleep(ms, signal);
    }
  }
}

/** What the portal asks for by Retry-After, within our own bound. */
function askedPauseMs(error: unknown): number {
  if (!isAppError(error)) return 0;
  const { retryAfterMs: asked } = error.detail;
  return typeof asked === "number" ? Math.min(asked, PAUSE_MS_MAX) : 0;
}
