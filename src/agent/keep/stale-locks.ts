import { hostname } from "node:os";
import { z } from "zod";
import type { VaultConfig } from "../config.ts";
import type { Host } from "../process/host.ts";
import { resticCommand } from "../vault/restic-command.ts";

/** restic itself takes a lock that was not renewed for so long for a dead one. */
const STALE_AFTER_MS = 30 * 60_000;

const Lock = z.object({
  time: z.iso.datetime({ offset: true }),
  exclusive: z.boolean(),
  hostname: z.string(),
  pid: z.int(),
});

export interface StaleLock {
  readonly host: string;
  readonly pid: number;
  readonly since: string;
  readonly isExclusive: boolean;
}

/** Locks of dead processes in a restic repository; other vaults have none. Reads only. */
export async function staleLocks(
  config: VaultConfig,
  host: Host,
  dataDir: string,
  now: Date,
): Promise<readonly StaleLock[]> {
  if (config.jenis !== "restic") return [];
  const restic = resticCommand(config, host, dataDir);
  const listed = await restic.run(["list", "locks", "--no-lock", "--quiet"]);
  if (listed.code !== 0) return [];
  const stale: StaleLock[] = [];
  for (const id of listed.stdout.split("\n").filter((line) => /^[0-9a-f]{64}$/.test(line))) {
    const shown = await restic.run(["cat", "lock", id, "--no-lock"]);
    // Released since it was listed.
    if (shown.code !== 0) continue;
    const lock = Lock.safeParse(JSON.parse(shown.stdout)).data;
    if (!lock) continue;
    const isOurs = lock.hostname === hostname();
    const ageMs = now.getTime() - Date.parse(lock.time);
    if (isOurs ? !isAlive(lock.pid) : ageMs > STALE_AFTER_MS) {
      const { exclusive, pid, time } = lock;
      stale.push({ host: lock.hostname, pid, since: time, isExclusive: exclusive });
    }
  }
  return stale;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
