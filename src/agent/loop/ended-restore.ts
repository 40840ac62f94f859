import type { TargetResult } from "#protocol/v1.ts";
import { journalledWork } from "../restore/restore-journal.ts";

/**
 * How work on copies ended whose end is on disk while its result is not: a kill fell between the
 * two. Null where the job has no journal of that kind or no end in it.
 */
export async function endedRestore(
  data: string,
  job: string,
): Promise<{ readonly data: "new" | "old"; readonly results: readonly TargetResult[] } | null> {
  const { works } = await journalledWork(data);
  const work = works.find((one) => one.job === job);
  return work?.end ? { data: work.end.data, results: work.committed ?? [] } : null;
}
