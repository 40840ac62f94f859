/**
 * The swap renames images of a domain that is off: each live one gets the kept name, each side one
 * the live name. Its definition stays, so whatever knows its paths goes on to. A domain that was lost
 * gets its images where nothing lies, and then is registered.
 *
 * A crash between two renames leaves names that tell how far it came; `rollback` goes by them.
 */
import { dirname } from "node:path/posix";
import { AppError } from "#domain/errors.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import { nvramPath, restoredNvram } from "./outside.ts";
import {
  type DiskState,
  noteIn,
  type Place,
  placeOf,
  planPaths,
  statesOf,
  writePlan,
} from "./place.ts";
import { stop } from "./power.ts";
import { must } from "./tools.ts";
import { mustVirsh, readStoredDefinition, type VmTarget, virsh, virshWithXml } from "./virsh.ts";
import { writeXml } from "./xml.ts";

type SwapState = "before" | "after" | "between";

export async function swapState(
  target: VmTarget,
  names: SideNames,
  io: EngineIo,
): Promise<SwapState> {
  const place = await placeOf(target, names, io);
  return stateOf(place, await statesOf(place, names, io), names);
}

function stateOf(place: Place, disks: readonly DiskState[], names: SideNames): SwapState {
  if (names.liveWasAbsent !== true) {
    if (disks.every((disk) => !disk.old)) return "before";
    return disks.every((disk) => disk.live && disk.old && !disk.side) ? "after" : "between";
  }
  const isMoved = disks.length > 0 && disks.every((disk) => disk.live && !disk.side);
  if (place.domain !== null && isMoved) return "after";
  if (disks.every((disk) => !disk.live)) return "before";
  // What lies there without a plan is not of this restore's making.
  const isUnmoved = disks.every((disk) => disk.side) || (place.domain === null && !place.isPlanned);
  return isUnmoved ? "before" : "between";
}

export async function swap(target: VmTarget, names: SideNames, io: EngineIo): Promise<void> {
  const place = await placeOf(target, names, io);
  const disks = await statesOf(place, names, io);
  if (stateOf(place, disks, names) === "after") return;
  if (place.domain?.isActive) throw new AppError("ENGINE_BUSY", "the domain runs");
  const isFilled = names.liveWasAbsent === true && disks.some((disk) => disk.live && disk.side);
  if (isFilled) throw new AppError("ENGINE_BUSY", "images came to lie in the empty place");
  for (const { live, paths } of disks) if (live) await assertUnused(paths.live, io);
  try {
    for (const state of disks) await moveIn(state, io);
    await settle(disks, io);
    if (place.domain === null && place.definition !== null) {
      await virshWithXml(target, io, "define", writeXml(place.definition));
      if (noteIn(place.definition)?.withHost) {
        const args = ["autostart", "--domain", target.domain];
        await mustVirsh(target, io, "ENGINE_SWAP_FAILED", args);
      }
    }
  } catch (error) {
    await rollback(target, names, { ...io, signal: new AbortController().signal });
    throw error;
  }
}

async function moveIn({ paths, live, side, old }: DiskState, io: EngineIo): Promise<void> {
  if (!side) {
    if (live) return;
    throw new AppError("ENGINE_SWAP_FAILED", "the side copy of a disk is gone");
  }
  if (live && old) throw new AppError("ENGINE_SWAP_FAILED", "a disk came back between the renames");
  if (live) await move(paths.live, paths.old, io);
  await move(paths.side, paths.live, io);
}

/** old → live. What was live goes by way of the side name, so that it is never half removed. */
export async function rollback(target: VmTarget, names: SideNames, io: EngineIo): Promise<void> {
  const place = await placeOf(target, names, io);
  const disks = await statesOf(place, names, io);
  if (stateOf(place, disks, names) === "before") return;
  if (place.domain?.isActive) await stop(target, io);
  const note = noteIn(place.definition);
  const isOurs = place.domain !== null && note?.registered === true && note.by === names.side;
  if (isOurs) {
    // Once it is unregistered, the plan alone knows where its images lie.
    await writePlan(target, names, await readStoredDefinition(target, io), io);
  }
  for (const { paths, live, side, old } of disks) {
    const isSwapped = names.liveWasAbsent === true ? live && !side : live && old;
    if (isSwapped) {
      if (side) await remove([paths.side], io);
      await move(paths.live, paths.side, io);
    }
    if (old) await move(paths.old, paths.live, io);
  }
  await settle(disks, io);
  if (!isOurs) return;
  const gone = await virsh(target, io, ["undefine", "--domain", target.domain, "--keep-nvram"]);
  if (gone.code !== 0) {
    await mustVirsh(target, io, "ENGINE_SWAP_FAILED", ["undefine", "--domain", target.domain]);
  }
}

/** Removes the side images and the plan; a registered domain keeps its images and settings. */
export async function dropSide(target: VmTarget, names: SideNames, io: EngineIo): Promise<void> {
  const place = await placeOf(target, names, io);
  const disks = await statesOf(place, names, io);
  const nvram = restoredNvram(target, names);
  const isInUse = place.domain !== null && nvramPath(place.domain.definition) === nvram;
  const others = [...planPaths(target, names), ...(isInUse ? [] : [nvram])];
  await remove([...disks.map(({ paths }) => paths.side), ...others], io);
}

export async function dropOld(target: VmTarget, names: SideNames, io: EngineIo): Promise<void> {
  const place = await placeOf(target, names, io);
  const disks = await statesOf(place, names, io);
  await remove(
    disks.map(({ paths }) => paths.old),
    io,
  );
}

/** qemu-img is refused a file that a process has open to write; as raw, so that no damage counts. */
async function assertUnused(path: string, io: EngineIo): Promise<void> {
  const { code } = await io.host.run(["qemu-img", "info", "-f", "raw", path], {
    signal: io.signal,
  });
  if (code !== 0) throw new AppError("ENGINE_BUSY", "an image is in use");
}

async function move(from: string, to: string, io: EngineIo): Promise<void> {
  await must(io, "ENGINE_SWAP_FAILED", ["mv", "-T", "--", from, to]);
}

export async function remove(paths: readonly string[], io: EngineIo): Promise<void> {
  if (paths.length > 0) await must(io, "ENGINE_CONNECT", ["rm", "-f", "--", ...paths]);
}

async function settle(disks: readonly DiskState[], io: EngineIo): Promise<void> {
  const folders = [...new Set(disks.map(({ paths }) => dirname(paths.live)))];
  if (folders.length > 0) await must(io, "ENGINE_SWAP_FAILED", ["sync", "--", ...folders]);
}
