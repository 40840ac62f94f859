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
import { access, chmod, chown, constants, readdir, stat, statfs } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { AppError, type ErrorCode, invariant, isAppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { TargetConfig } from "../config.ts";
import { syncDirectory } from "../journal/write-durably.ts";
import type { Engine, EngineIo, TargetFacts, UnitChange } from "./engine.ts";
import { isDamage, openSqlite } from "./sqlite-connection.ts";
import { digestSqlite, SQLITE_DIGEST } from "./sqlite-digest.ts";
import { dumpSqlite, writeFrom } from "./sqlite-dump.ts";
import { filesOf, liveFileOf, removeFile, stateOf, statIfThere } from "./sqlite-files.ts";
import { heldLive, reading } from "./sqlite-hold.ts";
import { asArguments, assertWhole, runProgram } from "./sqlite-run.ts";
import { keepOut, letIn, swapFiles, swapFilesBack } from "./sqlite-swap.ts";

export const sqlite: Engine = {
  id: "sqlite",
  inspect: (target) => wrapped("ENGINE_CONNECT", () => inspect(target)),
  dump: (target, fd, io) => wrapped("ENGINE_DUMP_FAILED", () => dumpSqlite(target, fd, io)),

  preflight: (target, manifest, io) =>
    wrapped("ENGINE_CONNECT", () => preflight(target, manifest, io)),

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
        const { uid, gid, mode } = await ownerOf(live, manifest);
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
    wrapped("ENGINE_CONNECT", async () => keepOut(await liveFileOf(target), io.signal)),
  reopen: (target, names) =>
    wrapped("ENGINE_CONNECT", async () => letIn(await filesOf(target, names))),
  swap: (target, names, io) =>
    wrapped("ENGINE_SWAP_FAILED", async () => swapFiles(await filesOf(target, names), io.signal)),
  swapState: async (target, names) =>
    wrapped("ENGINE_CONNECT", async () => stateOf(await filesOf(target, names))),
  rollback: (target, names, io) =>
    wrapped("ENGINE_SWAP_FAILED", async () =>
      swapFilesBack(await filesOf(target, names), io.signal),
    ),

  dropSide: (target, names) =>
    wrapped("ENGINE_CONNECT", async () => {
      const { side } = await filesOf(target, names);
      await removeFile(side);
    }),

  presence: (target) =>
    wrapped("ENGINE_CONNECT", async () => {
      return (await statIfThere(await liveFileOf(target))) === null ? "absent" : "present";
    }),

  compare: (target, names, io) =>
    wrapped("ENGINE_CONNECT", async () => {
      const { live, side } = await filesOf(target, names);
      const { code, stdout } = await runProgram(["compare", live, side], io);
      if (code !== 0) throw new AppError("ENGINE_CONNECT", "the copies cannot be compared");
      const lines = stdout.split("\n").filter((line) => line !== "");
      return lines.map((line) => JSON.parse(line) as UnitChange);
    }),

  checkPhysically: (target, copy, names, io) =>
    wrapped("ENGINE_CONNECT", async () => {
      const { code } = await runProgram(
        ["sound", ...asArguments(await filesOf(target, names), copy)],
        io,
      );
      if (code === 1) throw new AppError("ENGINE_DAMAGED", "SQLite finds damage");
      if (code !== 0) throw new AppError("ENGINE_CONNECT", "the copy cannot be checked");
      return true;
    }),

  answer: (target, copy, names, statement, io) =>
    wrapped("ENGINE_CONNECT", async () => {
      const argv = ["answer", ...asArguments(await filesOf(target, names), copy)];
      const { code, stdout } = await runProgram(argv, io, statement);
      if (code === 1) throw new AppError("ENGINE_ANSWER", "the statement has no answer");
      if (code !== 0) throw new AppError("ENGINE_CONNECT", "the copy cannot be asked");
      return stdout;
    }),

  dropOld: (target, names) =>
    wrapped("ENGINE_CONNECT", async () => {
      const { live, old } = await filesOf(target, names);
      await removeFile(old);
      await syncDirectory(dirname(live));
    }),

  leftovers: (target) =>
    wrapped("ENGINE_CONNECT", async () => {
      const live = await liveFileOf(target);
      const prefix = `${basename(live)}.`;
      return (await readdir(dirname(live)))
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length))
        .filter((name) => /^[ro]_[0-9a-f]{10}$/.test(name));
    }),

  keptAs: (_target, names) => `salinan berakhiran .${names.old} di samping berkas sasaran`,
};

async function preflight(
  target: TargetConfig,
  manifest: Manifest,
  io: EngineIo,
): Promise<TargetFacts> {
  const live = await liveFileOf(target);
  const present = await statIfThere(live);
  const facts = present ? await sqlite.inspect(target, io) : await emptyFacts(live);
  if (manifest.content.algorithm !== SQLITE_DIGEST) {
    throw new AppError("ENGINE_VERSION", "backup has a digest this agent does not compute");
  }
  // Another name of the file would keep the old content.
  if (present && present.nlink > 1) {
    throw new AppError("ENGINE_UNSUPPORTED", "the database file has several hard links");
  }
  await access(dirname(live), constants.W_OK);
  if (facts.freeBytes !== null && facts.freeBytes < manifest.receipt.bytes * 1.1) {
    throw new AppError("ENGINE_SPACE", "no room for the side copy");
  }
  return facts;
}

async function emptyFacts(live: string): Promise<TargetFacts> {
  const version = process.versions.sqlite ?? "unknown";
  const { bavail, bsize } = await statfs(dirname(live));
  return {
    identity: "absent",
    serverVersion: version,
    toolVersion: version,
    estimatedBytes: 0,
    freeBytes: bavail * bsize,
  };
}

/** As of what is live; where nothing is, as of what was backed up. */
async function ownerOf(live: string, { recreate }: Manifest) {
  const present = await statIfThere(live);
  if (present) return present;
  const folder = await stat(dirname(live));
  const number = (key: string, otherwise: number) => Number(recreate[key] ?? otherwise);
  return {
    uid: number("uid", folder.uid),
    gid: number("gid", folder.gid),
    mode: number("mode", 0o600),
  };
}

async function inspect(target: TargetConfig): Promise<TargetFacts> {
  const live = await liveFileOf(target);
  const file = await stat(live);
  if (!file.isFile()) throw new AppError("ENGINE_UNSUPPORTED", "target is not a regular file");
  const read = (db: DatabaseSync) => {
    const schema = db.prepare("PRAGMA schema_version").get();
    const pages = db.prepare("PRAGMA page_count").get();
    invariant(schema && pages, "a database answers its pragmas");
    return db.prepare("PRAGMA application_id").get()?.application_id;
  };
  const held = heldLive(live);
  let application: unknown;
  if (held) application = read(held);
  else {
    const db = openSqlite(live, "immutable");
    try {
      application = read(db);
    } catch (error) {
      throw isDamage(error)
        ? new AppError("ENGINE_LIVE_DAMAGED", "the live file is no whole database")
        : error;
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

/** Whatever fails leaves the engine as one of its own errors. */
async function wrapped<Result>(code: ErrorCode, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError(code, "SQLite target failed", { cause: error });
  }
}
