import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { damagedBackups } from "#agent/keep/damaged.ts";
import { vaultAlerts, watchVaults } from "#agent/keep/watch-vaults.ts";
import { shows } from "../fault/faults.ts";
import { dayAt, idsIn, type Keeping, objectsIn, openKeeping, strand } from "./keeping.ts";

const watch = (world: Keeping, day: number) => watchVaults(world.agentOn(day), dayAt(day));
const alerts = async (world: Keeping, day: number) =>
  (await vaultAlerts(world.config, dayAt(day))).get("db");

/** Flips one byte of the stream of a backup; gives how to mend it. */
async function damage(world: Keeping, backup: string): Promise<() => Promise<void>> {
  const found = (await listBackups(world.agentOn(0), "db")).find(
    ({ manifest }) => manifest.id === backup,
  );
  const path = join(world.storeDir, "objects", found?.manifest.receipt.object ?? "");
  const sound = await readFile(path);
  const bytes = Buffer.from(sound);
  bytes[150] = (bytes[150] ?? 0) ^ 1;
  await writeFile(path, bytes);
  return () => writeFile(path, sound);
}

describe("reading all data in turn", () => {
  test("finds a damaged backup within the promised days, and offers it no more until it reads back", async () => {
    await using world = await openKeeping("objects");
    const [vault] = world.config.vaults;
    if (vault) vault.bacaSemuaHari = 3;
    const good = await world.backupOn(0);
    const bad = await world.backupOn(0);
    const mend = await damage(world, bad);

    const found: string[] = [];
    for (let day = 1; day <= 3; day += 1) {
      const { rota } = await watch(world, day);
      found.push(...rota.flatMap((report) => report.damaged));
    }
    expect(new Set(found)).toEqual(new Set([bad]));
    expect([...(await damagedBackups(world.config.data)).keys()]).toEqual([bad]);
    const offered = await listBackups(world.agentOn(4), "db");
    expect(offered.map(({ manifest }) => manifest.id)).toEqual([good]);
    expect(await alerts(world, 4)).toEqual(["vault_damaged"]);
    // Nothing was removed: that is not the agent's to do.
    expect(await idsIn(world.vault())).toHaveLength(2);

    await mend();
    for (let day = 4; day <= 7; day += 1) await watch(world, day);
    expect(await listBackups(world.agentOn(8), "db")).toHaveLength(2);
    expect(await alerts(world, 8)).toEqual([]);
  });

  test("reads nothing twice on one day, and says which vault it could not read", async () => {
    await using world = await openKeeping("objects");
    await world.backupOn(0);
    expect((await watch(world, 1)).rota[0]?.parts).toHaveLength(1);
    expect((await watch(world, 1.1)).rota[0]?.parts).toEqual([]);
    await rm(world.storeDir, { recursive: true });
    expect((await watch(world, 2)).rota[0]).toMatchObject({
      parts: [],
      error: "VAULT_UNREACHABLE",
    });
  });
});

describe("a store that is not what it was", () => {
  const older = "put back to an older state is noticed, also after new backups were made in it";
  test(older, { tags: shows("objects", 32) }, async () => {
    await using world = await openKeeping("objects");
    await world.backupOn(0);
    await cp(world.storeDir, `${world.storeDir}.lama`, { recursive: true });
    const lost = await world.backupOn(0);
    expect((await watch(world, 0.1)).broken).toEqual([]);
    await rm(world.storeDir, { recursive: true });
    await cp(`${world.storeDir}.lama`, world.storeDir, { recursive: true });

    const gap = [
      { alias: "db", vault: "gudang", lost: [expect.objectContaining({ backup: lost })] },
    ];
    expect((await watch(world, 0.2)).broken).toEqual(gap);
    expect(await alerts(world, 0.3)).toEqual(["backups_lost"]);
    await world.backupOn(0.3);
    expect((await watch(world, 0.4)).broken).toEqual(gap);
  });

  test("names in each manifest the one before it", async () => {
    await using world = await openKeeping("objects");
    for (let n = 0; n < 3; n += 1) await world.backupOn(n);
    const backups = await listBackups(world.agentOn(3), "db");
    const [third, second, first] = backups;
    expect(third?.manifest.previous).toBe(second?.summary.manifest);
    expect(second?.manifest.previous).toBe(first?.summary.manifest);
    expect(first?.manifest.previous).toBeNull();
  });

  test("is told apart from one in which the rule removed what it may", async () => {
    await using world = await openKeeping("objects");
    const ids: string[] = [];
    for (const day of [0, 1, 2, 3, 10]) ids.push(await world.backupOn(day));
    await world.vault().remove({ backupIds: ids.slice(0, 3), objects: [] });
    expect((await watch(world, 12)).broken).toEqual([]);
    await world.vault().remove({ backupIds: ids.slice(3, 4), objects: [] });
    expect((await watch(world, 12.1)).broken[0]?.lost).toHaveLength(1);
  });
});

describe("what an interrupted backup has left", () => {
  test("is marked after a day, never offered, and not removed by the agent", async () => {
    await using world = await openKeeping("objects");
    await world.backupOn(0);
    const object = await strand(world.vault(), { backup: "x", job: "operator", alias: "db" });
    expect((await watch(world, 0.5)).orphans).toBe(0);
    expect((await watch(world, 1.5)).orphans).toBe(1);
    expect(await objectsIn(world.vault())).toContain(object);
    expect(await listBackups(world.agentOn(2), "db")).toHaveLength(1);
  });
});

describe("space", () => {
  test("that runs out within a fortnight is told", async () => {
    await using world = await openKeeping("objects");
    await world.backupOn(0);
    let free = 100_000_000_000;
    for (let day = 1; day <= 4; day += 1) {
      free -= 9_000_000_000;
      const freeBytes = free;
      const agent = world.agentOn(day);
      const vault = { ...world.vault(), freeBytes: async () => freeBytes };
      await watchVaults({ ...agent, vault: () => vault }, dayAt(day));
    }
    expect(await alerts(world, 4)).toEqual(["vault_full_soon"]);
  });
});
