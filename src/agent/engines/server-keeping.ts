/**
 * How a whole server is kept from its users, swapped and given back: the same steps for every kind of
 * server.
 *
 * Keeping users out means that the service is stopped and the agent itself runs the server over the
 * same data folder, on a socket in a folder of its own (0700, no network). It is a full server, so the
 * safety backup, the digest and the comparison work as before, but nobody else finds it. It dies with
 * the agent; after a crash the folder lies still until `reopen` starts the service.
 *
 *   quiesce   stop the service, run it privately
 *   swap      stop it cleanly, live → old, side → live, run the new live one privately
 *   rollback  stop it cleanly, live → side, old → live, run that privately
 *   reopen    stop it cleanly, start the service, wait until it answers
 */
import { setTimeout as delay } from "node:timers/promises";
import { AppError, isAppError } from "#domain/errors.ts";
import type { Copy, EngineIo, SideNames } from "./engine.ts";
import {
  english,
  filledOf,
  foldersOf,
  isFilled,
  move,
  remove,
  removeEmpty,
  stateOf,
} from "./server-folder.ts";

/** A server that the agent runs over one data folder, for itself alone. */
export interface PrivateServer {
  /** Folder of its socket. */
  readonly socket: string;
  isOver(): boolean;
  /** Ends it as it should be ended: everything is on disk afterwards. Idempotent. */
  stop(): Promise<void>;
}

/**
 * `live`: as in earnest, so that it can be backed up; `swapped`: it was just put in the live place;
 * `copy`: beside the live server, which must not notice it.
 */
export type RunAs = "live" | "swapped" | "copy";

/** What differs between kinds of servers. */
export interface Keeping {
  /** Of the config: folders of two hosts may have one name. */
  readonly alias: string;
  readonly folder: string;
  readonly service: { readonly hentikan: readonly string[]; readonly mulai: readonly string[] };
  /** Starts a private server. Resolves when it answers. */
  run(folder: string, as: RunAs, io: EngineIo): Promise<PrivateServer>;
  /** Whether the service answers its users. */
  isUp(io: EngineIo): Promise<boolean>;
}

const SERVICE_TIMEOUT_MS = 10 * 60 * 1000;
const ANSWER_MS_MAX = 10 * 60 * 1000;
const LOOK_EVERY_MS = 100;
/** What a killed server leaves running lets go of the data folder a moment later. */
const REMAINS_MS_MAX = 60_000;

/** What was begun with a server must be ended although the work was called off. */
const NEVER = new AbortController().signal;

/** Private servers over live folders, by target: from quiesce to reopen. */
const kept = new Map<string, PrivateServer>();

/** The private server over the live folder, if users are kept out now. */
export function keptServer(keeping: Keeping): PrivateServer | null {
  const server = kept.get(keyOf(keeping));
  if (server?.isOver()) kept.delete(keyOf(keeping));
  return kept.get(keyOf(keeping)) ?? null;
}

function keyOf({ alias, folder }: Keeping): string {
  return `${alias}\0${folder}`;
}

export async function quiesce(keeping: Keeping, io: EngineIo): Promise<void> {
  if (keptServer(keeping) !== null) return;
  await stopService(keeping, io);
  if (await isFilled(keeping.folder, io)) await keep(keeping, "live", io);
}

export async function reopen(keeping: Keeping, names: SideNames, given: EngineIo): Promise<void> {
  const io = { ...given, signal: NEVER };
  await stopKept(keeping);
  const { live, old } = foldersOf(keeping.folder, names);
  await remove(socketFolder(live), io);
  // Of an agent that was killed while it read the kept copy.
  await remove(socketFolder(old), io);
  if (!(await isFilled(keeping.folder, io))) return;
  if (await keeping.isUp(io)) return;
  const deadline = performance.now() + ANSWER_MS_MAX;
  const giveUp = performance.now() + REMAINS_MS_MAX;
  for (;;) {
    const { code } = await english(io, keeping.service.mulai, { timeoutMs: SERVICE_TIMEOUT_MS });
    while (code === 0 && performance.now() < deadline) {
      if (await keeping.isUp(io)) return;
      await delay(LOOK_EVERY_MS);
    }
    if (await keeping.isUp(io)) return;
    if (performance.now() > giveUp) {
      throw new AppError("ENGINE_CONNECT", "the service does not answer after its start", {
        detail: { code },
      });
    }
    await delay(LOOK_EVERY_MS);
  }
}

export async function swap(keeping: Keeping, names: SideNames, io: EngineIo): Promise<void> {
  const { live, side, old } = foldersOf(keeping.folder, names);
  const filled = await filledOf(live, names, io);
  if (stateOf(filled, names) !== "after") {
    if (!filled.side) throw new AppError("ENGINE_SWAP_FAILED", "there is no side copy to swap in");
    if (filled.live && (names.liveWasAbsent || filled.old)) {
      throw new AppError("ENGINE_BUSY", "the place of the live data is taken");
    }
    if (!filled.live && !names.liveWasAbsent && !filled.old) {
      throw new AppError("ENGINE_SWAP_FAILED", "the live data are gone");
    }
    await stopKept(keeping);
    await stopService(keeping, io);
    if (filled.live) await move(live, old, io);
    try {
      if (!(await isAway(live, io))) await removeEmpty(live, io);
      await move(side, live, io);
      await keep(keeping, "swapped", { ...io, signal: NEVER });
    } catch (error) {
      await rollback(keeping, names, io);
      throw new AppError("ENGINE_SWAP_FAILED", "the folders could not be swapped", {
        cause: error,
      });
    }
  } else {
    await keepWhereStill(keeping, io);
  }
}

