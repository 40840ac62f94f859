import type { WorkCalendar } from "../calendar/types.ts";
import type { ErrorCode } from "../errors.ts";
import { invariant } from "../errors.ts";
import { limitsOf } from "./limits.ts";
import type { PpidEvent, PpidState } from "./types.ts";

/** What somebody wants to happen: an event that has not happened yet, save the request itself. */
export type PpidCommand = Exclude<PpidEvent, { type: "requested" }>;

export type PpidDecision =
  | { readonly ok: true; readonly event: PpidEvent }
  | { readonly ok: false; readonly code: ErrorCode };

/** Whether a command may happen now. Pure and total: what cannot be is a refusal. */
export function decidePpid(
  calendar: WorkCalendar,
  state: PpidState,
  command: PpidCommand,
  at: Date,
): PpidDecision {
  const code = refusalOf(calendar, state, command, at);
  return code ? { ok: false, code } : { ok: true, event: command };
}

function refusalOf(
  calendar: WorkCalendar,
  state: PpidState,
  command: PpidCommand,
  at: Date,
): ErrorCode | null {
  switch (command.type) {
    case "extended": {
      if (state.status !== "open") return "PPID_CLOSED";
      // Once, and while the first limit still runs: a limit that has passed cannot be made longer.
      const late = at > limitsOf(calendar, state, at).answer;
      return state.extended || late ? "PPID_EXTENSION" : null;
    }
    case "answered":
      if (state.status !== "open") return "PPID_CLOSED";
      return (command.outcome === "dikabulkan") === (command.reason === null)
        ? null
        : "PPID_REASON";
    case "objected": {
      if (state.status !== "open" && state.status !== "answered") return "PPID_CLOSED";
      const { objection } = limitsOf(calendar, state, at);
      return objection && at <= objection ? null : "PPID_OBJECTION_TIME";
    }
    case "objection_answered":
      return state.status === "objected" ? null : "PPID_CLOSED";
    case "withdrawn":
      return state.status === "open" || state.status === "objected" ? null : "PPID_CLOSED";
  }
}

/** The state after one more event that happened at `at`. */
export function evolvePpid(state: PpidState | null, event: PpidEvent, at: string): PpidState {
  if (event.type === "requested") {
    invariant(state === null, "information is requested once");
    return {
      agency: event.agency,
      status: "open",
      requestedAt: at,
      extended: false,
      answer: null,
      objection: null,
    };
  }
  invariant(state, "a stream begins with the request");
  switch (event.type) {
    case "extended":
      return { ...state, extended: true };
    case "answered": {
      const { outcome, reason } = event;
      return { ...state, status: "answered", answer: { at, outcome, reason } };
    }
    case "objected": {
      const objection = { at, ground: event.ground, answer: null };
      return { ...state, status: "objected", objection };
    }
    case "objection_answered": {
      invariant(state.objection, "an objection is answered after it was made");
      const answer = { at, outcome: event.outcome };
      return { ...state, status: "closed", objection: { ...state.objection, answer } };
    }
    case "withdrawn":
      return { ...state, status: "withdrawn" };
  }
}
