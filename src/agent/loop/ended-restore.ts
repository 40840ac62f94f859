import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { JobResult, type TargetResult } from "#protocol/v1.ts";

const Committed = z.looseObject({ step: z.literal("committed"), results: JobResult.shape.targets });
const End = z.looseObject({ step: z.literal("end"), data: z.enum(["new", "old"]) });

/**
 * How a restore ended whose end is on disk while its result is not: a kill fell between the two.
 * Null where the job has no restore journal or no end in it.
 */
export async function endedRestore(
  data: string,
  job: string,
): Promise<{ readonly data: "new" | "old"; readonly results: readonly TargetResult[] } | null> {
  const path = join(data, "restores", `${encodeURIComponent(job)}.ndjson`);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const steps = text.split("\n").map(parseJson);
  const end = steps.map((step) => End.safeParse(step)).find((step) => step.success);
  const committed = steps.map((step) => Committed.safeParse(step)).find((step) => step.success);
  return end ? { data: end.data.data, results: committed?.data.results ?? [] } : null;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