export async function swapState(keeping: Keeping, names: SideNames, io: EngineIo) {
  return stateOf(await filledOf(keeping.folder, names, io), names);
}

export async function rollback(keeping: Keeping, names: SideNames, given: EngineIo): Promise<void> {
  const io = { ...given, signal: NEVER };
  const { live, side, old } = foldersOf(keeping.folder, names);
  const filled = await filledOf(live, names, io);
  if (names.liveWasAbsent ? stateOf(filled, names) !== "after" : !filled.old) {
    // A crash right behind the renames leaves it lying still; it has to be read before it is opened.
    if (!names.liveWasAbsent && filled.live) await keepWhereStill(keeping, io);
    return;
  }
  await stopKept(keeping);
  await stopService(keeping, io);
  if (filled.live) {
    // By way of the side name the live one is never half removed.
    await remove(side, io);
    await move(live, side, io);
  }
  if (!names.liveWasAbsent) {
    if (!(await isAway(live, io))) await removeEmpty(live, io);
    await move(old, live, io);
  }
  await remove(side, io);
  if (!names.liveWasAbsent) await keep(keeping, "swapped", io);
}

export async function dropSide(keeping: Keeping, names: SideNames, io: EngineIo): Promise<void> {
  const { side } = foldersOf(keeping.folder, names);
  await remove(side, io);
  await remove(socketFolder(side), io);
}

/** The kept copy goes by way of the side name: one that is half removed is never taken for whole. */
export async function dropOld(keeping: Keeping, names: SideNames, io: EngineIo): Promise<void> {
  const { live, side, old } = foldersOf(keeping.folder, names);
  const filled = await filledOf(live, names, io);
  if (filled.old || filled.side) {
    if (!filled.live) throw new AppError("ENGINE_SWAP_FAILED", "it is the only copy there is");
    // Half removed by an agent that was killed, it has the side name already.
    await remove(side, io);
    if (filled.old) await move(old, side, io);
    await remove(side, io);
  }
  await remove(socketFolder(old), io);
}

/**
 * Acts on a copy by the server that has it: `null` stands for the service itself, reached as its
 * users reach it. For side and kept copy a private server is run meanwhile.
 */
export async function withCopy<Result>(
  keeping: Keeping,
  copy: Copy,
  names: SideNames,
  io: EngineIo,
  act: (socket: string | null) => Promise<Result>,
): Promise<Result> {
  if (copy === "live") return await act(keptServer(keeping)?.socket ?? null);
  const folder = foldersOf(keeping.folder, names)[copy];
  if (!(await isFilled(folder, io))) throw new AppError("ENGINE_CONNECT", "there is no such copy");
  return await withServerOver(keeping, folder, io, act);
}

/** Runs a private server over the folder of a copy as long as something is done there. */
export async function withServerOver<Result>(
  keeping: Keeping,
  folder: string,
  io: EngineIo,
  act: (socket: string) => Promise<Result>,
): Promise<Result> {
  const server = await keeping.run(folder, "copy", io);
  try {
    return await act(server.socket);
  } finally {
    await server.stop();
    await remove(server.socket, { ...io, signal: NEVER });
  }
}

/** Where the socket of a private server over that folder lies. */
export function socketFolder(folder: string): string {
  return `${folder.replace(/\/+$/, "")}.pulih`;
}

async function keep(keeping: Keeping, as: RunAs, io: EngineIo): Promise<void> {
  const giveUp = performance.now() + REMAINS_MS_MAX;
  for (;;) {
    try {
      kept.set(keyOf(keeping), await keeping.run(keeping.folder, as, io));
      return;
    } catch (error) {
      const mayPass = isAppError(error) && error.code === "ENGINE_CONNECT";
      if (!mayPass || performance.now() > giveUp) throw error;
      await delay(LOOK_EVERY_MS);
    }
  }
}

/** Runs privately what was swapped in, where nothing runs it. */
async function keepWhereStill(keeping: Keeping, io: EngineIo): Promise<void> {
  const isStill = keptServer(keeping) === null && !(await keeping.isUp(io));
  if (isStill) await keep(keeping, "swapped", io);
}

async function stopKept(keeping: Keeping): Promise<void> {
  await keptServer(keeping)?.stop();
  kept.delete(keyOf(keeping));
}

/** ENGINE_BUSY where it still answers. What stopping says is of no interest: it may be stopped. */
async function stopService(keeping: Keeping, io: EngineIo): Promise<void> {
  await english(io, keeping.service.hentikan, { timeoutMs: SERVICE_TIMEOUT_MS });
  if (await keeping.isUp(io)) throw new AppError("ENGINE_BUSY", "the service cannot be stopped");
}

async function isAway(folder: string, io: EngineIo): Promise<boolean> {
  return (await english(io, ["test", "-e", folder])).code !== 0;
}
