/**
 * Talk with libvirt by its own program, at the place where the domain runs. What virsh prints names
 * domains and paths, so it is only looked at here and never passed on.
 */
import { createHash } from "node:crypto";
import { AppError, type ErrorCode, invariant } from "#domain/errors.ts";
import type { TargetConfig, TargetOf } from "../../config.ts";
import type { Completed } from "../../process/host.ts";
import type { EngineIo } from "../engine.ts";
import { type Element, parseXml } from "./xml.ts";

export type VmTarget = TargetOf<"vm">;

/** A domain as it is now: of a running one the live definition, which names the images in use. */
export interface Domain {
  readonly definition: Element;
  readonly isActive: boolean;
}

export function vmTarget(target: TargetConfig): VmTarget {
  invariant(target.engine === "vm", "a vm target");
  return target;
}

/** Stands for the domain in names of files: the same always, short, plain. */
export function markOf(target: VmTarget): string {
  return createHash("sha256").update(`${target.uri}\0${target.domain}`).digest("hex").slice(0, 10);
}

export function virsh(
  target: VmTarget,
  io: EngineIo,
  args: readonly string[],
  timeoutMs = 60_000,
): Promise<Completed> {
  return io.host.run(["virsh", "-q", "-c", target.uri, ...args], { signal: io.signal, timeoutMs });
}

/** stdout of a command that must end well. */
export async function mustVirsh(
  target: VmTarget,
  io: EngineIo,
  code: ErrorCode,
  args: readonly string[],
): Promise<string> {
  const ended = await virsh(target, io, args);
  if (ended.code !== 0) throw refused(code, args[0] ?? "", ended);
  return ended.stdout;
}

/** Feeds a definition to a command that reads it from a file; the shell's pipe can be opened as one. */
export async function virshWithXml(
  target: VmTarget,
  io: EngineIo,
  command: "define",
  xml: string,
): Promise<void> {
  const script = 'cat | virsh -q -c "$1" "$2" /dev/stdin';
  const ended = await io.host.run(["sh", "-c", script, "pulih", target.uri, command], {
    input: xml,
    signal: io.signal,
  });
  if (ended.code !== 0) throw refused("ENGINE_SWAP_FAILED", command, ended);
}

/** Null where no such domain is defined. ENGINE_CONNECT where libvirt does not answer. */
export async function readDomain(target: VmTarget, io: EngineIo): Promise<Domain | null> {
  if (!(await namesOf(target, io, "--all")).includes(target.domain)) return null;
  const args = ["dumpxml", "--domain", target.domain];
  const definition = parseXml(await mustVirsh(target, io, "ENGINE_CONNECT", args));
  return { definition, isActive: "id" in definition.attributes };
}

/** What is kept for the next start; it may differ from what runs. */
export async function readStoredDefinition(target: VmTarget, io: EngineIo): Promise<Element> {
  const args = ["dumpxml", "--domain", target.domain, "--inactive"];
  return parseXml(await mustVirsh(target, io, "ENGINE_CONNECT", args));
}

export async function isRunning(target: VmTarget, io: EngineIo, name = target.domain) {
  return (await namesOf(target, io)).includes(name);
}

async function namesOf(target: VmTarget, io: EngineIo, ...which: string[]): Promise<string[]> {
  const listed = await mustVirsh(target, io, "ENGINE_CONNECT", ["list", "--name", ...which]);
  return listed.split("\n");
}

export function refused(code: ErrorCode, command: string, ended: Completed): AppError {
  const isBusy = /cannot acquire state change lock|another job/i.test(ended.stderr);
  return new AppError(isBusy ? "ENGINE_BUSY" : code, `virsh ${command} was refused`, {
    detail: { command, code: ended.code, signal: ended.signal },
  });
}
