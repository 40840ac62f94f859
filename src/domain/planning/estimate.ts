/** How long and how large work will be, told from what the agent measured; never from a guess. */
export interface Measured {
  readonly bytes: number;
  readonly seconds: number;
}

export interface Estimate {
  readonly bytes: number | null;
  readonly minutes: number | null;
  /** Own earlier work of the target; the speed of its engine; or nothing is known. */
  readonly basis: "sasaran" | "mesin" | "belum-ada";
  /** How many measurements it is told from. */
  readonly count: number;
}

export const NEWEST_MEASURES = 10;

/**
 * The median of the target's own newest measurements; else its size at the speed of all measurements
 * of its engine; else the size alone.
 */
export function estimateOf(input: {
  /** Newest first, of this target and action. */
  readonly own: readonly Measured[];
  /** Of this engine and action, any target. */
  readonly engine: readonly Measured[];
  /** Size the agent tells of the target or the backup; null where it cannot. */
  readonly bytes: number | null;
}): Estimate {
  const own = input.own.slice(0, NEWEST_MEASURES);
  if (own.length > 0) {
    return {
      bytes: input.bytes ?? Math.round(median(own.map(({ bytes }) => bytes))),
      minutes: minutesOf(median(own.map(({ seconds }) => seconds))),
      basis: "sasaran",
      count: own.length,
    };
  }
  const bytes = input.engine.reduce((sum, one) => sum + one.bytes, 0);
  const seconds = input.engine.reduce((sum, one) => sum + one.seconds, 0);
  if (input.bytes !== null && bytes > 0 && seconds > 0) {
    return {
      bytes: input.bytes,
      minutes: minutesOf((input.bytes / bytes) * seconds),
      basis: "mesin",
      count: input.engine.length,
    };
  }
  return { bytes: input.bytes, minutes: null, basis: "belum-ada", count: 0 };
}

/** Work one after the other; null where one of them is unknown. */
export function sumOfMinutes(estimates: readonly Estimate[]): number | null {
  let sum = 0;
  for (const { minutes } of estimates) {
    if (minutes === null) return null;
    sum += minutes;
  }
  return estimates.length === 0 ? null : sum;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function minutesOf(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / 60));
}
