/**
 * What must hold of every engine, on a real target. An engine is in when this suite passes with a
 * fixture of its own; `start` is called once a test and gives a fresh target with some content.
 */
import { describe, expect, it } from "vitest";
import type { TargetConfig } from "#agent/config.ts";
import { sameContent } from "#agent/engines/content-digest.ts";
import type { Engine, EngineIo, SideNames, UnitChange } from "#agent/engines/engine.ts";
import { isAppError } from "#domain/errors.ts";
import { backUpToFile, dumpToFile } from "./dump-to-file.ts";
import { copiesSuite } from "./engine-copies-suite.ts";

export { dumpToFile } from "./dump-to-file.ts";

export interface EngineFixture {
  readonly target: TargetConfig;
  readonly io: EngineIo;
  /** The same target as the engine sees it where nothing is there: ENGINE_CONNECT is expected. */
  readonly absent?: TargetConfig;
  /** Real damage: rows or files changed, a table or a folder gone. */
  damage(): Promise<void>;
  /** A small legitimate write. */
  mutate(): Promise<void>;
  /**
   * Some units gain, lose and change a known number of rows, files or blocks. Gives what restoring
   * the content of before would do: exactly that, no more units.
   */
  change(): Promise<readonly UnitChange[]>;
  /** The live target is lost for good, while its server or machine is still there. */
  remove(): Promise<void>;
  /** What the fresh content answers; null for engines that take no statements. */
  readonly question: {
    readonly statement: string;
    readonly answer: string;
    /** A statement that would write. */
    readonly writes: string;
  } | null;
  /**
   * Whether the engine checks pages and indexes here; `harm` breaks those of the side copy. `harmed`:
   * the target of a check that would wait long for what cannot come any more.
   */
  readonly physical: {
    harm?(names: SideNames): Promise<void>;
    readonly harmed?: TargetConfig;
  } | null;
  /** Digest of what users of the live target read, by other means than the engine. */
  independentDigest(): Promise<string>;
  /**
   * Takes the source away while a dump runs. Nobody reads its stream until then: content that fits
   * into no pipe keeps the dump from its end.
   */
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
      await using dump = await backUpToFile(engine, fixture);
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
      await using dump = await backUpToFile(engine, fixture);
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
      await using dump = await backUpToFile(engine, fixture);
      await fixture.damage();
      const damaged = await engine.digest(fixture.target, "live", names, fixture.io);
      await dump.load(names);
      await engine.quiesce(fixture.target, names, fixture.io);
      await using safety = await backUpToFile(engine, fixture);
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
      await using dump = await backUpToFile(engine, fixture);
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
      await using dump = await backUpToFile(engine, fixture);
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
      await using dump = await backUpToFile(engine, fixture);
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
      const broken = Promise.withResolvers<void>();
      const running = dumpToFile(engine, fixture, { readAfter: broken.promise }).then(
        async (dump) => {
          await dump[Symbol.asyncDispose]();
          return "resolved";
        },
        (error: unknown) => (isAppError(error) ? error.code : String(error)),
      );
      try {
        await fixture.breakMidDump();
      } finally {
        broken.resolve();
      }
      expect(await running).toMatch(/^ENGINE_/);
    });
  });

  copiesSuite(name, { engine, start });
}
