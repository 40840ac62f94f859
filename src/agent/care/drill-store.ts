/**
 * Drills on disk: which ones have begun, so that what a kill leaves is found again, and the signed
 * records of those that ended.
 */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Envelope } from "#domain/trust/dsse.ts";
import type { DrillRecord } from "#protocol/manifest.ts";
import { syncDirectory, writeDurably } from "../journal/write-durably.ts";

/** As many as the portal takes; older ones are known there. */
const KEPT_MAX = 100;

const Begun = z.strictObject({
  id: z.string().min(1),
  alias: z.string().min(1),
  at: z.iso.datetime(),
});
export type BegunDrill = z.infer<typeof Begun>;

/** On disk when it resolves: only then may a side copy come to be. */
export async function noteBegun(data: string, drill: BegunDrill): Promise<void> {
  const folder = join(data, "drills", "begun");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeDurably(join(folder, nameOf(drill.id)), `${JSON.stringify(drill)}\n`);
}

/** Nothing of the drill is left at the target. */
export async function forgetBegun(data: string, id: string): Promise<void> {
  const folder = join(data, "drills", "begun");
  await rm(join(folder, nameOf(id)), { force: true });
  await syncDirectory(folder);
}

export async function begunDrills(data: string): Promise<BegunDrill[]> {
  const drills = await readAll(join(data, "drills", "begun"), Begun);
  return drills.filter((drill) => drill !== null);
}

export async function keepRecord(
  data: string,
  record: DrillRecord,
  envelope: Envelope,
): Promise<void> {
  const folder = join(data, "drills", "ended");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = nameOf(`${record.finishedAt}_${record.id}`);
  await writeDurably(join(folder, name), `${JSON.stringify(envelope)}\n`);
  for (const old of (await namesIn(folder)).slice(KEPT_MAX)) await rm(join(folder, old));
}

/** Newest first. */
export async function keptRecords(data: string): Promise<Envelope[]> {
  const envelopes = await readAll(join(data, "drills", "ended"), Envelope);
  return envelopes.filter((envelope) => envelope !== null).slice(0, KEPT_MAX);
}

function nameOf(id: string): string {
  return `${encodeURIComponent(id)}.json`;
}

/** Names begin with the time, so the last is the newest. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith(".json"))
    .sort()
    .reverse();
}

/** Null for a file that is none of ours. */
async function readAll<T>(folder: string, schema: z.ZodType<T>): Promise<(T | null)[]> {
  const found: (T | null)[] = [];
  for (const name of await namesIn(folder)) {
    const text = await readFile(join(folder, name), "utf8");
    try {
      found.push(schema.safeParse(JSON.parse(text)).data ?? null);
    } catch {
      found.push(null);
    }
  }
  return found;
}
