/**
 * What must hold wherever an agent is killed, for any engine: it is killed at every point of a
 * backup, a restore, a preview, a rollback, a drop and a drill (without PULIH_FAULT=full at those
 * that decide), and the next agent clears up. After each kill the seven invariants are asked.
 */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { begunDrills } from "#agent/care/drill-store.ts";
import { runDrill } from "#agent/care/run-drill.ts";
import type { EngineId, ProofLevel } from "#protocol/manifest.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { shows } from "./faults.ts";
import {
  chosenPoints,
  type Ended,
  type Found,
  forEach,
  isFull,
  type KilledPlace,
  killedPlace,
} from "./killed-place.ts";
import { type Action, agentOf, copyWorld } from "./killed-world.ts";
import type { Place } from "./places/place.ts";

const LONG = { timeout: isFull ? 7_200_000 : 900_000 };

export interface KilledSuite {
  readonly engine: EngineId;
  readonly open: () => Promise<Place>;
  /** What a drill with a physical check proves at most. */
  readonly level: ProofLevel;
  /** Where it is killed without PULIH_FAULT=full. */
  readonly chosen: Readonly<
    Record<Exclude<Action, "resume"> | "lost" | "again", readonly RegExp[]>
  >;
}

export function killedSuite(name: string, { engine, open, level, chosen }: KilledSuite): void {
  describe(`an agent killed at work on ${name}`, () => {
    let dir: TempDir;
    let place: Place;
    let one: KilledPlace;
    beforeAll(async () => {
      dir = await tempDir();
      place = await open();
      one = await killedPlace(place, dir.path);
    }, LONG.timeout);
    afterAll(async () => {
      await place?.[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    }, 120_000);

    it("in a backup leaves the source as it was, and a backup only once its manifest is there", {
      ...LONG,
      tags: shows(engine, 1),
    }, async () => {
      const { points } = await one.live("backup", "damaged");
      const manifest = points.indexOf("before vault.putManifest") + 1;
      expect(points.slice(0, manifest)).toContain(`before ${engine}.dump`);
      const { damaged } = one.states;
      await forEach(points, chosenPoints(points, chosen.backup), (at) =>
        one.kill({ action: "backup", state: "damaged", at, allowed: [damaged] }, (found) => {
          expect(found.content).toBe(damaged.content);
          if (at.point <= manifest) expect(found.backups).toBe(0);
        }),
      );
    });

    it("in a restore leaves data wholly old or wholly new", {
      ...LONG,
      tags: shows(engine, 4, 5),
    }, async () => {
      const { damaged } = one.states;
      const { points, ...fresh } = await one.live("restore", "damaged");
      expect(fresh.remains).not.toEqual([]);
      const ends = await sweepRestore(points, damaged, fresh, chosen.restore);
      expect(ends.old).toBeGreaterThan(0);
      expect(ends.new).toBeGreaterThan(0);
    });

    it("in a restore, and again while it is brought back, leaves data as they were", {
      ...LONG,
      tags: shows(engine, 4, 5),
    }, async () => {
      const { damaged } = one.states;
      const { points } = await one.live("restore", "damaged");
      // Swapped and checked, but not committed: it must be swapped back.
      const point = points.lastIndexOf(`after ${engine}.digest`) + 1;
      const first = { action: "restore", state: "damaged", at: { points, point } } as const;
      const again = await one.resumePoints(first);
      expect(again).toContain(`before ${engine}.rollback`);
      await forEach(again, chosenPoints(again, chosen.again), (second) =>
        one.kill({ ...first, again: second, allowed: [damaged] }, ({ content, remains }) => {
          expect({ content, remains }).toEqual(damaged);
        }),
      );
    });

    it("in a restore of what was lost leaves an empty place or all of it", {
      ...LONG,
      tags: shows(engine, 4, 5),
    }, async () => {
      const { lost } = one.states;
      const { points, ...fresh } = await one.live("restore", "lost");
      const ends = await sweepRestore(points, lost, fresh, chosen.lost, "lost");
      expect(ends.old).toBeGreaterThan(0);
      expect(ends.new).toBeGreaterThan(0);
    });

    it("in a preview leaves the live data as they were and nothing beside them", {
      ...LONG,
      tags: shows(engine, 4),
    }, async () => {
      const { damaged } = one.states;
      const { points } = await one.live("preview", "damaged");
      expect(points).toContain(`before ${engine}.compare`);
      await forEach(points, chosenPoints(points, chosen.preview), (at) =>
        one.kill({ action: "preview", state: "damaged", at, allowed: [damaged] }, (found) => {
          expect(found).toMatchObject(damaged);
          for (const { data, results } of found.resumed) {
            expect(results).toHaveLength(data === "new" ? 1 : 0);
          }
        }),
      );
    });

    it("in a rollback has rolled back wholly or not at all", {
      ...LONG,
      tags: shows(engine, 4, 5),
    }, async () => {
      const { damaged, restored } = one.states;
      const { points, ...back } = await one.live("rollback", "restored");
      expect(back).toEqual(damaged);
      const ends = new Set<string | undefined>();
      await forEach(points, chosenPoints(points, chosen.rollback), (at) =>
        one.kill(
          { action: "rollback", state: "restored", at, allowed: [damaged, restored] },
          (found) => {
            expect(found).toMatchObject(found.kept === "rolled_back" ? damaged : restored);
            assertTold(found, "job-2", found.kept === "rolled_back");
            ends.add(found.kept);
          },
        ),
      );
      expect([...ends].sort()).toEqual(["kept", "rolled_back"]);
    });

    it("in a drop has dropped the kept copy or has not begun to", {
      ...LONG,
      tags: shows(engine, 4),
    }, async () => {
      const { restored } = one.states;
      const { points, ...dropped } = await one.live("drop", "restored");
      expect(dropped).toEqual({ content: restored.content, remains: [] });
      const ends = new Set<string | undefined>();
      await forEach(points, chosenPoints(points, chosen.drop), (at) =>
        one.kill({ action: "drop", state: "restored", at, allowed: [restored] }, (found) => {
          expect(found).toMatchObject(found.kept === "dropped" ? dropped : restored);
          ends.add(found.kept);
        }),
      );
      expect([...ends].sort()).toEqual(["dropped", "kept"]);
    });

    it("in a drill leaves the live data as they were and no copy", LONG, async () => {
      const { damaged } = one.states;
      const { points } = await one.live("drill", "damaged");
      expect(points).toContain(`after ${engine}.loadSide`);
      await forEach(points, chosenPoints(points, chosen.drill), (at) =>
        one.kill({ action: "drill", state: "damaged", at, allowed: [damaged] }, (found) => {
          expect(found).toMatchObject(damaged);
        }),
      );
    });

    it(
      `that lives proves a backup by a drill up to ${level}, and leaves nothing`,
      LONG,
      async () => {
        await place.reset("lost");
        const world = await copyWorld(`${dir.path}/damaged`, `${dir.path}/drilled`);
        await using agent = await agentOf(world);
        const [backup] = await listBackups(agent.ctx, null);
        const choice = { verification: { fisik: true, pertanyaan: [] } };
        const { record } = await runDrill(agent.ctx, agent.work(), place.target.alias, choice);
        expect(record).toMatchObject({ ok: true, error: null, level, backup: backup?.manifest.id });
        expect(record.rows).toBeGreaterThan(0);
        expect(await begunDrills(agent.ctx.config.data)).toEqual([]);
        expect(await place.remains()).toEqual([]);
        await rm(world, { recursive: true });
      },
    );

    async function sweepRestore(
      points: readonly string[],
      old: Ended,
      fresh: Ended,
      patterns: readonly RegExp[],
      state: "damaged" | "lost" = "damaged",
    ): Promise<{ readonly old: number; readonly new: number }> {
      const ends = { old: 0, new: 0 };
      await forEach(points, chosenPoints(points, patterns), (at) =>
        one.kill({ action: "restore", state, at, allowed: [old, fresh] }, (found) => {
          const isNew = found.content === fresh.content;
          expect(found).toMatchObject(isNew ? fresh : old);
          assertTold(found, "job-1", isNew);
          ends[isNew ? "new" : "old"] += 1;
        }),
      );
      return ends;
    }
  });
}

/** Without a journal nothing was begun; with an end in it, nothing was left to do. */
function assertTold({ resumed }: Found, job: string, isNew: boolean): void {
  for (const one of resumed) {
    expect(one).toMatchObject({ job, data: isNew ? "new" : "old" });
    expect(one.results).toHaveLength(isNew ? 1 : 0);
  }
}
