/** What must hold of an engine's copies: into an empty place, compared, proved, kept and dropped. */
import { describe, expect, it } from "vitest";
import type { SideNames } from "#agent/engines/engine.ts";
import { backUpToFile } from "./dump-to-file.ts";
import type { EngineSuite } from "./engine-suite.ts";
import { inOrder } from "./unit-changes.ts";

const names: SideNames = { side: "r_0123456789", old: "o_0123456789" };
const intoEmpty: SideNames = { ...names, liveWasAbsent: true };

export function copiesSuite(name: string, { engine, start }: EngineSuite): void {
  describe(`copies of engine ${name}`, () => {
    it("restores a target that is gone into its empty place, and can undo that", async () => {
      await using fixture = await start();
      const { target, io } = fixture;
      const wanted = await fixture.independentDigest();
      await using dump = await backUpToFile(engine, fixture);
      expect(await engine.presence(target, io)).toBe("present");
      await fixture.remove();
      expect(await engine.presence(target, io)).toBe("absent");

      await engine.preflight(target, dump.manifest, io);
      await dump.load(intoEmpty);
      expect(await engine.digest(target, "side", intoEmpty, io)).toEqual(dump.report.content);
      expect(await engine.presence(target, io)).toBe("absent");
      expect(await engine.swapState(target, intoEmpty, io)).toBe("before");
      await engine.swap(target, intoEmpty, io);
      await engine.swap(target, intoEmpty, io);
      expect(await engine.swapState(target, intoEmpty, io)).toBe("after");
      expect(await engine.digest(target, "live", intoEmpty, io)).toEqual(dump.report.content);

      await engine.rollback(target, intoEmpty, io);
      await engine.rollback(target, intoEmpty, io);
      await engine.dropSide(target, intoEmpty, io);
      await engine.reopen(target, intoEmpty, io);
      expect(await engine.presence(target, io)).toBe("absent");
      expect(await engine.swapState(target, intoEmpty, io)).toBe("before");

      await dump.load(intoEmpty);
      await engine.swap(target, intoEmpty, io);
      await engine.reopen(target, intoEmpty, io);
      await engine.dropSide(target, intoEmpty, io);
      expect(await engine.presence(target, io)).toBe("present");
      expect(await fixture.independentDigest()).toBe(wanted);
      expect(await engine.leftovers(target, io)).toEqual([]);
      await fixture.mutate();
    });

    it("does not take the place that somebody filled while the side copy was made", async () => {
      await using fixture = await start();
      const { target, io } = fixture;
      await using dump = await backUpToFile(engine, fixture);
      await fixture.damage();
      const present = await fixture.independentDigest();
      await dump.load(intoEmpty);
      await expect(engine.swap(target, intoEmpty, io)).rejects.toMatchObject({
        code: expect.stringMatching(/^ENGINE_/),
      });
      await engine.dropSide(target, intoEmpty, io);
      await engine.reopen(target, intoEmpty, io);
      expect(await fixture.independentDigest()).toBe(present);
    });

    it("counts what a restore would add, change and lose, to the row", async () => {
      await using fixture = await start();
      const { target, io } = fixture;
      await using dump = await backUpToFile(engine, fixture);
      await dump.load(names);
      expect(await engine.compare(target, names, io)).toEqual([]);
      const expected = await fixture.change();
      const changed = await fixture.independentDigest();
      expect(inOrder(await engine.compare(target, names, io))).toEqual(inOrder(expected));
      expect(await fixture.independentDigest()).toBe(changed);
      expect(await engine.swapState(target, names, io)).toBe("before");
    });

    it("finds side and kept copies, and drops the kept one for good and twice", async () => {
      await using fixture = await start();
      const { target, io } = fixture;
      await using dump = await backUpToFile(engine, fixture);
      await fixture.damage();
      expect(await engine.leftovers(target, io)).toEqual([]);
      await engine.dropOld(target, names, io);
      await dump.load(names);
      expect(await engine.leftovers(target, io)).toEqual([names.side]);
      await engine.quiesce(target, names, io);
      await engine.swap(target, names, io);
      await engine.reopen(target, names, io);
      expect(await engine.leftovers(target, io)).toEqual([names.old]);
      const live = await fixture.independentDigest();
      await engine.dropOld(target, names, io);
      await engine.dropOld(target, names, io);
      expect(await engine.leftovers(target, io)).toEqual([]);
      await expect(engine.digest(target, "old", names, io)).rejects.toMatchObject({
        code: expect.stringMatching(/^ENGINE_/),
      });
      expect(await fixture.independentDigest()).toBe(live);
    });

    it("swaps back long after the restore, as a request may ask", async () => {
      await using fixture = await start();
      const { target, io } = fixture;
      await using dump = await backUpToFile(engine, fixture);
      await fixture.damage();
      const damaged = await fixture.independentDigest();
      await dump.load(names);
      await engine.quiesce(target, names, io);
      await engine.swap(target, names, io);
      await engine.reopen(target, names, io);
      await engine.dropSide(target, names, io);
      await fixture.mutate();

      await engine.quiesce(target, names, io);
      await using safety = await backUpToFile(engine, fixture);
      await engine.rollback(target, names, io);
      await engine.dropSide(target, names, io);
      await engine.reopen(target, names, io);
      expect(await engine.swapState(target, names, io)).toBe("before");
      expect(await fixture.independentDigest()).toBe(damaged);
      expect(safety.report.content.digest).not.toBe(dump.report.content.digest);
      expect(await engine.leftovers(target, io)).toEqual([]);
    });

    it("answers read-only statements on live and side copy, or says it takes none", async () => {
      await using fixture = await start();
      const { target, io, question } = fixture;
      await using dump = await backUpToFile(engine, fixture);
      await dump.load(names);
      if (question === null) {
        await expect(engine.answer(target, "side", names, "select 1", io)).rejects.toMatchObject({
          code: "ENGINE_UNSUPPORTED",
        });
        return;
      }
      const before = await fixture.independentDigest();
      for (const copy of ["live", "side"] as const) {
        expect(await engine.answer(target, copy, names, question.statement, io)).toBe(
          question.answer,
        );
        const refused = await engine
          .answer(target, copy, names, question.writes, io)
          .catch((error: unknown) => error);
        expect(refused).toMatchObject({ code: expect.stringMatching(/^ENGINE_/) });
        expect(String(refused)).not.toContain(question.writes);
      }
      expect(await engine.digest(target, "side", names, io)).toEqual(dump.report.content);
      expect(await fixture.independentDigest()).toBe(before);
    });

    it("checks pages and indexes where it can, and finds damage", async () => {
      await using fixture = await start();
      const { target, io, physical } = fixture;
      await using dump = await backUpToFile(engine, fixture);
      await dump.load(names);
      const before = await fixture.independentDigest();
      for (const copy of ["live", "side"] as const) {
        expect(await engine.checkPhysically(target, copy, names, io)).toBe(physical !== null);
      }
      expect(await fixture.independentDigest()).toBe(before);
      expect(await engine.digest(target, "side", names, io)).toEqual(dump.report.content);
      if (!physical?.harm) return;
      await physical.harm(names);
      const harmed = physical.harmed ?? target;
      await expect(engine.checkPhysically(harmed, "side", names, io)).rejects.toMatchObject({
        code: "ENGINE_DAMAGED",
      });
    });
  });
}
