/**
 * The data folder of a whole server and the copies beside it, `<folder>.r_…` and `<folder>.o_…`: what
 * lies there, and the renames that swap them. Never a copy over the only copy: names change, bytes do
 * not.
 */
import { basename, dirname } from "node:path/posix";
import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { Completed, RunOptions } from "../process/host.ts";
import type { Copy, EngineIo, SideNames } from "./engine.ts";

/** Removing or measuring a folder takes as long as it is large. */
const FOLDER_TIMEOUT_MS = 6 * 60 * 60 * 1000;
const COPY_NAME = /^[ro]_[A-Za-z0-9_-]+$/;

export type FolderIo = Pick<EngineIo, "host" | "signal">;

export function foldersOf(folder: string, names: SideNames): Readonly<Record<Copy, string>> {
  const live = folder.replace(/\/+$/, "");
  return { live, side: `${live}.${names.side}`, old: `${live}.${names.old}` };
}

/** Whether there is a folder with anything in it. An empty one holds no server. */
export async function isFilled(folder: string, io: FolderIo): Promise<boolean> {
  const argv = ["find", folder, "-mindepth", "1", "-maxdepth", "1", "-printf", "x", "-quit"];
  const { stdout, stderr, code } = await english(io, argv);
  if (code === 0) return stdout !== "";
  if (code !== null && /No such file/.test(stderr)) return false;
  throw new AppError("ENGINE_CONNECT", "the data folder cannot be read");
}

export interface Filled {
  readonly live: boolean;
  readonly side: boolean;
  readonly old: boolean;
}

export async function filledOf(folder: string, names: SideNames, io: FolderIo): Promise<Filled> {
  const { live, side, old } = foldersOf(folder, names);
  return {
    live: await isFilled(live, io),
    side: await isFilled(side, io),
    old: await isFilled(old, io),
  };
}

/** What the names say of a swap. */
export function stateOf(filled: Filled, names: SideNames): "before" | "after" | "between" {
  if (names.liveWasAbsent) return filled.live && !filled.side ? "after" : "before";
  if (!filled.old) return "before";
  return filled.live && !filled.side ? "after" : "between";
}

/** Atomic each; the folder that holds the name is synced. */
export async function move(from: string, to: string, io: FolderIo): Promise<void> {
  await must(io, "ENGINE_SWAP_FAILED", ["mv", "-T", "--", from, to]);
  await must(io, "ENGINE_SWAP_FAILED", ["sync", "--", dirname(to)]);
}

export async function remove(folder: string, io: FolderIo): Promise<void> {
  await must(io, "ENGINE_CONNECT", ["rm", "-rf", "--one-file-system", "--", folder]);
}

/** An empty folder of that name is in the way of a rename, and nothing is lost with it. */
export async function removeEmpty(folder: string, io: FolderIo): Promise<void> {
  await must(io, "ENGINE_SWAP_FAILED", ["find", folder, "-maxdepth", "0", "-empty", "-delete"]);
}

export async function makeFolder(folder: string, owner: Owner, io: FolderIo): Promise<void> {
  const ids = owner.isSelf ? [] : ["-o", owner.uid, "-g", owner.gid];
  await must(io, "ENGINE_LOAD_FAILED", ["install", "-d", "-m", "700", ...ids, "--", folder]);
}

/** Names of side and kept copies that lie beside the folder. */
export async function copiesBeside(folder: string, io: FolderIo): Promise<string[]> {
  const live = folder.replace(/\/+$/, "");
  const argv = ["find", dirname(live), "-maxdepth", "1", "-type", "d", "-printf", "%f\\0"];
  const found = (await must(io, "ENGINE_CONNECT", argv)).split("\0");
  const prefix = `${basename(live)}.`;
  return found
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((name) => COPY_NAME.test(name))
    .sort();
}

/**
 * Refuses what cannot be swapped by renaming: a link, a mount point, a folder whose data lie partly
 * elsewhere. Judges the empty place where nothing is live.
 */
export async function assertSwappable(folder: string, io: FolderIo): Promise<void> {
  const live = folder.replace(/\/+$/, "");
  const parent = await placeOf(dirname(live), io);
  if (parent === null) throw new AppError("ENGINE_CONNECT", "the folder above is not there");
  await must(io, "ENGINE_CONNECT", ["test", "-w", dirname(live)]);
  const place = await placeOf(live, io);
  if (place === null) return;
  if (place.type !== "d" || place.device !== parent.device) {
    throw new AppError("ENGINE_UNSUPPORTED", "a link or a mount point cannot be swapped", {
      detail: { type: place.type },
    });
  }
  const argv = ["find", live, "(", "-type", "l", "-o", "-not", "-type", "d", "-links", "+1", ")"];
  // A link or a tablespace that leads elsewhere would be shared by both copies.
  const links = await must(io, "ENGINE_CONNECT", [...argv, "-print", "-quit"]);
  if (links !== "") throw new AppError("ENGINE_UNSUPPORTED", "data lie outside of the folder");
}

async function placeOf(path: string, io: FolderIo) {
  const { stdout, code } = await english(io, ["find", path, "-maxdepth", "0", "-printf", "%y %D"]);
  const [type = "", device = ""] = stdout.split(" ");
  return code === 0 ? { type, device } : null;
}

/** Free bytes where the copies would lie. */
export async function freeBytesBeside(folder: string, io: FolderIo): Promise<number | null> {
  const argv = ["df", "-B1", "--output=avail", "--", dirname(folder.replace(/\/+$/, ""))];
  const { stdout, code } = await english(io, argv);
  const bytes = Number.parseInt(stdout.split("\n")[1] ?? "", 10);
  return code === 0 && Number.isFinite(bytes) ? bytes : null;
}

export interface Owner {
  readonly uid: string;
  readonly gid: string;
  /** The agent's own account at that place. */
  readonly isSelf: boolean;
}

/** stdout of a tool that must end well. Its words never reach an error: they hold names. */
export async function must(
  io: FolderIo,
  code: ErrorCode,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const ended = await english(io, argv, options);
  if (ended.code !== 0) {
    if (io.signal.aborted) throw new AppError("JOB_CANCELLED", `${argv[0]} was called off`);
    throw new AppError(code, `${argv[0]} failed`, { detail: { tool: argv[0], code: ended.code } });
  }
  return ended.stdout;
}

export function english(
  io: FolderIo,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Completed> {
  return io.host.run(argv, {
    signal: io.signal,
    timeoutMs: FOLDER_TIMEOUT_MS,
    ...options,
    env: { LC_ALL: "C", ...options.env },
  });
}
