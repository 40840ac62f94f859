import { link, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { AppError, invariant } from "#domain/errors.ts";
import type { TargetConfig } from "../config.ts";
import { syncDirectory } from "../journal/write-durably.ts";
import type { SideNames } from "./engine.ts";
import { removeCompanions } from "./sqlite-connection.ts";

/** Where the copies of a target lie. */
export interface Files {
  readonly live: string;
  readonly side: string;
  readonly old: string;
  readonly liveWasAbsent: boolean;
}

/** The live file, also where it is gone. Through a symbolic link SQLite works beside the real file; so does the engine. */
export async function liveFileOf(target: TargetConfig): Promise<string> {
  invariant(target.engine === "sqlite", "a SQLite target");
  return followed(target.berkas);
}

export async function filesOf(target: TargetConfig, names: SideNames): Promise<Files> {
  const live = await liveFileOf(target);
  return {
    live,
    side: `${live}.${names.side}`,
    old: `${live}.${names.old}`,
    liveWasAbsent: names.liveWasAbsent ?? false,
  };
}

async function followed(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isAbsence(error)) throw error;
    const pointedTo = await readlink(path).catch(() => null);
    if (pointedTo !== null) return followed(resolve(dirname(path), pointedTo));
    return join(await realpath(dirname(path)), basename(path));
  }
}

/** Null where there is no such file; whatever else hides it is an error. */
export async function statIfThere(path: string) {
  return stat(path).catch((error: unknown) => {
    if (isAbsence(error)) return null;
    throw error;
  });
}

/**
 * What the files say. `link` then `rename` is one atomic step for users: the live name always
 * leads to a whole database. After `link` alone both names lead to the same, former one; into an
 * empty place `link` alone is the swap, and until the side name is gone it counts as cut short.
 */
export async function stateOf(files: Files): Promise<"before" | "after" | "between"> {
  const present = await statIfThere(files.live);
  if (files.liveWasAbsent) {
    if (present === null) return "before";
    const side = await statIfThere(files.side);
    if (side === null) return "after";
    return isSame(side, present) ? "between" : "before";
  }
  const kept = await statIfThere(files.old);
  if (kept === null) return "before";
  return present !== null && isSame(kept, present) ? "between" : "after";
}

/** Puts the side copy where nothing is. A file that came there meanwhile is not ours to replace. */
export async function fillEmptyPlace(files: Files): Promise<void> {
  // A log that the lost database left would be read as the new one's.
  if ((await statIfThere(files.live)) === null) await removeCompanions(files.live);
  await link(files.side, files.live).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    throw new AppError("ENGINE_BUSY", "the empty place was filled by somebody else");
  });
  await rm(files.side);
  await syncDirectory(dirname(files.live));
}

/** Takes out of the place what `fillEmptyPlace` put there: by way of the side name, never half. */
export async function emptyPlace(files: Files): Promise<void> {
  await rm(files.side, { force: true });
  await rename(files.live, files.side);
  await removeCompanions(files.live);
  await syncDirectory(dirname(files.live));
  await removeFile(files.side);
}

/** A database file with what SQLite keeps beside it. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await removeCompanions(path);
}

function isSame(
  one: { readonly ino: number; readonly dev: number },
  other: { readonly ino: number; readonly dev: number },
): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

function isAbsence(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
