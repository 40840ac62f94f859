/**
 * A virtual machine of libvirt with its disks, here or over SSH, by virsh, qemu-nbd, nbdcopy and
 * coreutils of the machine it runs on. Side and kept images lie beside the live ones:
 * `<image>.r_…` and `<image>.o_…`.
 *
 * - The backup is of the disks' bytes as the guest reads them, all disks of one moment; snapshots
 *   inside an image and what lies behind it are flattened into it.
 * - The image of a running domain is never opened: libvirt exports a moment of it.
 * - A restore replaces disks, not the definition: the host's networks, names and devices of today stay.
 *   Only a domain that is gone is registered anew from the backup.
 * - Firmware settings (NVRAM) go with the backup and come back with a domain that is gone, under a
 *   name of their own. A TPM's state is in no backup: such a domain is refused until `tanpaTpm` is set.
 * - Where the room for what a guest overwrites runs out, the backup is given up and the guest goes on.
 * - A domain is down from `quiesce` to `reopen`. Who starts it by hand in between makes the swap
 *   refuse (ENGINE_BUSY).
 */
import { AppError, type ErrorCode, isAppError } from "#domain/errors.ts";
import type { Copy, Engine, EngineIo, SideNames } from "./engine.ts";
import { bootTest } from "./vm/boot.ts";
import { compare } from "./vm/compare.ts";
import { pathsOf } from "./vm/disks.ts";
import { dump } from "./vm/dump.ts";
import { inspect } from "./vm/inspect.ts";
import { leftovers } from "./vm/leftovers.ts";
import { loadSide } from "./vm/load.ts";
import { imagesOf, placeOf } from "./vm/place.ts";
import { atOnePoint } from "./vm/point.ts";
import { quiesce, reopen } from "./vm/power.ts";
import { preflight } from "./vm/preflight.ts";
import { digestOf, sourceOf } from "./vm/source.ts";
import { dropOld, dropSide, rollback, swap, swapState } from "./vm/swap.ts";
import { IMAGE_TIMEOUT_MS } from "./vm/tools.ts";
import { readDomain, type VmTarget, vmTarget } from "./vm/virsh.ts";

const NEVER = new AbortController().signal;

export const vm: Engine = {
  id: "vm",
  inspect: (target, io) => wrapped("ENGINE_CONNECT", () => inspect(vmTarget(target), io)),
  dump: (target, fd, io) => wrapped("ENGINE_DUMP_FAILED", () => dump(vmTarget(target), fd, io)),
  preflight: (target, manifest, io) =>
    wrapped("ENGINE_CONNECT", () => preflight(vmTarget(target), manifest, io)),

  loadSide: (target, names, manifest, fd, io) =>
    wrapped("ENGINE_LOAD_FAILED", async () => {
      const domain = vmTarget(target);
      await dropSide(domain, names, io);
      try {
        await loadSide(domain, names, manifest, fd, io);
      } catch (error) {
        await dropSide(domain, names, { ...io, signal: NEVER });
        throw error;
      }
    }),

  digest: (target, copy, names, io) =>
    wrapped("ENGINE_CONNECT", async () => {
      const domain = vmTarget(target);
      if (copy === "live") {
        return atOnePoint(domain, io, { freeze: false }, ({ sources }) => digestOf(sources, io));
      }
      const { disks } = await placeOf(domain, names, io);
      if (disks.length === 0) throw new AppError("ENGINE_CONNECT", "there is no such copy");
      return digestOf(
        disks.map((disk) => sourceOf(disk, pathsOf(disk, names)[copy])),
        io,
      );
    }),

  quiesce: (target, names, io) =>
    wrapped("ENGINE_BUSY", () => quiesce(vmTarget(target), names, io)),
  reopen: (target, names, io) =>
    wrapped("ENGINE_CONNECT", () => reopen(vmTarget(target), names, io)),
  swap: (target, names, io) =>
    wrapped("ENGINE_SWAP_FAILED", () => swap(vmTarget(target), names, io)),
  swapState: (target, names, io) =>
    wrapped("ENGINE_CONNECT", () => swapState(vmTarget(target), names, io)),
  rollback: (target, names, io) =>
    wrapped("ENGINE_SWAP_FAILED", () => rollback(vmTarget(target), names, io)),
  dropSide: (target, names, io) =>
    wrapped("ENGINE_CONNECT", () => dropSide(vmTarget(target), names, io)),
  dropOld: (target, names, io) =>
    wrapped("ENGINE_CONNECT", () => dropOld(vmTarget(target), names, io)),

  presence: (target, io) =>
    wrapped("ENGINE_CONNECT", async () => {
      const domain = await readDomain(vmTarget(target), io);
      if (domain === null) return "absent";
      const { disks } = await placeOf(vmTarget(target), { side: "none", old: "none" }, io);
      return (await imagesOf(disks, io)) === "all" ? "present" : "absent";
    }),

  compare: (target, names, io) =>
    wrapped("ENGINE_CONNECT", () => compare(vmTarget(target), names, io)),
  checkPhysically: (target, copy, names, io) =>
    wrapped("ENGINE_CONNECT", () => checkPhysically(vmTarget(target), copy, names, io)),

  answer: async () => {
    throw new AppError("ENGINE_UNSUPPORTED", "a virtual machine answers no statements");
  },

  leftovers: (target, io) => wrapped("ENGINE_CONNECT", () => leftovers(vmTarget(target), io)),
  keptAs: (_target, names) => `berkas disk berakhiran .${names.old} di samping disk mesin virtual`,
};

/** The images' own structure, then whether the machine starts from them. */
async function checkPhysically(
  target: VmTarget,
  copy: Copy,
  names: SideNames,
  io: EngineIo,
): Promise<boolean> {
  const { domain, definition, disks } = await placeOf(target, names, io);
  if (definition === null) throw new AppError("ENGINE_CONNECT", "there is no such copy");
  if (copy === "live" && domain?.isActive) {
    // Images that a guest has open cannot be checked; a held moment of them can be started.
    return atOnePoint(target, io, { freeze: false }, ({ sources }) => {
      const folderOf = new Map(disks.map((disk) => [disk.name, pathsOf(disk, names).side]));
      const images = sources.map(({ name, argv: [address = ""] }) => {
        return { name, format: "raw", backing: address, beside: folderOf.get(name) ?? "" };
      });
      return bootTest(target, names, definition, images, io);
    });
  }
  const images = disks.map((disk) => ({ ...disk, path: pathsOf(disk, names)[copy] }));
  for (const { format, path } of images) {
    if (format === "qcow2") await checkImage(path, io);
  }
  const onImages = images.map(({ name, format, path }) => {
    return { name, format, backing: path, beside: path };
  });
  return bootTest(target, names, definition, onImages, io);
}

/** qemu-img: 2 says damage, 3 only that room is wasted. */
async function checkImage(path: string, io: EngineIo): Promise<void> {
  const { code } = await io.host.run(["qemu-img", "check", "-q", "-f", "qcow2", path], {
    signal: io.signal,
    timeoutMs: IMAGE_TIMEOUT_MS,
  });
  if (code === 0 || code === 3) return;
  throw new AppError(code === 2 ? "ENGINE_DAMAGED" : "ENGINE_CONNECT", "image check failed", {
    detail: { code },
  });
}

/** Whatever fails leaves the engine as one of its own errors. */
async function wrapped<Result>(code: ErrorCode, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError(code, "virtual machine target failed", { cause: error });
  }
}
