import { mkdir, realpath } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { AppError, isAppError } from "#domain/errors.ts";
import { takeKernelLock } from "../process/kernel-lock.ts";

const LOOK_AGAIN_MS = 500;

/**
 * One work at a time on a target: a job, a scheduled run, or a command of the operator beside the
 * running agent. Held by the kernel for the process, so no crash leaves it. AGENT_TARGET_BUSY.
 */
export async function lockTarget(data: string, alias: string): Promise<AsyncDisposable> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const lock = await takeKernelLock(`${await realpath(data)}\n${alias}`);
  if (lock) return lock;
  throw new AppError("AGENT_TARGET_BUSY", "other work runs on this target", { detail: { alias } });
}

/**
 * All targets of an approved job, waiting for what the operator runs on them. Ends without them
 * when the signal aborts: then the job is called off anyhow.
 */
export async function waitForTargets(
  data: string,
  aliases: readonly string[],
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  // In one order for all, so that two who want the same targets cannot wait for each other.
  for (const alias of [...new Set(aliases)].sort()) {
    const lock = await waitForTarget(data, alias, signal);
    if (lock) stack.use(lock);
  }
  return stack.move();
}

async function waitForTarget(
  data: string,
  alias: string,
  signal: AbortSignal,
): Promise<AsyncDisposable | null> {
  while (!signal.aborted) {
    try {
      return await lockTarget(data, alias);
    } catch (error) {
      if (!isAppError(error) || error.code !== "AGENT_TARGET_BUSY") throw error;
    }
    await wait(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
  return null;
}
