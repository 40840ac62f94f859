import { dirname } from "node:path/posix";
import { AppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { EngineIo, TargetFacts } from "../engine.ts";
import { type Disk, disksOf } from "./disks.ts";
import { freeBytes, inspect, toolsOf } from "./inspect.ts";
import { assertNothingElse } from "./outside.ts";
import { imagesOf, planFor } from "./place.ts";
import { type StoredDisk, storedIn } from "./recreate.ts";
import { VM_DIGEST } from "./source.ts";
import { must } from "./tools.ts";
import { mustVirsh, readDomain, readStoredDefinition, type VmTarget } from "./virsh.ts";
import { childOf, textOf } from "./xml.ts";

export async function preflight(
  target: VmTarget,
  manifest: Manifest,
  io: EngineIo,
): Promise<TargetFacts> {
  const stored = storedIn(manifest);
  if (manifest.content.algorithm !== VM_DIGEST) {
    throw new AppError("ENGINE_VERSION", "backup has a digest this agent does not compute");
  }
  const domain = await readDomain(target, io);
  const definition = domain?.definition ?? (await planFor(target, stored, io));
  const disks = disksOf(definition);
  assertNothingElse(target, definition);
  assertSameDisks(disks, stored.disks);
  const images = await imagesOf(disks, io);
  if (domain === null && images === "all") {
    throw new AppError("ENGINE_UNSUPPORTED", "images lie where the lost domain's would be put");
  }
  if (domain !== null) await assertSwappable(target, disks, io);
  const facts =
    images === "all" ? await inspect(target, io) : await factsOfPlace(target, definition, io);
  await assertRoom(disks, stored.disks, io);
  return facts;
}

/** Disks that came or went since the backup have no counterpart in it. */
function assertSameDisks(disks: readonly Disk[], stored: readonly StoredDisk[]): void {
  const names = (list: readonly { readonly name: string }[]) =>
    list
      .map((one) => one.name)
      .sort()
      .join(" ");
  if (names(disks) !== names(stored)) {
    throw new AppError("ENGINE_UNSUPPORTED", "the domain has other disks than its backup", {
      detail: { now: names(disks), backup: names(stored) },
    });
  }
}

async function assertSwappable(
  target: VmTarget,
  disks: readonly Disk[],
  io: EngineIo,
): Promise<void> {
  const facts = await mustVirsh(target, io, "ENGINE_CONNECT", [
    ...["dominfo", "--domain", target.domain],
  ]);
  if (!/^Persistent:\s+yes/m.test(facts)) {
    throw new AppError("ENGINE_UNSUPPORTED", "the domain is gone as soon as it stops");
  }
  // Its memory would go on with disks that are no longer those it knew.
  if (/^Managed save:\s+yes/m.test(facts)) {
    throw new AppError("ENGINE_UNSUPPORTED", "the domain has a saved memory state");
  }
  const next = disksOf(await readStoredDefinition(target, io));
  const paths = (list: readonly Disk[]) => list.map((disk) => `${disk.name} ${disk.path}`).join();
  if (paths(next) !== paths(disks)) {
    throw new AppError("ENGINE_UNSUPPORTED", "the domain would start with other images than now");
  }
}

async function factsOfPlace(
  target: VmTarget,
  definition: Parameters<typeof disksOf>[0],
  io: EngineIo,
): Promise<TargetFacts> {
  const tools = await toolsOf(target, io);
  const folders = [...new Set(disksOf(definition).map(({ path }) => dirname(path)))];
  for (const folder of folders) {
    await must(io, "ENGINE_UNSUPPORTED", ["test", "-d", folder, "-a", "-w", folder]);
  }
  return {
    identity: textOf(childOf(definition, "uuid")),
    serverVersion: tools.qemu,
    toolVersion: `${tools.libvirt}, ${tools.nbdcopy}`,
    estimatedBytes: 0,
    freeBytes: await freeBytes(folders, io),
  };
}

async function assertRoom(
  disks: readonly Disk[],
  stored: readonly StoredDisk[],
  io: EngineIo,
): Promise<void> {
  const needed = new Map<string, number>();
  for (const { name, path } of disks) {
    const { allocated = 0 } = stored.find((one) => one.name === name) ?? {};
    const folder = dirname(path);
    needed.set(folder, (needed.get(folder) ?? 0) + allocated * 1.1);
  }
  for (const [folder, bytes] of needed) {
    const free = await freeBytes([folder], io);
    if (free !== null && free < bytes) {
      throw new AppError("ENGINE_SPACE", "no room for the side copy");
    }
  }
}
