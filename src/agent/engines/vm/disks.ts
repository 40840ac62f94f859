import { AppError } from "#domain/errors.ts";
import type { SideNames } from "../engine.ts";
import { childOf, childrenOf, type Element, element } from "./xml.ts";

/** One disk of a domain whose content is data: an image file that only this domain writes. */
export interface Disk {
  /** As the guest's bus calls it, e.g. vda; the same before and after a restore. */
  readonly name: string;
  readonly format: "qcow2" | "raw";
  readonly path: string;
}

/**
 * Disks of a definition, in its order. ENGINE_UNSUPPORTED for what cannot be copied and swapped as a
 * file: a backup that silently left out a disk would be none.
 */
export function disksOf(definition: Element): Disk[] {
  const disks = diskElements(definition).map(diskOf);
  if (disks.length === 0) throw unsupported("the domain has no disk", "none");
  return disks;
}

function diskOf(one: Element): Disk {
  const name = childOf(one, "target")?.attributes.dev ?? "";
  const path = childOf(one, "source")?.attributes.file;
  const format = childOf(one, "driver")?.attributes.type ?? "raw";
  if (one.attributes.type !== "file" || path === undefined || !path.startsWith("/")) {
    throw unsupported("a disk is not an image file", name);
  }
  if (format !== "qcow2" && format !== "raw") throw unsupported("a disk's image format", name);
  for (const trait of ["shareable", "transient", "encryption"]) {
    const isThere = childOf(one, trait) ?? childOf(childOf(one, "source"), trait);
    if (isThere) throw unsupported(`a disk is ${trait}`, name);
  }
  return { name, format, path };
}

/** CD-ROM and floppy drives hold what can be inserted again. */
function diskElements(definition: Element): Element[] {
  return childrenOf(childOf(definition, "devices"), "disk").filter(isDisk);
}

export function isDisk(one: Element): boolean {
  const { device = "disk" } = one.attributes;
  return one.name === "disk" && (device === "disk" || device === "lun");
}

/** The same definition with other image files; disks that are not named keep theirs. */
export function withPaths(definition: Element, paths: ReadonlyMap<string, string>): Element {
  const devices = childOf(definition, "devices");
  return {
    ...definition,
    children: definition.children.map((child) =>
      child === devices ? { ...devices, children: devices.children.map(moved) } : child,
    ),
  };

  function moved(child: Element | string): Element | string {
    if (typeof child === "string" || !isDisk(child)) return child;
    const path = paths.get(childOf(child, "target")?.attributes.dev ?? "");
    if (path === undefined) return child;
    return {
      ...child,
      // What lay behind the former image does not lie behind this one.
      children: child.children
        .filter((inner) => typeof inner === "string" || inner.name !== "backingStore")
        .map((inner) =>
          typeof inner !== "string" && inner.name === "source"
            ? element("source", { file: path })
            : inner,
        ),
    };
  }
}

export function pathsOf(disk: Disk, names: SideNames) {
  return { live: disk.path, side: `${disk.path}.${names.side}`, old: `${disk.path}.${names.old}` };
}

function unsupported(message: string, disk: string): AppError {
  return new AppError("ENGINE_UNSUPPORTED", message, { detail: { disk } });
}
