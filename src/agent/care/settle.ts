import { type ErrorCode, isAppError } from "#domain/errors.ts";
import type { RunState } from "./state.ts";

/** One try and two more; what fails three times needs a person, who is told by the alert. */
export const TRIES_MAX = 3;
const MINUTE_MS = 60_000;
const BACK_OFF_MS = [10 * MINUTE_MS, 40 * MINUTE_MS] as const;
const QUARTER_MS = 15 * MINUTE_MS;

export type RunEnd =
  | { readonly is: "done" }
  | { readonly is: "failed"; readonly code: string; readonly mayRetry: boolean }
  /** Something else has the vault or the target: neither done nor failed, tried again soon. */
  | { readonly is: "deferred" }
  /** Called off for a job or because the agent stops: to be done at the next occasion. */
  | { readonly is: "called_off" };

/**
 * Failures that time alone may cure. Credentials are not among them, nor is a server that does not
 * let the agent in (ENGINE_CONNECT, SSH_CONNECT): repeated tries lock accounts.
 */
const MAY_PASS: readonly ErrorCode[] = [
  "ENGINE_DUMP_FAILED",
  "ENGINE_DUMP_INCOMPLETE",
  "ENGINE_BUSY",
  "VAULT_UNREACHABLE",
  "VAULT_WRITE_FAILED",
];
const TAKEN: readonly ErrorCode[] = ["VAULT_LOCKED", "AGENT_TARGET_BUSY"];

export function endOf(error: unknown, signal: AbortSignal): RunEnd {
  const code: ErrorCode = isAppError(error) ? error.code : "INTERNAL";
  if (signal.aborted) return { is: "called_off" };
  if (TAKEN.includes(code)) return { is: "deferred" };
  return { is: "failed", code, mayRetry: MAY_PASS.includes(code) };
}

/** Written before a try. */
export function began(run: RunState, slot: Date): RunState {
  const text = slot.toISOString();
  const tries = run.slot === text ? run.tries : 0;
  return { ...run, slot: text, tries: tries + 1, notBefore: null };
}

/** A slot whose tries are used up, by crashes too, is given up. */
export function isSpent(run: RunState, slot: Date): boolean {
  return run.slot === slot.toISOString() && run.tries >= TRIES_MAX;
}

export function ended(run: RunState, slot: Date, end: RunEnd, now: Date): RunState {
  const settled = { ...run, settledTo: slot.toISOString(), slot: null, tries: 0, notBefore: null };
  switch (end.is) {
    case "done":
      return { ...settled, failure: null };
    case "failed": {
      const failure = { code: end.code, at: now.toISOString() };
      const pauseMs = BACK_OFF_MS[run.tries - 1];
      if (!end.mayRetry || pauseMs === undefined) return { ...settled, failure };
      return { ...run, notBefore: later(now, pauseMs), failure };
    }
    case "deferred": {
      const leftMs = QUARTER_MS - (now.getTime() % QUARTER_MS);
      return { ...run, tries: run.tries - 1, notBefore: later(now, leftMs) };
    }
    case "called_off":
      return { ...run, tries: run.tries - 1 };
  }
}

function later(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}
