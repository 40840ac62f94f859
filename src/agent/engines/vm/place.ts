/**
 * Where the images of a restore lie. Of a defined domain: beside the images of its definition. Of one
 * that is gone: where the backup's definition had them, or in the target's folder; the definition that
 * the swap will register waits there as a file, `pulih-<mark>.<side>.xml`.
 */
import { basename, dirname } from "node:path/posix";
import { AppError } from "#domain/errors.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import { type Disk, disksOf, pathsOf, withPaths } from "./disks.ts";
import type { Stored } from "./recreate.ts";
import { must, presentOf } from "./tools.ts";
import { type Domain, markOf, readDomain, type VmTarget } from "./virsh.ts";
import { childOf, childrenOf, type Element, element, parseXml, writeXml } from "./xml.ts";

export interface Place {
  readonly domain: Domain | null;
  /** Of the domain, or the one that waits to be registered; null where there is neither. */
  readonly definition: Element | null;
  readonly disks: readonly Disk[];
  readonly isPlanned: boolean;
}

/** Which of the three images of a disk are there. */
export interface DiskState {
  readonly disk: Disk;
  readonly paths: ReturnType<typeof pathsOf>;
  readonly live: boolean;
  readonly side: boolean;
  readonly old: boolean;
}

export async function placeOf(target: VmTarget, names: SideNames, io: EngineIo): Promise<Place> {
  const domain = await readDomain(target, io);
  const plan = planPath(target, names);
  const isPlanned = (await presentOf([plan], io)).has(plan);
  const definition =
    domain?.definition ??
    (isPlanned ? parseXml(await must(io, "ENGINE_CONNECT", ["cat", "--", plan])) : null);
  return { domain, definition, disks: definition === null ? [] : disksOf(definition), isPlanned };
}

export async function statesOf(place: Place, names: SideNames, io: EngineIo): Promise<DiskState[]> {
  const all = place.disks.map((disk) => ({ disk, paths: pathsOf(disk, names) }));
  const found = await presentOf(
    all.flatMap(({ paths }) => Object.values(paths)),
    io,
  );
  return all.map(({ disk, paths }) => ({
    disk,
    paths,
    live: found.has(paths.live),
    side: found.has(paths.side),
    old: found.has(paths.old),
  }));
}

/** Images at the target now: all, none, or ENGINE_UNSUPPORTED where only some of them are left. */
export async function imagesOf(disks: readonly Disk[], io: EngineIo): Promise<"all" | "none"> {
  const found = await presentOf(
    disks.map((disk) => disk.path),
    io,
  );
  if (found.size === disks.length) return "all";
  if (found.size === 0) return "none";
  throw new AppError("ENGINE_UNSUPPORTED", "some images of the domain are gone, others are there");
}

/** The backup's definition for this target: its name, and images in folders that are here. */
export async function planFor(target: VmTarget, stored: Stored, io: EngineIo): Promise<Element> {
  const disks = disksOf(stored.definition);
  const folders = await presentOf([...new Set(disks.map(({ path }) => dirname(path)))], io);
  const paths = disks.map((disk): [string, string] => {
    if (folders.has(dirname(disk.path))) return [disk.name, disk.path];
    return [disk.name, `${target.folder.replace(/\/+$/, "")}/${disk.name}-${basename(disk.path)}`];
  });
  const named = {
    ...stored.definition,
    children: stored.definition.children.map((child) =>
      typeof child !== "string" && child.name === "name"
        ? element("name", {}, [target.domain])
        : child,
    ),
  };
  return withPaths(named, new Map(paths));
}

/** An agent that dies closes the pipe, too: only what is as long as it should be is the plan. */
const KEEP = `
umask 077
cat >"$1.part" && test "$(wc -c <"$1.part")" -eq "$2" && sync -- "$1.part" && mv -T -- "$1.part" "$1"
`;

export async function writePlan(
  target: VmTarget,
  names: SideNames,
  definition: Element,
  io: EngineIo,
): Promise<void> {
  const xml = writeXml(definition);
  const bytes = String(Buffer.byteLength(xml));
  const path = planPath(target, names);
  await must(io, "ENGINE_LOAD_FAILED", ["sh", "-c", KEEP, "pulih", path, bytes], xml);
}

/** The plan, and what a killed agent may have written of it. */
export function planPaths(target: VmTarget, names: SideNames): string[] {
  const path = planPath(target, names);
  return [path, `${path}.part`];
}

function planPath(target: VmTarget, names: SideNames): string {
  return `${target.folder.replace(/\/+$/, "")}/pulih-${markOf(target)}.${names.side}.xml`;
}

/** Which restore registered or stopped a domain, kept in the domain's own definition. */
export interface Note {
  /** Side name of the restore. */
  readonly by: string;
  /** The domain ran, and is to run again in the end. */
  readonly start: boolean;
  /** The restore registered the domain; undoing it takes the registration back. */
  readonly registered: boolean;
  /** The host is to start it when it starts itself. */
  readonly withHost: boolean;
}

/** libvirt keeps foreign elements of a definition under a namespace. */
export const NOTE_SPACE = "urn:pulih:vm";

export function withNote(definition: Element, note: Note): Element {
  const metadata = childOf(definition, "metadata");
  const kept = metadata?.children.filter((child) => !isNote(child)) ?? [];
  const noted = element("pulih:note", { "xmlns:pulih": NOTE_SPACE, ...attributesOf(note) });
  return {
    ...definition,
    children: [
      ...definition.children.filter((child) => child !== metadata),
      element("metadata", {}, [...kept, noted]),
    ],
  };
}

export function attributesOf(note: Note): Record<string, string> {
  return {
    by: note.by,
    start: note.start ? "yes" : "no",
    registered: note.registered ? "yes" : "no",
    withHost: note.withHost ? "yes" : "no",
  };
}

export function noteIn(definition: Element | null): Note | null {
  const found = childrenOf(childOf(definition ?? undefined, "metadata")).find(isNote);
  if (found === undefined) return null;
  const { by = "", start, registered, withHost } = found.attributes;
  const isYes = (word: string | undefined) => word === "yes";
  return {
    by,
    start: isYes(start),
    registered: isYes(registered),
    withHost: isYes(withHost),
  };
}

function isNote(child: Element | string): boolean {
  return typeof child !== "string" && child.attributes["xmlns:pulih"] === NOTE_SPACE;
}
