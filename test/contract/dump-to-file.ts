import { createReadStream, createWriteStream } from "node:fs";
import { stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { expect } from "vitest";
import type { DumpReport, Engine, SideNames } from "#agent/engines/engine.ts";
import { readFrom, writeTo } from "#agent/process/fd-stream.ts";
import { openPipe, type Pipe } from "#agent/process/pipe.ts";
import { isAppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { assertWholeFile, dumpManifest } from "#support/engine-dump.ts";
import { tempDir } from "#support/temp-dir.ts";
import type { EngineFixture } from "./engine-suite.ts";

export interface Dump {
  readonly report: DumpReport;
  readonly manifest: Manifest;
  load(names: SideNames): Promise<void>;
  /** Cuts the stored stream to half. */
  cut(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A dump in a file, which stands in for a vault. For tests of one engine only, too. Nobody reads the
 * stream before `readAfter`, so that no dump larger than a pipe can have ended by then.
 */
export async function dumpToFile(
  engine: Engine,
  { target, io }: Pick<EngineFixture, "target" | "io">,
  { readAfter }: { readonly readAfter?: Promise<void> } = {},
): Promise<Dump> {
  const dir = await tempDir();
  const path = join(dir.path, "stream");
  const startedAt = io.now().toISOString();
  const report = await throughPipe(
    (pipe) => engine.dump(target, pipe.writeFd, io),
    async (pipe) => {
      await readAfter;
      await pipeline(readFrom(pipe.readFd), createWriteStream(path, { mode: 0o600 }));
    },
  ).catch(async (error: unknown) => {
    await dir[Symbol.asyncDispose]();
    throw error;
  });
  await assertWholeFile(report, path);
  const { size } = await stat(path);
  expect(size).toBeGreaterThan(0);
  const finishedAt = io.now().toISOString();
  const manifest = dumpManifest(engine, target, report, { startedAt, finishedAt, bytes: size });
  return {
    report,
    manifest,
    load: (names) =>
      throughPipe(
        (pipe) => engine.loadSide(target, names, manifest, pipe.readFd, io),
        async (pipe) => {
          await pipeline(createReadStream(path), writeTo(pipe.writeFd));
          pipe.closeWrite();
        },
      ),
    cut: () => truncate(path, Math.floor(size / 2)),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** As a backup does it: again, at most twice, where the source says that another try may help. */
export async function backUpToFile(
  engine: Engine,
  of: Pick<EngineFixture, "target" | "io">,
  triesLeft = 2,
): Promise<Dump> {
  try {
    return await dumpToFile(engine, of);
  } catch (error) {
    if (triesLeft === 0 || !isAppError(error) || !error.detail.changedWhileRead) throw error;
    return backUpToFile(engine, of, triesLeft - 1);
  }
}

/** Runs an engine against a pipe, which is what vaults give it, with somebody at the other end. */
async function throughPipe<Result>(
  act: (pipe: Pipe) => Promise<Result>,
  otherEnd: (pipe: Pipe) => Promise<void>,
): Promise<Result> {
  const pipe = await openPipe();
  // An engine that fails leaves the other end without a partner; that failure is not of interest.
  const other = otherEnd(pipe).catch(() => undefined);
  try {
    const result = await act(pipe);
    pipe.closeWrite();
    await other;
    return result;
  } finally {
    pipe.closeWrite();
    pipe.closeRead();
    await other;
  }
}
