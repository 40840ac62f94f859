/**
 * A directory tree, here or over SSH, by GNU tar, find and coreutils of its own machine. Side and
 * kept copy lie beside it: `<directory>.r_…` and `<directory>.o_…`.
 *
 * - There is no lock that keeps everybody out of a directory. A dump proves that nothing changed
 *   while it was read; what is written between the safety backup and the swap lies in the kept copy.
 * - The swap is two renames, with a moment between them in which the name leads nowhere. A crash in
 *   that moment is told by the names and undone by `rollback`.
 * - A service that holds files open must be started anew after a restore: its files are the kept ones.
 */
import { basename, dirname } from "node:path/posix";
import { AppError, type ErrorCode, invariant, isAppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { TargetConfig } from "../config.ts";
import type { Completed } from "../process/host.ts";
import { changesBetween } from "./directory-compare.ts";
import { packTree, unpackTree } from "./directory-tar.ts";
import { readTree, stateOfTree, TREE_DIGEST } from "./directory-tree.ts";
import type { DumpReport, Engine, EngineIo, SideNames, TargetFacts } from "./engine.ts";

/** Removing, syncing or measuring a tree takes as long as the tree is large. */
const TREE_TIMEOUT_MS = 6 * 60 * 60 * 1000;
/** Where only the live name is asked about. */
const NO_COPIES: SideNames = { side: "r_", old: "o_" };

export const directory: Engine = {
  id: "directory",
  inspect: (target, io) => wrapped("ENGINE_CONNECT", () => inspect(target, io)),
  dump: (target, fd, io) => wrapped("ENGINE_DUMP_FAILED", () => dump(target, fd, io)),
  preflight: (target, manifest, io) =>
    wrapped("ENGINE_CONNECT", () => preflight(target, manifest, io)),

  loadSide: (target, names, manifest, fd, io) =>
    wrapped("ENGINE_LOAD_FAILED", async () => {
      const { side } = pathsOf(target, names);
      await remove(side, io);
      try {
        await must(io, "ENGINE_LOAD_FAILED", ["mkdir", "-m", "700", "--", side]);
        await unpackTree(side, fd, io);
        // tar takes an archive that ends between two members for a whole one.
        const { inventory } = await stateOfTree(side, io);
        const isWhole = Object.entries(manifest.content.inventory).every(
          ([kind, count]) => inventory[kind] === count,
        );
        if (!isWhole) throw new AppError("ENGINE_LOAD_FAILED", "the side copy lacks names");
        await must(io, "ENGINE_LOAD_FAILED", ["sync", "-f", "--", side]);
      } catch (error) {
        await remove(side, { ...io, signal: new AbortController().signal });
        throw error;
      }
    }),

  digest: (target, copy, names, io) =>
    wrapped(
      "ENGINE_CONNECT",
      async () => (await readTree(pathsOf(target, names)[copy], io)).content,
    ),

  quiesce: async () => {},
  reopen: async () => {},

  swap: (target, names, io) =>
    wrapped("ENGINE_SWAP_FAILED", async () => {
      const { live, side, old } = pathsOf(target, names);
      const state = await stateOf(target, names, io);
      if (state === "after") return;
      if (names.liveWasAbsent) return fillEmptyPlace(live, side, io);
      if (state === "before") await move(live, old, io);
      try {
        await move(side, live, io);
      } catch (error) {
        await directory.rollback(target, names, { ...io, signal: new AbortController().signal });
        throw error;
      }
      await must(io, "ENGINE_SWAP_FAILED", ["sync", "--", dirname(live)]);
    }),

  swapState: (target, names, io) => wrapped("ENGINE_CONNECT", () => stateOf(target, names, io)),

  rollback: (target, names, io) =>
    wrapped("ENGINE_SWAP_FAILED", async () => {
      const { live, side, old } = pathsOf(target, names);
      if (names.liveWasAbsent) {
        if ((await stateOf(target, names, io)) === "before") return;
        await move(live, side, io);
        await must(io, "ENGINE_SWAP_FAILED", ["sync", "--", dirname(live)]);
        return remove(side, io);
      }
      const present = await presentOf(target, names, io);
      if (!present.old) return;
      if (present.live) {
        // By way of the side name the live one is never half removed.
        await remove(side, io);
        await move(live, side, io);
      }
      await move(old, live, io);
      await must(io, "ENGINE_SWAP_FAILED", ["sync", "--", dirname(live)]);
      if (present.live) await remove(side, io);
    }),

  dropSide: (target, names, io) =>
    wrapped("ENGINE_CONNECT", () => remove(pathsOf(target, names).side, io)),

  presence: (target, io) =>
    wrapped("ENGINE_CONNECT", async () => ((await isLive(target, io)) ? "present" : "absent")),

  compare: (target, names, io) =>
    wrapped("ENGINE_CONNECT", () => {
      const { live, side } = pathsOf(target, names);
      return changesBetween(live, side, io);
    }),

  // A tree has no pages and no indexes: its digest is all there is to check.
  checkPhysically: async () => false,

  answer: async () => {
    throw new AppError("ENGINE_UNSUPPORTED", "a directory takes no statements");
  },

  dropOld: (target, names, io) =>
    wrapped("ENGINE_CONNECT", () => remove(pathsOf(target, names).old, io)),

  leftovers: (target, io) =>
    wrapped("ENGINE_CONNECT", async () => {
      const live = pathOf(target);
      const prefix = `${basename(live)}.`;
      const argv = ["find", dirname(live), "-mindepth", "1", "-maxdepth", "1", "-printf", "%f\\0"];
      return (await must(io, "ENGINE_CONNECT", argv))
        .split("\0")
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length))
        .filter((name) => /^[ro]_[0-9a-f]{10}$/.test(name));
    }),

  keptAs: (_target, names) => `salinan berakhiran .${names.old} di samping direktori sasaran`,
};

