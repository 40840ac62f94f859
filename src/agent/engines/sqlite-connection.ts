import { rm, stat } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { AppError } from "#domain/errors.ts";

/** Longer than any sane transaction, short enough that a restore says soon that it cannot go on. */
const LOCK_WAIT_MS = 5_000;
const LOCK_RETRY_MS = 50;
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/**
 * `read`: as any other reader, with locks. `immutable`: for a file nobody writes; leaves no lock and
 * no file behind. Neither creates a missing file, which a plain open does: its backup would be a
 * good copy of nothing.
 */
export function openSqlite(path: string, how: "read" | "immutable" | "write"): DatabaseSync {
  const url = pathToFileURL(path);
  url.search = { read: "mode=ro", immutable: "mode=ro&immutable=1", write: "mode=rw" }[how];
  const db = new DatabaseSync(url, {
    readOnly: how !== "write",
    timeout: how === "write" ? 0 : LOCK_WAIT_MS,
    enableForeignKeyConstraints: false,
  });
  // The schema is somebody else's: nothing in it may run with side effects while it is read.
  db.exec("PRAGMA trusted_schema = OFF");
  return db;
}

/**
 * A connection that keeps everybody else out for as long as it is open, readers too, and whose
 * write-ahead log is empty. In WAL mode any other open connection, idle or not, makes it ENGINE_BUSY:
 * such a connection would go on writing to the file after it was put aside, and nobody would know.
 * (With a rollback journal SQLite itself refuses the write of an idle connection whose file was moved.)
 */
export async function lockSqlite(path: string, signal: AbortSignal): Promise<DatabaseSync> {
  const deadline = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    const db = openSqlite(path, "write");
    try {
      db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
      const checkpoint = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
      if (checkpoint?.busy === 0) return db;
      db.close();
    } catch (error) {
      db.close();
      if (!isBusy(error)) throw error;
    }
    if (performance.now() >= deadline) {
      throw new AppError("ENGINE_BUSY", "other connections hold the database");
    }
    await wait(LOCK_RETRY_MS, undefined, { signal });
  }
}

/** Runs `act` on the database as other readers see it and leaves beside it only what was there. */
export async function readingSqlite<Result>(
  path: string,
  act: (db: DatabaseSync) => Promise<Result>,
): Promise<Result> {
  const hadLog = await exists(`${path}-wal`);
  const db = openSqlite(path, "read");
  try {
    return await act(db);
  } finally {
    db.close();
    if (!hadLog) await tidyLog(path);
  }
}

/**
 * A read-only reader of a database in WAL mode makes a log and cannot remove it again. The last
 * writer to close does; an empty log has nothing to move into the database.
 */
async function tidyLog(path: string): Promise<void> {
  const log = await stat(`${path}-wal`).catch(() => null);
  if (log === null || log.size > 0) return;
  try {
    const db = openSqlite(path, "write");
    try {
      db.prepare("SELECT count(*) FROM sqlite_schema").get();
    } finally {
      db.close();
    }
  } catch {
    // Somebody else has it open by now; then the log is theirs.
  }
}

/** Files SQLite keeps beside a database. */
export async function removeCompanions(path: string): Promise<void> {
  for (const suffix of ["-wal", "-shm", "-journal"]) await rm(path + suffix, { force: true });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Whether SQLite itself says that the file is no whole database. */
export function isDamage(error: unknown): boolean {
  return [SQLITE_CORRUPT, SQLITE_NOTADB].includes(primaryCode(error));
}

function isBusy(error: unknown): boolean {
  return primaryCode(error) === SQLITE_BUSY;
}

/** 0 for what is not SQLite's error. */
function primaryCode(error: unknown): number {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" ? code & 0xff : 0;
}
