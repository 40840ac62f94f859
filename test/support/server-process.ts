import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** Resolves when the process has ended; kills it where it does not within half a minute. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const force = setTimeout(() => child.kill("SIGKILL"), 30_000);
  await once(child, "exit");
  clearTimeout(force);
}

/** Asks until the server answers; rejects when it ends or the time is over. */
export async function readyWithin(
  timeoutMs: number,
  child: ChildProcess,
  ask: () => Promise<unknown>,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        throw new Error("the throw-away server did not become ready", { cause: error });
      }
      await delay(50);
    }
  }
}
