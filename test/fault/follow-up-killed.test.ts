import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keptCopies } from "#agent/restore/kept-copies.ts";
import { type ResumedRestore, resumeRestores } from "#agent/restore/resume-restores.ts";
import { sideNames } from "#agent/restore/side-names.ts";
import { type ApplicationState, smallApplication } from "#support/small-application.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { shows } from "./faults.ts";
import {
  type Action,
  agentOf,
  copyWorld,
  damagedWorld,
  distinctPoints,
  forEachPoint,
  killAt,
  pointsOf,
  restoredWorld,
} from "./killed-world.ts";

const SWEEP_TIMEOUT_MS = 900_000;
/** The application is a SQLite database and a folder. */
const TAGS = [...shows("sqlite", 4), ...shows("directory", 4)];
const { old } = sideNames("job-1");
const KEPT = [`berkas.${old}`, `data.db.${old}`];

interface Found {
  readonly content: ApplicationState;
  readonly remains: string[];
  readonly resumed: readonly ResumedRestore[];
  readonly kept: string | undefined;
}

let dir: TempDir;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir[Symbol.asyncDispose]());

async function contentOf(world: string): Promise<ApplicationState> {
  return (await smallApplication(join(world, "app"))).content();
}

/** Ends what was cut short, as the agent does at its start, and looks at what there is. */
async function restart(world: string): Promise<Found> {
  const app = await smallApplication(join(world, "app"));
  await using agent = await agentOf(world);
  const resumed = await resumeRestores(agent.ctx);
  const content = await app.content();
  const remains = (await app.remains()).sort();
  // Open to its users, and nothing is left to do.
  await app.write();
  expect(await resumeRestores(agent.ctx)).toEqual([]);
  const kept = (await keptCopies(agent.ctx.config.data)).find(({ job }) => job === "job-1");
  return { content, remains, resumed, kept: kept?.state };
}

/** Kills the work at each point and tells what every restart found. */
async function sweep(
  action: Action,
  template: string,
  points: readonly string[],
  look: (found: Found, point: number) => void,
): Promise<number> {
  const kill = async (point: number) => {
    const world = await copyWorld(template, join(dir.path, `${action}-${point}`));
    await killAt(action, world, point);
    look(await restart(world), point);
    await rm(world, { recursive: true });
  };
  return forEachPoint(points, kill, distinctPoints(points));
}

describe("an agent killed in a preview", { tags: TAGS }, () => {
  it(
    "leaves the live data as they were and nothing beside them",
    async () => {
      const template = join(dir.path, "preview");
      await damagedWorld(template);
      const before = await contentOf(template);
      const alive = await copyWorld(template, join(dir.path, "preview-alive"));
      const points = await pointsOf("preview", alive);
      expect(points).toContain("before sqlite.compare");
      const ends = new Set<string>();
      await sweep("preview", template, points, ({ content, remains, resumed }) => {
        expect(content).toEqual(before);
        expect(remains).toEqual([]);
        for (const { data, results } of resumed) {
          ends.add(data);
          expect(results).toHaveLength(data === "new" ? 2 : 0);
        }
      });
      expect([...ends].sort()).toEqual(["new", "old"]);
    },
    SWEEP_TIMEOUT_MS,
  );
});

describe("an agent killed in a follow-up of a restore", { tags: TAGS }, () => {
  let template: string;
  let restored: ApplicationState;
  let former: ApplicationState;

  beforeAll(async () => {
    template = join(dir.path, "restored");
    await restoredWorld(template);
    restored = await contentOf(template);
    const damaged = join(dir.path, "damaged");
    await damagedWorld(damaged);
    former = await contentOf(damaged);
  }, SWEEP_TIMEOUT_MS);

  const assertEither = ({ content, remains, resumed, kept }: Found) => {
    const isBack = kept === "rolled_back";
    expect(content).toEqual(isBack ? former : restored);
    expect(remains).toEqual(isBack ? [] : KEPT);
    for (const { job, data, results } of resumed) {
      expect({ job, data }).toEqual({ job: "job-2", data: isBack ? "new" : "old" });
      expect(results).toHaveLength(isBack ? 2 : 0);
      for (const { followUp } of results) expect(followUp?.safetyBackup).not.toBeNull();
    }
  };

  it(
    "has rolled back wholly or not at all, wherever it was killed",
    async () => {
      const alive = await copyWorld(template, join(dir.path, "rollback-alive"));
      const points = await pointsOf("rollback", alive);
      expect(await contentOf(alive)).toEqual(former);
      const ends = { kept: 0, rolled_back: 0 };
      const kills = await sweep("rollback", template, points, (found) => {
        assertEither(found);
        ends[found.kept as keyof typeof ends] += 1;
      });
      expect(ends.kept).toBeGreaterThan(0);
      expect(ends.rolled_back).toBeGreaterThan(0);
      expect(ends.kept + ends.rolled_back).toBe(kills);
    },
    SWEEP_TIMEOUT_MS,
  );

  it(
    "goes forward also where it is killed again between two targets that are swapped back",
    async () => {
      const points = await pointsOf("rollback", await copyWorld(template, join(dir.path, "r-2")));
      const half = await copyWorld(template, join(dir.path, "rollback-half"));
      await killAt("rollback", half, points.indexOf("before directory.rollback") + 1);
      const again = await pointsOf("resume", await copyWorld(half, join(dir.path, "half-alive")));
      expect(again).toContain("after directory.rollback");
      await sweep("resume", half, again, (found) => {
        expect(found.kept).toBe("rolled_back");
        assertEither(found);
      });
    },
    SWEEP_TIMEOUT_MS,
  );

  it(
    "has dropped all kept copies or has not begun to",
    async () => {
      const alive = await copyWorld(template, join(dir.path, "drop-alive"));
      const points = await pointsOf("drop", alive);
      const ends = new Set<string | undefined>();
      await sweep("drop", template, points, ({ content, remains, kept, resumed }) => {
        expect(content).toEqual(restored);
        expect(remains).toEqual(kept === "dropped" ? [] : KEPT);
        for (const { data } of resumed) expect(data).toBe("new");
        ends.add(kept);
      });
      expect([...ends].sort()).toEqual(["dropped", "kept"]);
    },
    SWEEP_TIMEOUT_MS,
  );
});
