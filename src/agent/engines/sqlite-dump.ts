import { mkdtemp, open, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backup, type DatabaseSync } from "node:sqlite";
import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { TargetConfig } from "../config.ts";
import type { DumpReport, EngineIo } from "./engine.ts";
import { openSqlite } from "./sqlite-connection.ts";
import { digestSqlite } from "./sqlite-digest.ts";
import { liveFileOf } from "./sqlite-files.ts";
import { readingLive } from "./sqlite-hold.ts";
import { assertWhole } from "./sqlite-run.ts";

const BACKUP_PAGES = 4_096;
const TEMP_PREFIX = "pulih-sqlite-";

/**
 * A copy in a private folder, and not a stream of the live file: with a rollback journal streaming
 * would lock writers out for as long as the vault takes, in WAL mode the file alone is not the
 * database. The copy also is what is checked and digested, so the digest is of the very bytes sent.
 */
export async function dumpSqlite(
  target: TargetConfig,
  fd: number,
  io: EngineIo,
): Promise<DumpReport> {
  const live = await liveFileOf(target);
  await removeTempsOfTheDead();
  const folder = await mkdtemp(join(tmpdir(), `${TEMP_PREFIX}${process.pid}-`));
  const copy = join(folder, "copy.db");
  try {
    io.signal.throwIfAborted();
    await readingLive(live, (db) => copyTo(db, copy, io.signal));
    await assertWhole(copy, "ENGINE_DUMP_FAILED", io);
    const db = openSqlite(copy, "immutable");
    const content = await digestSqlite(db, io.signal).finally(() => db.close());
    await readInto(copy, fd, io);
    const { uid, gid, mode } = await stat(live);
    return {
      content,
      recreate: {
        ...{ format: "sqlite-file", uid: String(uid), gid: String(gid) },
        mode: String(mode & 0o7777),
      },
      tools: { sqlite: process.versions.sqlite ?? "unknown" },
      bytes: (await stat(copy)).size,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In one read transaction, so that a busy writer cannot make the copy start over for ever. */
async function copyTo(db: DatabaseSync, path: string, signal: AbortSignal): Promise<void> {
  db.exec("BEGIN");
  try {
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    await backup(db, path, {
      rate: BACKUP_PAGES,
      progress: () => signal.throwIfAborted(),
    });
  } finally {
    db.exec("ROLLBACK");
  }
  signal.throwIfAborted();
}

/** Writes a stream to a new file. */
export async function writeFrom(fd: number, path: string, io: EngineIo): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await cat(fd, file.fd, "ENGINE_LOAD_FAILED", io);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readInto(path: string, fd: number, io: EngineIo): Promise<void> {
  const file = await open(path, "r");
  try {
    await cat(file.fd, fd, "ENGINE_DUMP_INCOMPLETE", io);
  } finally {
    await file.close();
  }
}

async function cat(from: number, to: number, code: ErrorCode, io: EngineIo): Promise<void> {
  const running = await io.host.spawn(["cat"], {
    stdin: { fd: from },
    stdout: { fd: to },
    signal: io.signal,
  });
  const ended = await running.exit;
  if (ended.code !== 0) throw new AppError(code, "the stream of the database file was cut");
}

/** Copies that a killed agent left in the temp folder. */
async function removeTempsOfTheDead(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(TEMP_PREFIX)
      ? Number.parseInt(name.slice(TEMP_PREFIX.length), 10)
      : 0;
    if (pid > 0 && !isAlive(pid)) {
      await rm(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
