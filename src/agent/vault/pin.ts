import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#domain/errors.ts";

/**
 * Remembers which store stood behind an alias when it was first used. Where a disk is not mounted
 * the same path is an empty directory: without this a new store would be made there, backups would
 * go to the wrong disk, and the old ones would seem never to have been made.
 *
 * `id` null: no store is there yet. Throws VAULT_UNREACHABLE where another one, or none, is there.
 * An operator who moved to a new store on purpose removes the file.
 */
export async function assertSameStore(
  dataDir: string,
  alias: string,
  id: string | null,
): Promise<void> {
  const pinned = await readFile(pathOf(dataDir, alias), "utf8").catch(() => null);
  if (pinned !== null && pinned.trim() !== id) {
    throw new AppError("VAULT_UNREACHABLE", `vault ${alias}: not the store used before`, {
      detail: { vault: alias, reason: id === null ? "empty" : "another store", pin: "vaults/" },
    });
  }
}

export async function pinStore(dataDir: string, alias: string, id: string): Promise<void> {
  await mkdir(join(dataDir, "vaults"), { recursive: true, mode: 0o700 });
  const path = pathOf(dataDir, alias);
  const draft = await open(`${path}.draft`, "w", 0o600);
  try {
    await draft.writeFile(`${id}\n`);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${path}.draft`, path);
}

function pathOf(dataDir: string, alias: string): string {
  return join(dataDir, "vaults", `${alias}.id`);
}
