import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "#domain/errors.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import { attributesOf, NOTE_SPACE, noteIn } from "./place.ts";
import { isRunning, mustVirsh, readDomain, refused, type VmTarget, virsh } from "./virsh.ts";
import { element, writeXml } from "./xml.ts";

const LOOK_EVERY_MS = 500;

/** Shuts the domain down, and remembers in its definition that it ran. */
export async function quiesce(target: VmTarget, names: SideNames, io: EngineIo): Promise<void> {
  const domain = await readDomain(target, io);
  if (domain === null || !domain.isActive) return;
  const before = noteIn(domain.definition);
  const registered = before?.by === names.side && before.registered;
  const note = attributesOf({ by: names.side, start: true, registered, withHost: false });
  await mustVirsh(target, io, "ENGINE_BUSY", [
    ...["metadata", "--domain", target.domain, "--uri", NOTE_SPACE, "--key", "pulih", "--config"],
    ...["--set", writeXml(element("note", note))],
  ]);
  await stop(target, io);
}

/** Starts the domain where this restore stopped it, or where it ran when the backup was made. */
export async function reopen(target: VmTarget, names: SideNames, io: EngineIo): Promise<void> {
  const domain = await readDomain(target, io);
  if (domain === null) return;
  const note = noteIn(domain.definition);
  if (note === null || note.by !== names.side) return;
  if (note.start && !domain.isActive) {
    // A saved memory state would go on with disks that are no longer those it knew.
    const started = await virsh(target, io, ["start", "--force-boot", "--domain", target.domain]);
    if (started.code !== 0) {
      // Another one may have started it in this moment.
      if (!(await isRunning(target, io))) throw refused("ENGINE_CONNECT", "start", started);
    }
  }
  // The note of a domain that the restore registered is what a later rollback goes by.
  if (note.registered) return;
  await mustVirsh(target, io, "ENGINE_CONNECT", [
    ...["metadata", "--domain", target.domain, "--uri", NOTE_SPACE, "--config", "--remove"],
  ]);
}

/** First as the power button would, which the guest may take its time for; then as pulling the plug. */
export async function stop(target: VmTarget, io: EngineIo): Promise<void> {
  const asked = await virsh(target, io, ["shutdown", "--domain", target.domain]);
  if (asked.code !== 0) io.log("domain did not take the request to shut down");
  const deadline = performance.now() + target.batasMatiDetik * 1000;
  while (await isRunning(target, io)) {
    if (performance.now() > deadline) {
      io.log("domain did not shut down in time and was switched off");
      await virsh(target, io, ["destroy", "--domain", target.domain]);
      if (!(await isRunning(target, io))) return;
      throw new AppError("ENGINE_BUSY", "the domain cannot be switched off");
    }
    await delay(LOOK_EVERY_MS, undefined, { signal: io.signal });
  }
}
