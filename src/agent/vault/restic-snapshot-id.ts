import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#domain/errors.ts";
import { type Restic, resticError } from "./restic-command.ts";

/**
 * The full name of a snapshot that was just made: restic before 0.17 tells its first eight digits
 * only, a receipt names it in full. In a repository on this disk the names of its files tell it
 * (restic's design document, "Repository Layout"), which spares a command and its half second.
 */
export async function fullSnapshotId(
  restic: Restic,
  repository: string,
  id: string,
): Promise<string> {
  if (id.length === 64) return id;
  const ids = repository.startsWith("/")
    ? await readdir(join(repository, "snapshots")).catch(() => [])
    : await listed(restic);
  const found = ids.filter((one) => one.startsWith(id));
  const [full] = found;
  if (full === undefined || found.length > 1) {
    throw new AppError("VAULT_WRITE_FAILED", "the new snapshot is not found by its short id", {
      detail: { found: found.length },
    });
  }
  return full;
}

async function listed(restic: Restic): Promise<string[]> {
  const ended = await restic.run(["list", "snapshots", "--no-lock"]);
  if (ended.code !== 0) throw resticError("list", ended, "VAULT_WRITE_FAILED");
  return ended.stdout.split("\n").map((line) => line.trim());
}
