import type { Work } from "../context.ts";
import type { JobEventRecord } from "../journal/records.ts";

/** What there is to tell; its number comes from the journal. */
export type Unnumbered = Omit<JobEventRecord, "seq">;
type Told = Parameters<Work["progress"]>[0];

/** Between two reports of the same phase at least this, growing with the phase: no job floods the portal. */
const INTERVAL_MS_MIN = 2_000;
const INTERVAL_MS_MAX = 60_000;
const INTERVAL_SHARE = 1 / 50;

/**
 * Leaves out of what the work tells what is not news: a new phase, target or sentence is
 * always news, a moved figure only after a while.
 */
export function createProgress(options: {
  readonly now: () => Date;
  readonly emit: (event: Unnumbered) => void;
}): Work["progress"] {
  let last: Told | null = null;
  let phaseSince = 0;
  let lastAt = 0;
  return (told) => {
    const at = options.now();
    const instant = at.getTime();
    const isNews =
      last === null ||
      last.alias !== told.alias ||
      last.phase !== told.phase ||
      last.message !== told.message;
    if (isNews) phaseSince = instant;
    const share = (instant - phaseSince) * INTERVAL_SHARE;
    const interval = Math.min(INTERVAL_MS_MAX, Math.max(INTERVAL_MS_MIN, share));
    if (!isNews && instant - lastAt < interval) return;
    last = told;
    lastAt = instant;
    options.emit({
      t: at.toISOString(),
      alias: told.alias,
      phase: told.phase,
      percent: told.percent === null ? null : Math.min(100, Math.max(0, told.percent)),
      bytes: told.bytes === null ? null : Math.max(0, Math.round(told.bytes)),
      message: told.message.slice(0, 500),
    });
  };
}
