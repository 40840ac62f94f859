import { AppError } from "#domain/errors.ts";
import type { ContentDigest } from "#protocol/manifest.ts";
import { contentDigest } from "../content-digest.ts";
import type { EngineIo } from "../engine.ts";
import type { Disk } from "./disks.ts";
import { IMAGE_TIMEOUT_MS, must } from "./tools.ts";

/**
 * vm-raw-1: per disk BLAKE2b-256 over all bytes the guest can read, so that neither the image's format
 * nor its holes count. BLAKE2 because coreutils compute it three times as fast as SHA-256.
 */
export const VM_DIGEST = "vm-raw-1";

/** The unit of counts and comparisons. */
export const BLOCK_BYTES = 64 * 1024;

/** A disk to read from, as nbdcopy and nbdinfo take it. */
export interface Source {
  readonly name: string;
  readonly argv: readonly string[];
}

/** Whoever has become its parent by now, if not the reader, would never come to read. */
export const SERVE = `read -r reader <"/proc/$PPID/comm"
case $reader in nbd*) exec qemu-nbd "$@" ;; esac
exit 1`;

/**
 * Serves an image to the program that starts it. qemu-nbd ends with its reader, but for one that goes
 * before the two have agreed: that it waits for no other one is the kernel's to see to, and what went
 * before the kernel was asked is looked for once it has been.
 */
export const LEASHED = ["setpriv", "--pdeathsig", "KILL", "--", "sh", "-c"] as const;

/** An image that no guest has open; qemu-nbd understands its format. */
export function sourceOf({ name, format }: Pick<Disk, "name" | "format">, path: string): Source {
  const server = [...LEASHED, SERVE, "qemu-nbd", "--read-only", "--format", format];
  return { name, argv: ["[", ...server, path, "]"] };
}

export async function bytesOf(source: Source, io: EngineIo): Promise<number> {
  const size = await must(io, "ENGINE_CONNECT", ["nbdinfo", "--size", "--", ...source.argv]);
  return Number.parseInt(size, 10);
}

export async function digestOf(sources: readonly Source[], io: EngineIo): Promise<ContentDigest> {
  const entries: { name: string; count: number; digest: string }[] = [];
  const sizes: [string, number][] = [];
  for (const source of sources) {
    const bytes = await bytesOf(source, io);
    sizes.push([`bytes ${source.name}`, bytes]);
    entries.push({
      name: source.name,
      count: Math.ceil(bytes / BLOCK_BYTES),
      digest: await hashOf(source, io),
    });
  }
  return contentDigest({
    algorithm: VM_DIGEST,
    inventory: { disks: sources.length, ...Object.fromEntries(sizes) },
    entries,
  });
}

/** The shell joins the two programs on the domain's machine and tells how the first one ended. */
const HASH = '{ nbdcopy -- "$@" -; echo "pulih-read $?" >&2; } | b2sum --length=256';

async function hashOf(source: Source, io: EngineIo): Promise<string> {
  const ended = await io.host.run(["sh", "-c", HASH, "pulih", ...source.argv], {
    signal: io.signal,
    timeoutMs: IMAGE_TIMEOUT_MS,
  });
  const [, hash] = /^([0-9a-f]{64}) /.exec(ended.stdout) ?? [];
  if (ended.code !== 0 || hash === undefined || !/^pulih-read 0$/m.test(ended.stderr)) {
    throw new AppError("ENGINE_CONNECT", "a disk could not be read to its end", {
      detail: { disk: source.name, code: ended.code, signal: ended.signal },
    });
  }
  return hash;
}
