/**
 * What of a machine lies outside of its disks. Its firmware settings (NVRAM) are a small file and go
 * with the backup; they are put back only where the domain itself is gone, as the definition is. A
 * virtual TPM holds keys that no backup may hold: the operator must know of it beforehand.
 */
import { AppError } from "#domain/errors.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import { must, presentOf } from "./tools.ts";
import { markOf, type VmTarget } from "./virsh.ts";
import { childOf, childrenOf, type Element, element, textOf } from "./xml.ts";

/** Far more than any firmware's settings. */
const NVRAM_BYTES_MAX = 64 * 1024 * 1024;

/** ENGINE_UNSUPPORTED for data that a backup would have to hold and cannot. */
export function assertNothingElse(target: VmTarget, definition: Element): void {
  const devices = childOf(definition, "devices");
  if (childOf(devices, "tpm") !== undefined && !target.tanpaTpm) {
    throw new AppError("ENGINE_UNSUPPORTED", "the domain has a TPM; set tanpaTpm to leave it out", {
      detail: { device: "tpm", setting: "tanpaTpm" },
    });
  }
  const isMemoryADisk = childrenOf(devices, "memory").some(({ attributes }) =>
    ["nvdimm", "virtio-pmem"].includes(attributes.model ?? ""),
  );
  if (isMemoryADisk) {
    throw new AppError("ENGINE_UNSUPPORTED", "the domain keeps data in persistent memory", {
      detail: { device: "memory" },
    });
  }
  nvramPath(definition);
}

/** What a backup does not hold, for its manifest and the agent's log. */
export function leftOut(definition: Element): string {
  const devices = childOf(definition, "devices");
  return ["tpm", "filesystem"].filter((name) => childOf(devices, name) !== undefined).join(" ");
}

/** Null where the firmware keeps no settings, or the domain never ran. */
export async function nvramOf(
  definition: Element,
  io: EngineIo,
): Promise<{ readonly path: string; readonly bytes: number } | null> {
  const path = nvramPath(definition);
  if (path === null || !(await presentOf([path], io)).has(path)) return null;
  const bytes = Number(await must(io, "ENGINE_CONNECT", ["stat", "--format=%s", "--", path]));
  if (bytes > NVRAM_BYTES_MAX) throw new AppError("ENGINE_UNSUPPORTED", "NVRAM is too large");
  return bytes > 0 ? { path, bytes } : null;
}

export function nvramPath(definition: Element): string | null {
  const nvram = childOf(childOf(definition, "os"), "nvram");
  if (nvram === undefined) return null;
  const { type = "file" } = nvram.attributes;
  const path = childOf(nvram, "source")?.attributes.file ?? textOf(nvram);
  if (type !== "file" || !path.startsWith("/")) {
    throw new AppError("ENGINE_UNSUPPORTED", "NVRAM is not a file", {
      detail: { device: "nvram" },
    });
  }
  return path;
}

export function withNvram(definition: Element, path: string): Element {
  const moved = (child: Element | string): Element | string => {
    if (typeof child === "string" || child.name !== "nvram") return child;
    const isNamedWithin = childOf(child, "source") !== undefined;
    return { ...child, children: [isNamedWithin ? element("source", { file: path }) : path] };
  };
  return {
    ...definition,
    children: definition.children.map((child) =>
      typeof child !== "string" && child.name === "os"
        ? { ...child, children: child.children.map(moved) }
        : child,
    ),
  };
}

/** Where a restore puts the settings of a domain that is gone: a name of its own, never renamed. */
export function restoredNvram(target: VmTarget, names: SideNames): string {
  return `${target.folder.replace(/\/+$/, "")}/pulih-${markOf(target)}-${names.side}.nvram`;
}
