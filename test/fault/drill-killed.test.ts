import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clearAllDrills } from "#agent/care/clear-drills.ts";
import { begunDrills } from "#agent/care/drill-store.ts";
import { lockTarget } from "#agent/care/target-lock.ts";
import { smallApplication } from "#support/small-application.ts";
import { tempDir } from "#support/temp-dir.ts";
import {
  agentOf,
  copyWorld,
  damagedWorld,
  forEachPoint,
  killAt,
  pointsOf,
} from "./killed-world.ts";

test("a drill killed at any point leaves no copy after the restart, and the live data as they were", async () => {
  await using dir = await tempDir();
  const origin = join(dir.path, "origin");
  await damagedWorld(origin);
  const before = await (await smallApplication(join(origin, "app"))).state();
  const points = await pointsOf("drill", await copyWorld(origin, join(dir.path, "counted")));
  expect(points.filter((name) => name.endsWith("loadSide"))).toHaveLength(4);
  let copies = 0;

  await forEachPoint(points, async (point) => {
    const world = await copyWorld(origin, join(dir.path, String(point)));
    await killAt("drill", world, point);
    const app = await smallApplication(join(world, "app"));
    if ((await app.remains()).length > 0) copies += 1;
    await using agent = await agentOf(world);
    await clearAllDrills(agent.ctx);
    expect(await app.remains()).toEqual([]);
    expect(await app.state()).toEqual(before);
    expect(await begunDrills(agent.ctx.config.data)).toEqual([]);
    await rm(world, { recursive: true });
  });
  // Else nothing was shown: somewhere in between there is a copy to leave.
  expect(copies).toBeGreaterThan(0);
}, 300_000);

test("what is cleared at a start is never the drill that the operator runs at that moment", async () => {
  await using dir = await tempDir();
  const world = join(dir.path, "world");
  await damagedWorld(world);
  const points = await pointsOf("drill", await copyWorld(world, join(dir.path, "counted")));
  await killAt("drill", world, points.indexOf("after sqlite.loadSide") + 1);
  await using agent = await agentOf(world);
  const { ctx } = agent;
  const app = await smallApplication(join(world, "app"));
  const remains = await app.remains();
  expect(remains).not.toEqual([]);

  const operator = await lockTarget(ctx.config.data, "basis-data");
  await clearAllDrills(ctx);
  expect(await app.remains()).toEqual(remains);
  await operator[Symbol.asyncDispose]();
  await clearAllDrills(ctx);
  expect(await app.remains()).toEqual([]);
}, 60_000);
