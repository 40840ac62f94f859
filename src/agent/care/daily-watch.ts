/** When the vaults were looked at last, on disk: a restart neither forgets it nor looks twice. */
import { z } from "zod";
import type { AgentContext } from "../context.ts";
import { keepPath, readKept, writeKept } from "../keep/state-file.ts";
import { watchVaults } from "../keep/watch-vaults.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** An agent that has just been set up has other things to do first. */
const FIRST_AFTER_MS = HOUR_MS;

const Watch = z.strictObject({ v: z.literal(1), at: z.iso.datetime() });

/** Whether a day has passed since; a clock that was set back does not put it off. */
export async function isWatchDue(data: string, now: Date): Promise<boolean> {
  const last = await readKept(pathOf(data), Watch);
  if (last === null) {
    await write(data, now.getTime() - DAY_MS + FIRST_AFTER_MS);
    return false;
  }
  const sinceMs = now.getTime() - Date.parse(last.at);
  return sinceMs >= DAY_MS || sinceMs < -HOUR_MS;
}

/** Noted before it begins: a look that takes the agent down is not tried for ever. */
export async function runWatch(ctx: AgentContext, signal: AbortSignal): Promise<void> {
  const { data } = ctx.config;
  const now = ctx.now();
  await write(data, now.getTime());
  try {
    await watchVaults(ctx, now, signal);
  } finally {
    // What gave way to a job is due again in an hour; parts that were read are not read again.
    if (signal.aborted) await write(data, now.getTime() - DAY_MS + FIRST_AFTER_MS);
  }
}

function write(data: string, at: number): Promise<void> {
  return writeKept(pathOf(data), { v: 1, at: new Date(at).toISOString() });
}

function pathOf(data: string): string {
  return keepPath(data, "daily.json");
}
