const FIRST_MS = 60_000;
const LONGEST_MS = 60 * 60_000;

/**
 * When to try again: twice as long after each attempt, up to an hour, a fifth more or less by a
 * random byte, so that many that failed together do not come back together.
 */
export function retryAt(attempts: number, now: Date, random: number): Date {
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1));
  return new Date(now.getTime() + Math.round(wait * (0.8 + (random / 255) * 0.4)));
}
