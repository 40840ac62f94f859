import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { type Restic, resticError } from "./restic-command.ts";

const Lock = z.object({ exclusive: z.boolean().optional() });

/** restic asks most of a minute for a lock that went away since it was listed; a look says it sooner. */
const READ_MS_MAX = { near: 15_000, far: 30_000 };

/**
 * Waits while the repository is being pruned or repaired. Asked before a producer is started: one
 * that had to wait would hold its snapshot of the database open meanwhile. VAULT_LOCKED where it
 * takes too long.
 */
export async function assertOpenForBackups(
  restic: Restic,
  repository: string,
  signal?: AbortSignal,
): Promise<void> {
  let isOpen = false;
  await restic.whileLocked(async () => {
    isOpen = !(await hasExclusiveLock(restic, repository, signal));
    return isOpen;
  }, signal);
  if (isOpen) return;
  if (signal?.aborted) throw cancelled();
  throw new AppError("VAULT_LOCKED", "the repository stayed locked");
}

async function hasExclusiveLock(
  restic: Restic,
  repository: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const timeoutMs = repository.startsWith("/") ? READ_MS_MAX.near : READ_MS_MAX.far;
  for (const id of await locksOf(restic, repository, signal)) {
    const shown = await restic.run(["cat", "lock", id, "--no-lock"], {
      timeoutMs,
      ...(signal && { signal }),
    });
    // Given up: what is listed by the next attempt tells.
    if (shown.code === null) return true;
    // One that went away since it was listed holds nobody up.
    if (shown.code === 0 && Lock.parse(JSON.parse(shown.stdout)).exclusive) return true;
  }
  return false;
}

/** Beside a local repository a look at its folder spares a command, which costs half a second. */
async function locksOf(
  restic: Restic,
  repository: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  if (repository.startsWith("/")) {
    return (await readdir(join(repository, "locks")).catch(() => [])).filter(isLockName);
  }
  const listed = await restic.run(["list", "locks", "--no-lock"], signal && { signal });
  if (signal?.aborted) throw cancelled();
  if (listed.code !== 0) throw resticError("list locks", listed, "VAULT_UNREACHABLE");
  return listed.stdout.split("\n").filter(isLockName);
}

function cancelled(): AppError {
  return new AppError("JOB_CANCELLED", "waiting for the store was aborted");
}

/** Not what a process that was killed while it wrote one has left. */
function isLockName(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}
