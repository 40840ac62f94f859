import { setTimeout as delay } from "node:timers/promises";

/** Looks at once, and again after each pause until `ended` resolves. Rejects as soon as a look does. */
export async function lookUntil(
  ended: Promise<unknown>,
  everyMs: number,
  look: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  void ended.then(() => stop.abort());
  while (!stop.signal.aborted) {
    await look();
    await delay(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}
