import { mkdir, realpath } from "node:fs/promises";
import { AppError } from "#domain/errors.ts";
import { takeKernelLock } from "../process/kernel-lock.ts";

/** Lets one agent at a time use a data folder. AGENT_RUNNING. */
export async function lockData(data: string): Promise<AsyncDisposable> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const lock = await takeKernelLock(await realpath(data));
  if (lock) return lock;
  throw new AppError("AGENT_RUNNING", "another agent uses this data folder");
}
