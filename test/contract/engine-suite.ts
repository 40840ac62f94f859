/**
 * What must hold of every engine, on a real target. An engine is in when this suite passes with a
 * fixture of its own; `start` is called once a test and gives a fresh target with some content.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import type { TargetConfig } from "#agent/config.ts";
import { sameContent } from "#agent/engines/content-digest.ts";
import type { DumpReport, Engine, EngineIo, SideNames } from "#agent/engines/engine.ts";
import { readFrom, writeTo } from "#agent/process/fd-stream.ts";
import { openPipe, type Pipe } from "#agent/process/pipe.ts";
import { isAppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { tempDir } from "#support/temp-dir.ts";

export interface EngineFixture {
  readonly target: TargetConfig;
  readonly io: EngineIo;
  /** The same target as the engine sees it where nothing is there: ENGINE_CONNECT is expected. */
  readonly absent?: TargetConfig;
  /** Real damage: rows or files changed, a table or a folder gone. */
  damage(): Promise<void>;
  /** A small legitimate write. */
  mutate(): Promise<void>;
  /** Digest of what users of the live target read, by other means than the engine. */
  independentDigest(): Promise<string>;
  /** Takes the source away while a dump runs. */
  breakMidDump?(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface EngineSuite {
  readonly engine: Engine;
  start(): Promise<EngineFixture>;
}

export function engineSuite(name: string, { engine, start }: EngineSuite): void {
  const names: SideNames = { side: "r_0123456789", old: "o_0123456789" };

  describe(`engine ${name}`, () => {
    it("inspects without changing anything and always knows the same target again", async () => {
      await using fixture = await start();
      const before = await fixture.independentDigest();
      const facts = await engine.inspect(fixture.target, fixture.io);
      expect(facts.identity).not.toBe("");
      expect(facts.serverVersion).not.toBe("");
      expect(facts.toolVersion).not.toBe("");
      expect(facts.estimatedBytes).toBeGreaterThan(0);
      expect((await engine.inspect(fixture.target, fixture.io)).identity).toBe(facts.identity);
      expect(await fixture.independentDigest()).toBe(before);
    });

    it("says ENGINE_CONNECT where there is no target", async () => {
      await using fixture = await start();
      if (!fixture.absent) return;
      await expect(engine.inspect(fixture.absent, fixture.io)).rejects.toMatchObject({
        code: "ENGINE_CONNECT",
      });
    });

    it("loads a side copy equal to the dump while users still read the live target", async () => {
      await using fixture = await start();
      await using dump = await dumpToFile(engine, fixture);
      await engine.preflight(fixture.target, dump.manifest, fixture.io);
      await fixture.damage();
      const damaged = await fixture.independentDigest();
      await dump.load(names);
      const side = await engine.digest(fixture.target, "side", names, fixture.io);
      expect(sameContent(side, dump.report.content)).toBe(true);
      expect(side).toEqual(dump.report.content);
      expect(await fixture.independentDigest()).toBe(damaged);
      expect(await engine.swapState(fixture.target, names, fixture.io)).toBe("before");
    });

    it("holds in the digest what the dump holds, not what was written after it", async () => {
      await using fixture = await start();
      await using dump = await dumpToFile(engine, fixture);
      await fixture.mutate();
      await dump.load(names);
      const side = await engine.digest(fixture.target, "side", names, fixture.io);
      const live = await engine.digest(fixture.target, "live", names, fixture.io);
      expect(side.digest).toBe(dump.report.content.digest);
      expect(live.digest).not.toBe(side.digest);
    });

    it("notices damage and agrees with itself about the same content", async () => {
      await using fixture = await start();
      const first = await engine.digest(fixture.target, "live", names, fixture.io);
      const again = await engine.digest(fixture.target, "live", names, fixture.io);
      expect(again).toEqual(first);
      await fixture.damage();
      const damaged = await engine.digest(fixture.target, "live", names, fixture.io);
      expect(sameContent(first, damaged)).toBe(false);
    });

    it("gives users back exactly what was backed up, and keeps what they had before", async () => {
      await using fixture = await start();
      const wanted = await fixture.independentDigest();
      await using dump = await dumpToFile(engine, fixture);
      await fixture.damage();
      const damaged = await engine.digest(fixture.target, "live", names, fixture.io);
      await dump.load(names);
      await engine.quiesce(fixture.target, names, fixture.io);
      await using safety = await dumpToFile(engine, fixture);
      expect(safety.report.content.digest).toBe(damaged.digest);
      await engine.swap(fixture.target, names, fixture.io);
      expect(await engine.swapState(fixture.target, names, fixture.io)).toBe("after");
      const live = await engine.digest(fixture.target, "live", names, fixture.io);
      expect(live).toEqual(dump.report.content);
      await engine.reopen(fixture.target, names, fixture.io);
      expect(await fixture.independentDigest()).toBe(wanted);
      const old = await engine.digest(fixture.target, "old", names, fixture.io);
      expect(sameContent(old, damaged)).toBe(true);
      expect(engine.keptAs(fixture.target, names)).toContain(names.old);
      await fixture.mutate();
    });

    it("rolls a swap back to what was live before", async () => {
      await using fixture = await start();
      await using dump = await dumpToFile(engine, fixture);
      await fixture.damage();
      const damaged = await fixture.independentDigest();
      await dump.load(names);
      await engine.quiesce(fixture.target, names, fixture.io);
      await engine.swap(fixture.target, names, fixture.io);
      await engine.rollback(fixture.target, names, fixture.io);
      await engine.dropSide(fixture.target, names, fixture.io);
      await engine.reopen(fixture.target, names, fixture.io);
      expect(await engine.swapState(fixture.target, names, fixture.io)).toBe("before");
      expect(await fixture.independentDigest()).toBe(damaged);
      await fixture.mutate();
    });

    it("may be told everything but dump and load twice", async () => {
      await using fixture = await start();
      const { target, io } = fixture;
      const wanted = await fixture.independentDigest();
      await using dump = await dumpToFile(engine, fixture);
      await fixture.damage();
      const damaged = await fixture.independentDigest();
      const twice = async (act: () => Promise<unknown>) => {
        await act();
        await act();
      };
      await twice(() => engine.dropSide(target, names, io));
      await twice(() => engine.reopen(target, names, io));
      await dump.load(names);
      await twice(() => engine.quiesce(target, names, io));
      await twice(() => engine.swap(target, names, io));
      await twice(() => engine.rollback(target, names, io));
      await twice(() => engine.dropSide(target, names, io));
      await twice(() => engine.reopen(target, names, io));
      expect(await fixture.independentDigest()).toBe(damaged);
      await dump.load(names);
      await engine.quiesce(target, names, io);
      await twice(() => engine.swap(target, names, io));
      await twice(() => engine.reopen(target, names, io));
      expect(await fixture.independentDigest()).toBe(wanted);
    });

    it("leaves no side copy of a stream that was cut, nor after dropSide", async () => {
      await using fixture = await start();
      await using dump = await dumpToFile(engine, fixture);
      const before = await fixture.independentDigest();
      await dump.cut();
      const refusal = await dump.load(names).catch((error: unknown) => error);
      expect(isAppError(refusal) && refusal.code).toMatch(/^ENGINE_/);
      await expect(engine.digest(fixture.target, "side", names, fixture.io)).rejects.toBeInstanceOf(
        Error,
      );
      await engine.dropSide(fixture.target, names, fixture.io);
      expect(await engine.swapState(fixture.target, names, fixture.io)).toBe("before");
      expect(await fixture.independentDigest()).toBe(before);
    });

    it("fails a dump that was called off or whose source goes away", async () => {
      await using fixture = await start();
      const calledOff = { ...fixture.io, signal: AbortSignal.abort() };
      await expect(dumpToFile(engine, { ...fixture, io: calledOff })).rejects.toBeInstanceOf(Error);
      if (!fixture.breakMidDump) return;
      const running = dumpToFile(engine, fixture).then(
        async (dump) => {
          await dump[Symbol.asyncDispose]();
          return "resolved";
        },
        (error: unknown) => (isAppError(error) ? error.code : String(error)),
      );
      await fixture.breakMidDump();
      expect(await running).toMatch(/^ENGINE_/);
    });
  });
}

export interface Dump {
  readonly report: DumpReport;
  readonly manifest: Manifest;
  load(names: SideNames): Promise<void>;
  /** Cuts the stored stream to half. */
  cut(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A dump in a file, which stands in for a vault. For tests of one engine only, too. */
export async function dumpToFile(
  engine: Engine,
  { target, io }: Pick<EngineFixture, "target" | "io">,
): Promise<Dump> {
  const dir = await tempDir();
  const path = join(dir.path, "stream");
  const startedAt = io.now().toISOString();
  const report = await throughPipe(
    (pipe) => engine.dump(target, pipe.writeFd, io),
    (pipe) => pipeline(readFrom(pipe.readFd), createWriteStream(path, { mode: 0o600 })),
  ).catch(async (error: unknown) => {
    await dir[Symbol.asyncDispose]();
    throw error;
  });
  const { size } = await stat(path);
  expect(size).toBeGreaterThan(0);
  const manifest: Manifest = {
    v: 1,
    id: "backup-1",
    agent: "agent-1",
    alias: target.alias,
    engine: engine.id,
    job: null,
    epoch: 0,
    purpose: "backup",
    startedAt,
    finishedAt: io.now().toISOString(),
    receipt: {
      vault: target.vault,
      kind: "objects",
      object: "stream",
      bytes: size,
      sha256: null,
      storedBytes: size,
    },
    content: report.content,
    recreate: { ...report.recreate },
    tools: { ...report.tools },
    endMarkerSeen: true,
  };
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