function pathOf(target: TargetConfig): string {
  invariant(target.engine === "directory", "a directory target");
  return target.direktori.replace(/\/+$/, "");
}

function pathsOf(target: TargetConfig, names: SideNames) {
  const live = pathOf(target);
  return { live, side: `${live}.${names.side}`, old: `${live}.${names.old}` };
}

async function inspect(target: TargetConfig, io: EngineIo): Promise<TargetFacts> {
  const live = pathOf(target);
  const { type, device, inode } = await place(live, io);
  // A rename would move the link and leave the data.
  if (type !== "d") throw new AppError("ENGINE_UNSUPPORTED", "target is not a directory itself");
  const { tar, find } = await toolsOf(io);
  const used = await english(io, ["du", "-s", "--apparent-size", "-B1", "--", live]);
  return {
    identity: `${device}:${inode}`,
    serverVersion: find,
    toolVersion: tar,
    estimatedBytes: Number.parseInt(used.stdout, 10) || 0,
    freeBytes: await freeBytesAt(live, io),
  };
}

async function toolsOf(io: EngineIo): Promise<{ readonly tar: string; readonly find: string }> {
  const tar = firstLine(await must(io, "ENGINE_TOOL_MISSING", ["tar", "--version"]));
  const find = firstLine(await must(io, "ENGINE_TOOL_MISSING", ["find", "--version"]));
  if (!tar.includes("GNU tar") || !find.includes("GNU findutils")) {
    throw new AppError("ENGINE_VERSION", "GNU tar and GNU find are needed");
  }
  return { tar, find };
}

async function freeBytesAt(path: string, io: EngineIo): Promise<number | null> {
  const free = await english(io, ["df", "-B1", "--output=avail", "--", path]);
  return free.code === 0 ? Number.parseInt(free.stdout.split("\n")[1] ?? "", 10) : null;
}

async function dump(target: TargetConfig, fd: number, io: EngineIo): Promise<DumpReport> {
  const facts = await inspect(target, io);
  const live = pathOf(target);
  io.signal.throwIfAborted();
  const { state, content } = await readTree(live, io);
  assertOneFileSystem(state.devices);
  const bytes = await packTree(live, fd, io);
  const { fingerprint } = await stateOfTree(live, io);
  if (fingerprint !== state.fingerprint) {
    throw new AppError("ENGINE_DUMP_INCOMPLETE", "the tree changed while it was read", {
      detail: { changedWhileRead: true },
    });
  }
  if (bytes === null) throw new AppError("ENGINE_DUMP_FAILED", "tar could not read the whole tree");
  return {
    content,
    recreate: { format: "tar-posix", skippedSpecials: String(state.specials) },
    tools: { tar: facts.toolVersion, find: facts.serverVersion },
    bytes,
  };
}

