import { dirname } from "node:path/posix";
import { AppError } from "#domain/errors.ts";
import type { EngineIo, TargetFacts } from "../engine.ts";
import { disksOf } from "./disks.ts";
import { assertNothingElse } from "./outside.ts";
import { must } from "./tools.ts";
import { mustVirsh, readDomain, type VmTarget, virsh } from "./virsh.ts";
import { childOf, textOf } from "./xml.ts";

export async function inspect(target: VmTarget, io: EngineIo): Promise<TargetFacts> {
  const domain = await readDomain(target, io);
  if (domain === null) throw new AppError("ENGINE_CONNECT", "there is no such domain");
  const disks = disksOf(domain.definition);
  assertNothingElse(target, domain.definition);
  const sizes = await sizesOf(target, io);
  const tools = await toolsOf(target, io);
  return {
    identity: textOf(childOf(domain.definition, "uuid")),
    serverVersion: tools.qemu,
    toolVersion: `${tools.libvirt}, ${tools.nbdcopy}`,
    estimatedBytes: disks.reduce((sum, { name }) => sum + (sizes.get(name)?.capacity ?? 0), 0),
    freeBytes: await freeBytes([...new Set(disks.map(({ path }) => dirname(path)))], io),
  };
}

/**
 * Versions of all programs the engine cannot do without; ENGINE_TOOL_MISSING names the absent one,
 * ENGINE_VERSION a libvirt or qemu that cannot hold a moment of a running domain yet.
 */
export async function toolsOf(target: VmTarget, io: EngineIo) {
  const said = await mustVirsh(target, io, "ENGINE_CONNECT", ["version"]);
  const of = (label: RegExp) => label.exec(said)?.[1] ?? "unknown";
  const first = async (...argv: string[]) =>
    (await must(io, "ENGINE_TOOL_MISSING", argv)).split("\n")[0] ?? "";
  await first("flock", "--version");
  await first("nbdinfo", "--version");
  const libvirt = of(/Using library: (.+)/);
  const qemu = of(/Running hypervisor: (.+)/);
  const able = await virsh(target, io, ["domcapabilities"]);
  if (!/<backup supported='yes'/.test(able.stdout)) {
    throw new AppError("ENGINE_VERSION", "libvirt and qemu here cannot back up a running domain", {
      detail: { libvirt, qemu, needs: "backup" },
    });
  }
  return {
    libvirt,
    qemu,
    nbdcopy: await first("nbdcopy", "--version"),
    "qemu-nbd": await first("qemu-nbd", "--version"),
    "qemu-img": await first("qemu-img", "--version"),
  };
}

export async function allocationOf(target: VmTarget, io: EngineIo): Promise<Map<string, number>> {
  const sizes = await sizesOf(target, io);
  return new Map([...sizes].map(([name, { allocation }]) => [name, allocation]));
}

/** As libvirt knows them: a running domain's images are not opened beside it. */
async function sizesOf(target: VmTarget, io: EngineIo) {
  const args = ["domblkinfo", "--domain", target.domain, "--all"];
  const table = await mustVirsh(target, io, "ENGINE_CONNECT", args);
  const rows = [...table.matchAll(/^\s*(\S+)\s+(\d+)\s+(\d+)\s+\d+\s*$/gm)];
  return new Map(
    rows.map(([, name = "", capacity, allocation]) => [
      name,
      { capacity: Number(capacity), allocation: Number(allocation) },
    ]),
  );
}

/** The least of the folders' free bytes; null where none can be told. */
export async function freeBytes(folders: readonly string[], io: EngineIo): Promise<number | null> {
  const argv = ["df", "-B1", "--output=avail", "--", ...folders];
  const { code, stdout } = await io.host.run(argv, { signal: io.signal });
  if (code !== 0) return null;
  return Math.min(...stdout.trim().split("\n").slice(1).map(Number));
}
