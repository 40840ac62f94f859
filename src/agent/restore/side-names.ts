import { createHash } from "node:crypto";
import type { SideNames } from "../engines/engine.ts";

/**
 * Names of a job's side and kept copy: the same after a crash, short and plain enough for every
 * engine (PostgreSQL cuts names at 63 bytes), and of no other job.
 */
export function sideNames(job: string): SideNames {
  const mark = createHash("sha256").update(job).digest("hex").slice(0, 10);
  return { side: `r_${mark}`, old: `o_${mark}` };
}
