import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { writeDurably } from "../journal/write-durably.ts";

/** Where the agent keeps what it knows of its backups beyond their manifests. */
export function keepPath(data: string, ...parts: readonly string[]): string {
  return join(data, "keep", ...parts);
}

/**
 * What stands in a file of this agent's own; null where there is none or none that can be read: all
 * that is written here can be found anew, if later. Any other failure of the disk rejects.
 */
export async function readKept<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export async function writeKept(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeDurably(path, `${JSON.stringify(value)}\n`);
}
