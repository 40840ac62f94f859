import { closeSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { TargetConfig } from "#agent/config.ts";
import { assertWholeStream } from "#agent/engines/end-mark.ts";
import type { DumpReport, Engine, EngineIo, SideNames } from "#agent/engines/engine.ts";
import { TAIL_BYTES } from "#agent/vault/tail.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { tempDir } from "./temp-dir.ts";

export interface StoredDump {
  readonly path: string;
  readonly report: DumpReport;
  readonly manifest: Manifest;
  load(names: SideNames, io?: EngineIo): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Dumps a target into a file, which stands in for a vault, with the manifest it would have. */
export async function storeDump(
  engine: Engine,
  target: TargetConfig,
  io: EngineIo,
): Promise<StoredDump> {
  const dir = await tempDir();
  const path = join(dir.path, "stream");
  const fd = openSync(path, "wx+", 0o600);
  let report: DumpReport;
  try {
    report = await engine.dump(target, fd, io);
    await assertWholeFile(report, path);
  } catch (error) {
    await dir[Symbol.asyncDispose]();
    throw error;
  } finally {
    closeSync(fd);
  }
  const at = io.now().toISOString();
  const manifest = dumpManifest(engine, target, report, {
    startedAt: at,
    finishedAt: at,
    bytes: 1,
  });
  return {
    path,
    report,
    manifest,
    load: async (names, other = io) => {
      const source = openSync(path, "r");
      try {
        await engine.loadSide(target, names, manifest, source, other);
      } finally {
        closeSync(source);
      }
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** As the agent does when it reads a stored stream back. */
export async function assertWholeFile(report: DumpReport, path: string): Promise<void> {
  await using file = await open(path, "r");
  const { size } = await file.stat();
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  await file.read(tail, 0, tail.length, size - tail.length);
  assertWholeStream(report, tail);
}

/** The manifest of a dump that lies in a file instead of a vault. */
export function dumpManifest(
  engine: Engine,
  target: TargetConfig,
  report: DumpReport,
  stored: { readonly startedAt: string; readonly finishedAt: string; readonly bytes: number },
): Manifest {
  const { startedAt, finishedAt, bytes } = stored;
  return {
    v: 1,
    id: "backup-1",
    agent: "agent-1",
    alias: target.alias,
    engine: engine.id,
    job: null,
    epoch: 0,
    purpose: "backup",
    startedAt,
    finishedAt,
    receipt: {
      vault: target.vault,
      kind: "objects",
      object: "stream",
      bytes,
      sha256: null,
      storedBytes: bytes,
    },
    content: report.content,
    recreate: { ...report.recreate },
    tools: { ...report.tools },
    endMarkerSeen: true,
    previous: null,
    external: report.external ?? null,
  };
}
