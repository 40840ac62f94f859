/**
 * Backups that did not read back as they were made. The store cannot be told (it may be append-only),
 * so the agent remembers it: one file a backup, so that two processes never write over each other.
 */
import { readdir, rm } from "node:fs/promises";
import { z } from "zod";
import { keepPath, readKept, writeKept } from "./state-file.ts";

const Damage = z.strictObject({
  backup: z.string().min(1),
  alias: z.string().min(1),
  vault: z.string().min(1),
  foundAt: z.iso.datetime(),
});
export type Damage = z.infer<typeof Damage>;

/** Never offered from here on, until it reads back whole again. */
export async function markDamaged(data: string, damage: Damage): Promise<void> {
  const known = await readKept(pathOf(data, damage.backup), Damage);
  if (known === null) await writeKept(pathOf(data, damage.backup), Damage.parse(damage));
}

/** Call after the backup was read back whole. */
export async function clearDamaged(data: string, backup: string): Promise<void> {
  await rm(pathOf(data, backup), { force: true });
}

/** By backup id. */
export async function damagedBackups(data: string): Promise<ReadonlyMap<string, Damage>> {
  const names = await readdir(keepPath(data, "damaged")).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const found = new Map<string, Damage>();
  for (const name of names) {
    if (!name.endsWith(".json")) continue;
    const backup = decodeURIComponent(name.slice(0, -".json".length));
    const damage = await readKept(pathOf(data, backup), Damage);
    // A note that cannot be read still says that this backup is not to be trusted.
    found.set(
      backup,
      damage ?? { backup, alias: "?", vault: "?", foundAt: new Date(0).toISOString() },
    );
  }
  return found;
}

function pathOf(data: string, backup: string): string {
  return keepPath(data, "damaged", `${encodeURIComponent(backup)}.json`);
}
