import { link, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { invariant } from "#domain/errors.ts";
import { syncDirectory } from "../journal/write-durably.ts";
import { lockSqlite, removeCompanions } from "./sqlite-connection.ts";
import { emptyPlace, type Files, fillEmptyPlace, stateOf, statIfThere } from "./sqlite-files.ts";
import { type Hold, holds } from "./sqlite-hold.ts";

/** Keeps users out of the file until `letIn`; where there is none there is nobody to keep out. */
export async function keepOut(live: string, signal: AbortSignal): Promise<void> {
  if (holds.has(live)) return;
  const former = (await statIfThere(live)) ? await lockSqlite(live, signal) : null;
  holds.set(live, { former, incoming: null });
}

export async function letIn({ live, side }: Files): Promise<void> {
  const hold = holds.get(live);
  holds.delete(live);
  hold?.incoming?.close();
  hold?.former?.close();
  await removeCompanions(side);
}

export async function swapFiles(files: Files, signal: AbortSignal): Promise<void> {
  if ((await stateOf(files)) === "after") return;
  if (files.liveWasAbsent) return swapIntoEmpty(files, signal);
  await keepOut(files.live, signal);
  const hold = holds.get(files.live);
  invariant(hold, "the database is held");
  await undoLink(files);
  // Locked under its side name, the new file is still locked when it has the live one.
  hold.incoming ??= await lockSqlite(files.side, signal);
  try {
    // The log is empty since the lock was taken. Left there it would be read as the new file's.
    await removeCompanions(files.live);
    await link(files.live, files.old);
    await rename(files.side, files.live);
    await syncDirectory(dirname(files.live));
  } catch (error) {
    await undoLink(files);
    throw error;
  }
}

export async function swapFilesBack(files: Files, signal: AbortSignal): Promise<void> {
  if (!files.liveWasAbsent && (await stateOf(files)) === "between") await undoLink(files);
  if ((await stateOf(files)) === "before") return;
  const hold = holds.get(files.live);
  // Users may have come to the new file since; without their leave it is not dropped.
  const present = await statIfThere(files.live);
  const guard =
    hold?.incoming ?? hold?.former ?? (present ? await lockSqlite(files.live, signal) : null);
  // Locked under its kept name, the former file is still locked when it is live again.
  const kept = await lockOfKept(files, hold, signal);
  if (files.liveWasAbsent) await emptyPlace(files);
  else {
    await removeCompanions(files.live);
    await rename(files.old, files.live);
    await syncDirectory(dirname(files.live));
  }
  guard?.close();
  if (kept) holds.set(files.live, { former: kept, incoming: null });
  else holds.delete(files.live);
}

/** Into an empty place the new file comes locked, so that users wait here too until `reopen`. */
async function swapIntoEmpty(files: Files, signal: AbortSignal): Promise<void> {
  if ((await stateOf(files)) === "between") {
    await rm(files.side);
    return syncDirectory(dirname(files.live));
  }
  const incoming = await lockSqlite(files.side, signal);
  try {
    await fillEmptyPlace(files);
  } catch (error) {
    incoming.close();
    throw error;
  }
  holds.set(files.live, { former: null, incoming });
}

async function lockOfKept(
  { old, liveWasAbsent }: Files,
  hold: Hold | undefined,
  signal: AbortSignal,
): Promise<DatabaseSync | null> {
  if (hold?.incoming) return hold.former;
  if (liveWasAbsent) return null;
  // To bring the former file back matters more than to keep users out of it a moment longer.
  return lockSqlite(old, signal).catch(() => null);
}

async function undoLink(files: Files): Promise<void> {
  if ((await stateOf(files)) === "between") await rm(files.old);
}
