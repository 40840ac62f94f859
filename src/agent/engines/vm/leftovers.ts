import { basename, dirname } from "node:path/posix";
import type { EngineIo } from "../engine.ts";
import { disksOf } from "./disks.ts";
import { must } from "./tools.ts";
import { markOf, readDomain, type VmTarget } from "./virsh.ts";

/** Names of copies beside the domain's images, and of plans for a domain that is gone. */
export async function leftovers(target: VmTarget, io: EngineIo): Promise<readonly string[]> {
  const domain = await readDomain(target, io);
  const disks = domain === null ? [] : disksOf(domain.definition);
  const folder = target.folder.replace(/\/+$/, "");
  const folders = new Set([folder, ...disks.map(({ path }) => dirname(path))]);
  const there = await must(io, "ENGINE_CONNECT", [
    ...["find", ...folders, "-maxdepth", "1", "-type", "f", "-printf", "%f\\0"],
  ]);
  const stems = [...disks.map(({ path }) => basename(path)), `pulih-${markOf(target)}`];
  const found = new Set<string>();
  for (const file of there.split("\0")) {
    for (const stem of stems) {
      const [, name] =
        /^\.([a-z]+_[0-9a-f]{10})(?:\.|$)/.exec(
          file.startsWith(stem) ? file.slice(stem.length) : "",
        ) ?? [];
      if (name !== undefined) found.add(name);
    }
  }
  return [...found].sort();
}
