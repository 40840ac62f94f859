/**
 * What the maintenance identity saw in a vault the last time. Without it a listing that lacks
 * something could not be told from a vault that never had it.
 */
import { z } from "zod";
import { keepPath, readKept, writeKept } from "./state-file.ts";

const Known = z.strictObject({
  v: z.literal(1),
  backups: z.array(
    z.strictObject({
      id: z.string().min(1),
      /** Its stream. */
      object: z.string().min(1),
      /** It is being removed, or was when this identity was killed: then it need not be there. */
      isLeaving: z.boolean(),
    }),
  ),
  /** Streams without a manifest, by object: when they were first seen. */
  orphans: z.record(z.string(), z.iso.datetime()),
});
export type Known = z.infer<typeof Known>;

export async function readKnown(data: string, vault: string): Promise<Known> {
  const known = await readKept(pathOf(data, vault), Known);
  return known ?? { v: 1, backups: [], orphans: {} };
}

export function writeKnown(data: string, vault: string, known: Known): Promise<void> {
  return writeKept(pathOf(data, vault), Known.parse(known));
}

function pathOf(data: string, vault: string): string {
  return keepPath(data, "known", `${vault}.json`);
}
