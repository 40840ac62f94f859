import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readRecords } from "../journal/records.ts";

/** Jobs that a data folder says are not finished. Reads only; a damaged journal counts as running. */
export async function runningJobs(data: string): Promise<ReadonlySet<string>> {
  const folder = join(data, "journal");
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const running = new Set<string>();
  for (const name of names.filter((one) => one.endsWith(".ndjson"))) {
    const { records, damaged } = readRecords(await readFile(join(folder, name), "utf8"));
    const isFinished = records.some(({ type }) => type === "finish" || type === "acked");
    if (isFinished && !damaged) continue;
    running.add(name.slice(0, -".ndjson".length));
    for (const record of records) if (record.type === "intent") running.add(record.job);
  }
  return running;
}