async function preflight(
  target: TargetConfig,
  manifest: Manifest,
  io: EngineIo,
): Promise<TargetFacts> {
  const live = pathOf(target);
  const isThere = await isLive(target, io);
  const facts = isThere ? await inspect(target, io) : await emptyFacts(live, io);
  if (manifest.content.algorithm !== TREE_DIGEST) {
    throw new AppError("ENGINE_VERSION", "backup has a digest this agent does not compute");
  }
  if (isThere) {
    const parent = await place(dirname(live), io);
    if (live === "" || parent.device !== (await place(live, io)).device) {
      throw new AppError("ENGINE_UNSUPPORTED", "a mount point cannot be swapped by renaming");
    }
    assertOneFileSystem((await stateOfTree(live, io)).devices);
  }
  await must(io, "ENGINE_CONNECT", ["test", "-w", dirname(live)]);
  if (facts.freeBytes !== null && facts.freeBytes < manifest.receipt.bytes * 1.05) {
    throw new AppError("ENGINE_SPACE", "no room for the side copy");
  }
  return facts;
}

/** Where the folder around it is gone too, a disk may only be unmounted: that is no empty place. */
async function isLive(target: TargetConfig, io: EngineIo): Promise<boolean> {
  const live = pathOf(target);
  await place(dirname(live), io);
  return (await presentOf(target, NO_COPIES, io)).live;
}

async function emptyFacts(live: string, io: EngineIo): Promise<TargetFacts> {
  const { tar, find } = await toolsOf(io);
  return {
    identity: "absent",
    serverVersion: find,
    toolVersion: tar,
    estimatedBytes: 0,
    freeBytes: await freeBytesAt(dirname(live), io),
  };
}

/** What is mounted inside the tree would be copied into it, and stay behind at the swap. */
function assertOneFileSystem(devices: number): void {
  if (devices !== 1) throw new AppError("ENGINE_UNSUPPORTED", "the tree spans file systems");
}

async function place(path: string, io: EngineIo) {
  const argv = ["find", path, "-maxdepth", "0", "-printf", "%y %D %i"];
  const [type = "", device = "", inode = ""] = (await must(io, "ENGINE_CONNECT", argv)).split(" ");
  return { type, device, inode };
}

/** Which of the three names are there. */
async function presentOf(target: TargetConfig, names: SideNames, io: EngineIo) {
  const { live, side, old } = pathsOf(target, names);
  const argv = ["find", live, side, old, "-maxdepth", "0", "-printf", "%p\\0"];
  const { stdout, stderr, code } = await english(io, argv);
  const isOnlyAbsence = stderr.split("\n").every((line) => /^$|No such file/.test(line));
  if (code === null || !isOnlyAbsence) {
    throw new AppError("ENGINE_CONNECT", "the target's folder cannot be read");
  }
  const found = new Set(stdout.split("\0"));
  return { live: found.has(live), side: found.has(side), old: found.has(old) };
}

/** With side and old both there, a live one was made by somebody else between the renames. */
async function stateOf(target: TargetConfig, names: SideNames, io: EngineIo) {
  const present = await presentOf(target, names, io);
  if (names.liveWasAbsent) return present.live && !present.side ? "after" : "before";
  if (!present.old) return "before";
  return present.live && !present.side ? "after" : "between";
}

/** One rename. It does not replace a folder that came there meanwhile, not even an empty one. */
async function fillEmptyPlace(live: string, side: string, io: EngineIo): Promise<void> {
  await must(io, "ENGINE_SWAP_FAILED", ["mv", "-T", "--no-clobber", "--", side, live]);
  const { code } = await english(io, ["test", "-e", side]);
  if (code === 0) throw new AppError("ENGINE_BUSY", "the empty place was filled by somebody else");
  await must(io, "ENGINE_SWAP_FAILED", ["sync", "--", dirname(live)]);
}

async function move(from: string, to: string, io: EngineIo): Promise<void> {
  await must(io, "ENGINE_SWAP_FAILED", ["mv", "-T", "--", from, to]);
}

async function remove(path: string, io: EngineIo): Promise<void> {
  await must(io, "ENGINE_CONNECT", ["rm", "-rf", "--one-file-system", "--", path]);
}

/** stdout of a tool that must end well. */
async function must(io: EngineIo, code: ErrorCode, argv: readonly string[]): Promise<string> {
  const ended = await english(io, argv);
  if (ended.code !== 0) {
    throw new AppError(code, `${argv[0]} failed`, { detail: { tool: argv[0], code: ended.code } });
  }
  return ended.stdout;
}

function english(io: EngineIo, argv: readonly string[]): Promise<Completed> {
  return io.host.run(["env", "LC_ALL=C", ...argv], {
    signal: io.signal,
    timeoutMs: TREE_TIMEOUT_MS,
  });
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

/** Whatever fails leaves the engine as one of its own errors. */
async function wrapped<Result>(code: ErrorCode, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError(code, "directory target failed", { cause: error });
  }
}
