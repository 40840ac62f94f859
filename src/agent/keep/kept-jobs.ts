import { keptCopies } from "../restore/kept-copies.ts";
import { unfinishedRestores } from "../restore/restore-journal.ts";

/**
 * Jobs whose safety backup is still the way back: restores that have not ended, and those that ended
 * and whose kept copy nobody has dropped or rolled back. Null where a journal is damaged and nobody
 * can tell. Reads only.
 */
export async function keptJobs(data: string): Promise<ReadonlySet<string> | null> {
  const { unfinished, damaged } = await unfinishedRestores(data);
  if (damaged.length > 0) return null;
  const kept = (await keptCopies(data)).filter(({ state }) => state === "kept");
  return new Set([...unfinished, ...kept].map(({ job }) => job));
}
