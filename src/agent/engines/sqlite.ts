/**
 * SQLite on the agent's own machine. Side and kept copy are files beside the live one:
 * `<file>.r_…` and `<file>.o_…`.
 *
 * - POSIX locks belong to the process: closing any descriptor of a file drops the locks that SQLite
 *   holds on it. So this process never opens the live file but through SQLite; its bytes are moved
 *   by `cat`, a process of its own.
 * - Users are kept out by an exclusive lock that lives as long as the agent; a crash opens the
 *   database again by itself.
 * - The service must open the file anew after a restore: an idle connection with a rollback journal
 *   reads the old file until then (its writes are refused by SQLite). In WAL mode the swap waits
 *   for all connections to be closed, else ENGINE_BUSY.
 */
import {
  access,
  chmod,
  chown,
  constants,
  link,
  mkdtemp,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  statfs,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { backup, type DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { AppError, type ErrorCode, invariant, isAppError } from "#domain/errors.ts";
import type { TargetConfig } from "../config.ts";
import { syncDirectory } from "../journal/write-durably.ts";
import type { Copy, Engine, EngineIo, SideNames, TargetFacts } from "./engine.ts";
import { lockSqlite, openSqlite, readingSqlite, removeCompanions } from "./sqlite-connection.ts";
import { digestSqlite, SQLITE_DIGEST } from "./sqlite-digest.ts";

const INTEGRITY_PROGRAM = fileURLToPath(new URL("./sqlite-integrity.ts", import.meta.url));
const STREAM_TIMEOUT_MS = 24 * 60 * 60 * 1000;
const BACKUP_PAGES = 4_096;
const TEMP_PREFIX = "pulih-sqlite-";

/** Connections that keep users out, by live path: of what was live, and after a swap of what is. */
interface Hold {
  readonly former: DatabaseSync;
  incoming: DatabaseSync | null;
}
const holds = new Map<string, Hold>();

export const sqlite: Engine = {
  id: "sqlite",
  inspect: (target) => wrapped("ENGINE_CONNECT", () => inspect(target)),
  dump: (target, fd, io) => wrapped("ENGINE_DUMP_FAILED", () => dump(target, fd, io)),

  preflight: (target, manifest, io) =>
    wrapped("ENGINE_CONNECT", async () => {
      const facts = await sqlite.inspect(target, io);
      const { live } = await filesOf(target);
      if (manifest.content.algorithm !== SQLITE_DIGEST) {
        throw new AppError("ENGINE_VERSION", "backup has a digest this agent does not compute");
      }
      // Another name of the file would keep the old content.
      if ((await stat(live)).nlink > 1) {
        throw new AppError("ENGINE_UNSUPPORTED", "the database file has several hard links");
      }
      await access(dirname(live), constants.W_OK);
      if (facts.freeBytes !== null && facts.freeBytes < manifest.receipt.bytes * 1.1) {
        throw new AppError("ENGINE_SPACE", "no room for the side copy");
      }
      return facts;
    }),

  loadSide: (target, names, manifest, fd, io) =>
    wrapped("ENGINE_LOAD_FAILED", async () => {
      const { live, side } = await filesOf(target, names);
      await removeFile(side);
      try {
        await writeFrom(fd, side, io);
        const { size } = await stat(side);
        if (size !== manifest.receipt.bytes) {
          throw new AppError("ENGINE_LOAD_FAILED", "side copy has another size than the backup");
        }
        await assertWhole(side, "ENGINE_LOAD_FAILED", io);
        const { uid, gid, mode } = await stat(live);
        await chown(side, uid, gid);
        await chmod(side, mode & 0o7777);
        await syncDirectory(dirname(side));
      } catch (error) {
        await removeFile(side);
        throw error;
      }
    }),

  digest: (target, copy, names, io) =>
    wrapped("ENGINE_CONNECT", async () => {
      const files = await filesOf(target, names);
      return reading(files, copy, (db) => digestSqlite(db, io.signal));
    }),

  quiesce: (target, _names, io) =>
    wrapped("ENGINE_CONNECT", async () => {
      const { live } = await filesOf(target);
      if (!holds.has(live)) {
        holds.set(live, { former: await lockSqlite(live, io.signal), incoming: null });
      }
    }),

  reopen: (target, names) =>
    wrapped("ENGINE_CONNECT", async () => {
      const { live, side } = await filesOf(target, names);
      const hold = holds.get(live);
      holds.delete(live);
      hold?.incoming?.close();
      hold?.former.close();
      await removeCompanions(side);
    }),

  swap: (target, names, io) =>
    wrapped("ENGINE_SWAP_FAILED", async () => {
      const files = await filesOf(target, names);
      if ((await stateOf(files)) === "after") return;
      await sqlite.quiesce(target, names, io);
      const hold = holds.get(files.live);
      invariant(hold, "quiesce holds the database");
      await undoLink(files);
      // Locked under its side name, the new file is still locked when it has the live one.
      hold.incoming ??= await lockSqlite(files.side, io.signal);
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
    }),

  swapState: async (target, names) =>
    wrapped("ENGINE_CONNECT", async () => stateOf(await filesOf(target, names))),

  rollback: (target, names, io) =>
    wrapped("ENGINE_SWAP_FAILED", async () => {
      const files = await filesOf(target, names);
      if ((await stateOf(files)) === "between") await undoLink(files);
      if ((await stateOf(files)) === "before") return;
      const hold = holds.get(files.live);
      // After a crash users may have come to the new file; without their leave it is not dropped.
      const guard = hold?.incoming ?? (await lockSqlite(files.live, io.signal));
      await removeCompanions(files.live);
      await rename(files.old, files.live);
      await syncDirectory(dirname(files.live));
      guard.close();
      if (hold) hold.incoming = null;
    }),

  dropSide: (target, names) =>
    wrapped("ENGINE_CONNECT", async () => {
      const { side } = await filesOf(target, names);
      await removeFile(side);
    }),

  keptAs: (_target, names) => `salinan berakhiran .${names.old} di samping berkas sasaran`,
};

interface Files {
  readonly live: string;
  readonly side: string;
  readonly old: string;
}

/** Through a symbolic link SQLite works beside the real file; so does the engine. */
async function filesOf(target: TargetConfig): Promise<Pick<Files, "live">>;
async function filesOf(target: TargetConfig, names: SideNames): Promise<Files>;
async function filesOf(target: TargetConfig, names?: SideNames) {
  invariant(target.engine === "sqlite", "a SQLite target");
  const live = await realpath(target.berkas);
  return names ? { live, side: `${live}.${names.side}`, old: `${live}.${names.old}` } : { live };
}

async function inspect(target: TargetConfig): Promise<TargetFacts> {
  const { live } = await filesOf(target);
  const file = await stat(live);
  if (!file.isFile()) throw new AppError("ENGINE_UNSUPPORTED", "target is not a regular file");
  const read = (db: DatabaseSync) => {
    const schema = db.prepare("PRAGMA schema_version").get();
    const pages = db.prepare("PRAGMA page_count").get();
    invariant(schema && pages, "a database answers its pragmas");
    return db.prepare("PRAGMA application_id").get()?.application_id;
  };
  const hold = holds.get(live);
  let application: unknown;
  if (hold) application = read(hold.incoming ?? hold.former);
  else {
    const db = openSqlite(live, "immutable");
    try {
      application = read(db);
    } finally {
      db.close();
    }
  }
  const log = await stat(`${live}-wal`).catch(() => null);
  const space = await statfs(dirname(live));
  return {
    identity: `${file.dev}:${file.ino}:${application}`,
    serverVersion: process.versions.sqlite ?? "unknown",
    toolVersion: process.versions.sqlite ?? "unknown",
    estimatedBytes: file.size + (log?.size ?? 0),
    freeBytes: space.bavail * space.bsize,
  };
}

/**
 * A copy in a private folder, and not a stream of the live file: with a rollback journal streaming
 * would lock writers out for as long as the vault takes, in WAL mode the file alone is not the
 * database. The copy also is what is checked and digested, so the digest is of the very bytes sent.
 */
async function dump(target: TargetConfig, fd: number, io: EngineIo) {
  const { live } = await filesOf(target);
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
    return {
      content,
      recreate: { format: "sqlite-file" },
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

async function reading<Result>(
  { live, side, old }: Files,
  copy: Copy,
  act: (db: DatabaseSync) => Promise<Result>,
): Promise<Result> {
  if (copy === "live") return readingLive(live, act);
  const hold = holds.get(live);
  if (copy === "old" && hold?.incoming) return act(hold.former);
  const db = openSqlite(copy === "side" ? side : old, "immutable");
  try {
    return await act(db);
  } finally {
    db.close();
  }
}

async function readingLive<Result>(
  live: string,
  act: (db: DatabaseSync) => Promise<Result>,
): Promise<Result> {
  const hold = holds.get(live);
  return hold ? act(hold.incoming ?? hold.former) : readingSqlite(live, act);
}

/**
 * What the files say. `link` then `rename` is one atomic step for users: the live name always
 * leads to a whole database. After `link` alone both names lead to the same, former one.
 */
async function stateOf({ live, old }: Files): Promise<"before" | "after" | "between"> {
  const kept = await stat(old).catch(() => null);
  if (kept === null) return "before";
  const present = await stat(live);
  return kept.ino === present.ino && kept.dev === present.dev ? "between" : "after";
}

async function undoLink(files: Files): Promise<void> {
  if ((await stateOf(files)) === "between") await rm(files.old);
}

async function writeFrom(fd: number, path: string, io: EngineIo): Promise<void> {
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

async function assertWhole(path: string, code: ErrorCode, io: EngineIo): Promise<void> {
  const ended = await io.host.run([process.execPath, "--no-warnings", INTEGRITY_PROGRAM, path], {
    signal: io.signal,
    timeoutMs: STREAM_TIMEOUT_MS,
  });
  if (ended.code !== 0) throw new AppError(code, "SQLite finds the database damaged");
}

async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await removeCompanions(path);
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

/** Whatever fails leaves the engine as one of its own errors. */
async function wrapped<Result>(code: ErrorCode, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError(code, "SQLite target failed", { cause: error });
  }
}
