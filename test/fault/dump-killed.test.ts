import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { eventually } from "#support/eventually.ts";
import { smallApplication } from "#support/small-application.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { shows } from "./faults.ts";
import {
  agentOf,
  copyWorld,
  damagedWorld,
  forEachPoint,
  killAt,
  pointsOf,
  programsOf,
} from "./killed-world.ts";

let dir: TempDir;
let template: string;

beforeAll(async () => {
  dir = await tempDir();
  template = join(dir.path, "template");
  await damagedWorld(template);
});
afterAll(() => dir[Symbol.asyncDispose]());

/** The application is a SQLite database and a folder. */
const TAGS = [...shows("sqlite", 1), ...shows("directory", 1)];

describe("an agent killed in a backup", () => {
  it("leaves only backups that verify, and the source as it was, wherever it was killed", {
    tags: TAGS,
    timeout: 600_000,
  }, async () => {
    const before = await (await smallApplication(join(template, "app"))).state();
    const alive = await copyWorld(template, join(dir.path, "alive"));
    const points = await pointsOf("backup", alive);
    const counts = new Set<number>();
    await forEachPoint(points, async (point) => {
      const world = await copyWorld(template, join(dir.path, `killed-${point}`));
      await killAt("backup", world, point);
      await eventually("no program goes on", () => programsOf(world).length === 0);
      const app = await smallApplication(join(world, "app"));
      expect(await app.state()).toEqual(before);
      expect(await app.remains()).toEqual([]);
      {
        await using agent = await agentOf(world);
        const listed = await listBackups(agent.ctx, null);
        for (const { manifest } of listed) {
          const { bytes } = await agent.ctx.vault("gudang").verify(manifest.receipt);
          expect(bytes).toBe(manifest.receipt.bytes);
        }
        counts.add(listed.length);
      }
      await rm(world, { recursive: true });
    });
    // Two were there before; the killed agent added none, one or both.
    expect([...counts].sort()).toEqual([2, 3, 4]);
  });

  it("leaves no copy of the database behind once the next agent has made a backup", async () => {
    const world = await copyWorld(template, join(dir.path, "copies"));
    const points = await pointsOf("backup", await copyWorld(template, join(dir.path, "names")));
    const isCopy = (name: string) => name.startsWith("pulih-sqlite-");
    // The first program of the dump looks at the copy that was just made.
    const dump = points.indexOf("before sqlite.dump");
    const first = points.findIndex((name, at) => at > dump && name.startsWith("after dump runs "));
    await killAt("backup", world, first + 1);
    expect((await readdir(join(world, "tmp"))).filter(isCopy)).toHaveLength(1);
    await pointsOf("backup", world);
    expect((await readdir(join(world, "tmp"))).filter(isCopy)).toEqual([]);
  });
});
