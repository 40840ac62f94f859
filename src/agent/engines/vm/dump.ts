import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "#domain/errors.ts";
import { writeTo } from "../../process/fd-stream.ts";
import type { DumpReport, EngineIo } from "../engine.ts";
import { allocationOf, toolsOf } from "./inspect.ts";
import { assertNothingElse, leftOut, nvramOf } from "./outside.ts";
import { atOnePoint } from "./point.ts";
import { endMark, STREAM_FORMAT, type StoredDisk } from "./recreate.ts";
import { bytesOf, digestOf } from "./source.ts";
import { mustVirsh, readStoredDefinition, type VmTarget } from "./virsh.ts";
import { writeXml } from "./xml.ts";

/** Streams all disks of one moment, and digests them at the same moment. */
export async function dump(target: VmTarget, fd: number, io: EngineIo): Promise<DumpReport> {
  io.signal.throwIfAborted();
  const tools = await toolsOf(target, io);
  return atOnePoint(target, io, { freeze: true }, async ({ sources, consistency }) => {
    const definition = await readStoredDefinition(target, io);
    const facts = await mustVirsh(target, io, "ENGINE_CONNECT", [
      ...["dominfo", "--domain", target.domain],
    ]);
    assertNothingElse(target, definition);
    const nvram = await nvramOf(definition, io);
    const allocated = await allocationOf(target, io);
    const disks: StoredDisk[] = [];
    for (const source of sources) {
      const { name } = source;
      const bytes = await bytesOf(source, io);
      if (!(bytes > 0)) {
        throw new AppError("ENGINE_DUMP_INCOMPLETE", "a disk is empty", { detail: { disk: name } });
      }
      disks.push({ name, bytes, allocated: allocated.get(name) ?? 0 });
    }
    const parts = nvram === null ? disks : [...disks, nvram];
    const mark = endMark(parts);
    const [content] = await bothOrNone(
      io,
      (part) => digestOf(sources, part),
      async (part) => {
        for (const { name, argv } of sources) {
          await copy(name, ["nbdcopy", "--", ...argv, "-"], fd, part);
        }
        if (nvram !== null) {
          await copy("nvram", ["head", "-c", String(nvram.bytes), "--", nvram.path], fd, part);
        }
        await pipeline(Readable.from([mark]), writeTo(fd));
      },
    );
    if (consistency === "crash") io.log("guest was not frozen; its disks are as after a power cut");
    const missing = leftOut(definition);
    if (missing !== "") io.log("not in the backup of the domain", { devices: missing });
    return {
      content,
      recreate: {
        format: STREAM_FORMAT,
        disks: JSON.stringify(disks),
        definition: writeXml(definition),
        consistency,
        running: consistency === "off" ? "no" : "yes",
        autostart: /^Autostart:\s+enable/m.test(facts) ? "yes" : "no",
        leftOut: missing,
        ...(nvram === null ? {} : { nvram: String(nvram.bytes) }),
      },
      tools,
      bytes: parts.reduce((sum, part) => sum + part.bytes, 0) + mark.length,
      endsWith: mark,
    };
  });
}

async function copy(
  part: string,
  argv: readonly string[],
  fd: number,
  io: EngineIo,
): Promise<void> {
  const reader = await io.host.spawn(argv, { stdout: { fd }, signal: io.signal });
  const { code, signal } = await reader.exit;
  if (code !== 0) {
    throw new AppError("ENGINE_DUMP_FAILED", "a part could not be read to its end", {
      detail: { part, code, signal },
    });
  }
}

/** Both at once over the same moment; where one fails the other is called off. */
async function bothOrNone<A, B>(
  io: EngineIo,
  a: (io: EngineIo) => Promise<A>,
  b: (io: EngineIo) => Promise<B>,
): Promise<[A, B]> {
  const stop = new AbortController();
  const part = { ...io, signal: AbortSignal.any([io.signal, stop.signal]) };
  const stopping = (error: unknown): never => {
    stop.abort();
    throw error;
  };
  const both = await Promise.allSettled([a(part).catch(stopping), b(part).catch(stopping)]);
  const [first, second] = both;
  if (first.status === "fulfilled" && second.status === "fulfilled") {
    return [first.value, second.value];
  }
  // Who was called off only tells of that; a broken pipe at the store's end is told by the store.
  throw second.status === "rejected" ? second.reason : (first as PromiseRejectedResult).reason;
}
