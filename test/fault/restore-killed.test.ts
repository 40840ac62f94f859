import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { sideNames } from "#agent/restore/side-names.ts";
import {
  type ApplicationState,
  type SmallApplication,
  smallApplication,
} from "#support/small-application.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { shows } from "./faults.ts";
import {
  agentOf,
  copyWorld,
  damagedWorld,
  distinctPoints,
  forEachPoint,
  killAt,
  pointsOf,
} from "./killed-world.ts";

const SWEEP_TIMEOUT_MS = 900_000;

let dir: TempDir;
let template: string;
let before: { state: ApplicationState; content: ApplicationState };
let wanted: ApplicationState;

beforeAll(async () => {
  dir = await tempDir();
  template = join(dir.path, "template");
  await damagedWorld(template);
  const damaged = await smallApplication(join(template, "app"));
  before = { state: await damaged.state(), content: await damaged.content() };
});
afterAll(() => dir[Symbol.asyncDispose]());

/** Whole again and free for its users: entirely new, or entirely as it was. */
async function assertWhole(world: string, app: SmallApplication): Promise<"old" | "new"> {
  const content = await app.content();
  const data = content.database === wanted.database ? "new" : "old";
  expect(content).toEqual(data === "new" ? wanted : before.content);
  const { old } = sideNames("job-1");
  const kept = data === "new" ? [`berkas.${old}`, `data.db.${old}`] : [];
  expect((await app.remains()).sort()).toEqual(kept);
  if (data === "old") expect(await app.state()).toEqual(before.state);
  await app.write();
  await using agent = await agentOf(world);
  expect(await resumeRestores(agent.ctx)).toEqual([]);
  return data;
}

/** The application is a SQLite database and a folder. */
const TAGS = [...shows("sqlite", 4, 5), ...shows("directory", 4, 5)];

describe("an agent killed in a restore of a database and its files", { tags: TAGS }, () => {
  let points: string[] = [];

  beforeAll(async () => {
    const world = await copyWorld(template, join(dir.path, "alive"));
    points = await pointsOf("restore", world);
    const app = await smallApplication(join(world, "app"));
    wanted = await app.content();
    expect(wanted).not.toEqual(before.content);
  });

  it(
    "leaves data wholly old or wholly new after its restart, wherever it was killed",
    async () => {
      const ends = { old: 0, new: 0 };
      const kills = await forEachPoint(
        points,
        async (point) => {
          const world = await copyWorld(template, join(dir.path, `killed-${point}`));
          await killAt("restore", world, point);
          const app = await smallApplication(join(world, "app"));
          {
            await using agent = await agentOf(world);
            const resumed = await resumeRestores(agent.ctx);
            const data = await assertWhole(world, app);
            // Without a journal nothing was begun; with an end in it, nothing was left to do.
            for (const one of resumed) {
              expect(one).toMatchObject({ job: "job-1", data });
              expect(one.results).toHaveLength(data === "new" ? 2 : 0);
            }
            for (const { summary } of await listBackups(agent.ctx, null)) {
              expect(["backup", "safety"]).toContain(summary.purpose);
            }
            ends[data] += 1;
          }
          await rm(world, { recursive: true });
        },
        distinctPoints(points),
      );
      expect(ends.old).toBeGreaterThan(0);
      expect(ends.new).toBeGreaterThan(0);
      expect(ends.old + ends.new).toBe(kills);
    },
    SWEEP_TIMEOUT_MS,
  );

  it(
    "is brought back also where the agent is killed again while it brings data back",
    async () => {
      // Everything was swapped and checked, nothing committed: all of it must be swapped back.
      const late = await copyWorld(template, join(dir.path, "late"));
      await killAt("restore", late, points.lastIndexOf("after directory.digest") + 1);
      const alive = await copyWorld(late, join(dir.path, "alive-again"));
      const again = await pointsOf("resume", alive);
      expect(again).toContain("before sqlite.rollback");
      expect(again).toContain("after directory.rollback");
      await forEachPoint(
        again,
        async (point) => {
          const world = await copyWorld(late, join(dir.path, `twice-${point}`));
          await killAt("resume", world, point);
          const app = await smallApplication(join(world, "app"));
          {
            await using agent = await agentOf(world);
            await resumeRestores(agent.ctx);
          }
          expect(await assertWhole(world, app)).toBe("old");
          await rm(world, { recursive: true });
        },
        distinctPoints(again),
      );
    },
    SWEEP_TIMEOUT_MS,
  );
});
