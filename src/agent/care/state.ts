/**
 * What the agent remembers of a target's care, one JSON file a target: without it a restart would
 * run missed work twice or forget that it was missed.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ProofLevel } from "#domain/job/care.ts";
import { writeDurably } from "../journal/write-durably.ts";

const at = z.iso.datetime();

const RunState = z.strictObject({
  /** Slots up to here are done, given up, or lie before the agent first saw the calendar. */
  settledTo: at,
  /** The slot being tried, and how often it was; counted before a try, so that a crash counts too. */
  slot: at.nullable(),
  tries: z.int().nonnegative(),
  /** The next try of this slot is not made earlier. */
  notBefore: at.nullable(),
  /** Of the newest try, if it failed. */
  failure: z.strictObject({ code: z.string().min(1), at }).nullable(),
});
export type RunState = z.infer<typeof RunState>;

const CareState = z.strictObject({
  v: z.literal(1),
  /** When the agent first saw the target. */
  since: at,
  backup: RunState,
  drill: RunState,
  lastBackup: z.strictObject({ backup: z.string().min(1), at }).nullable(),
  /** Newest restored copy whose content was equal to its backup. */
  lastProof: z.strictObject({ backup: z.string().min(1), at, level: ProofLevel }).nullable(),
});
export type CareState = z.infer<typeof CareState>;

/** What was missed before the agent knew the target is not caught up. */
export function freshState(now: Date): CareState {
  const since = now.toISOString();
  const run = { settledTo: since, slot: null, tries: 0, notBefore: null, failure: null };
  return { v: 1, since, backup: run, drill: run, lastBackup: null, lastProof: null };
}

/** Null where there is none, or none that can be read: then the agent begins anew. */
export async function readState(data: string, alias: string): Promise<CareState | null> {
  const text = await readFile(pathOf(data, alias), "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return CareState.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Reads, changes and writes the state of a target; the caller holds the target's lock. */
export async function changeState(
  data: string,
  alias: string,
  now: Date,
  change: (state: CareState) => CareState,
): Promise<CareState> {
  await mkdir(join(data, "care"), { recursive: true, mode: 0o700 });
  const changed = change((await readState(data, alias)) ?? freshState(now));
  await writeDurably(pathOf(data, alias), `${JSON.stringify(CareState.parse(changed))}\n`);
  return changed;
}

function pathOf(data: string, alias: string): string {
  return join(data, "care", `${alias}.json`);
}
