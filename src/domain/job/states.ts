/**
 * States of a job and who may move it. A destructive job is never dispatched again by itself:
 * from `leased` on, only its own epoch may report, and a lost job is a person's decision.
 */
export const JOB_STATES = [
  "ready",
  "leased",
  "running",
  "lost",
  "cancelling",
  "succeeded",
  "failed",
  "cancelled",
  "refused",
  "declared_failed",
] as const;
export type JobState = (typeof JOB_STATES)[number];

const NEXT: Readonly<Record<JobState, readonly JobState[]>> = {
  ready: ["leased", "cancelled"],
  leased: ["running", "ready", "refused", "cancelling"],
  running: ["succeeded", "failed", "cancelled", "lost", "cancelling"],
  lost: ["running", "succeeded", "failed", "cancelled", "declared_failed"],
  cancelling: ["cancelled", "succeeded", "failed", "lost"],
  succeeded: [],
  failed: [],
  cancelled: [],
  refused: [],
  declared_failed: [],
};

export function mayMove(from: JobState, to: JobState): boolean {
  return NEXT[from].includes(to);
}

export function isFinal(state: JobState): boolean {
  return NEXT[state].length === 0;
}

/** States in which the agent that holds the epoch may report the end. */
export const MAY_FINISH: readonly JobState[] = JOB_STATES.filter((state) =>
  mayMove(state, "succeeded"),
);
