/** How the operator's own commands tell the running agent that the vaults hold something new. */

import { watch } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

const markOf = (data: string): string => join(data, "vaults-changed");

export async function tellChange(data: string, at: Date): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(markOf(data), `${at.toISOString()}\n`, { mode: 0o600 });
}

/** Calls `changed` after each told change; gives the end of watching. Without a watch the next refresh sees it. */
export function onChange(data: string, changed: () => void): () => void {
  try {
    const watcher = watch(data, { persistent: false }, (_kind, name) => {
      if (name === basename(markOf(data))) changed();
    });
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}
