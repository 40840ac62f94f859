/** A vault that does not list what it holds is not one that holds nothing. */
import { mkdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { MaintainerConfig } from "#agent/config/maintainer.ts";
import { type Maintenance, planRetention } from "#agent/keep/plan-retention.ts";
import { retain } from "#agent/keep/retain.ts";
import { loadOrCreateKey } from "#agent/key.ts";
import { shows } from "./faults.ts";
import { ALIAS, flip, KINDS, type VaultWorld, vaultWorld } from "./vault-world.ts";

/** By which the oldest two of three may go. */
const RULE = { terakhir: 1, harian: 0, mingguan: 0, bulanan: 0, tahunan: 0, minimalHari: 1 };
const LATER = 3;

describe.each(KINDS)("a vault of kind %s", (kind) => {
  it.each([
    ["cannot be listed", hideStore],
    ["lists nothing", (one: VaultWorld, files: readonly string[]) => hide(one, files)],
    [
      "lists less than there is",
      (one: VaultWorld, files: readonly string[]) => hide(one, files.slice(1)),
    ],
    ["has a manifest that cannot be read", spoilNewest],
  ])(
    "that %s loses nothing by it, and no stream is called an orphan",
    { tags: shows(kind, 51) },
    async (_what, spoil) => {
      await using one = await vaultWorld(kind);
      const made = [await one.backup(0), await one.backup(0.01), await one.backup(0.02)];
      const m = await maintenanceOf(one);
      // As known from a look at which nothing was old enough to go.
      await retain(m(0.1), await planRetention(m(0.1)));
      await one.watch(0.1);
      const streams = await streamsOf(one);
      expect(streams).toHaveLength(made.length);

      const putBack = await spoil(one, await one.manifestFiles(made));
      const { orphans } = await one.watch(LATER);
      expect(orphans).toBe(0);
      const plans = await planRetention(m(LATER));
      expect(plans.map(({ doubts }) => doubts.length > 0)).toEqual([true]);
      expect(plans.flatMap((plan) => plan.orphans.filter(({ goes }) => goes))).toEqual([]);
      const [outcome] = await retain(m(LATER), plans);
      expect(outcome).toMatchObject({ removed: [], removedOrphans: [] });

      await putBack();
      expect(await streamsOf(one)).toEqual(streams);
      expect((await one.offered()).toSorted()).toEqual(
        made.map(({ manifest }) => manifest.id).toSorted(),
      );
      for (const { manifest } of made) await one.ctx.vault("gudang").verify(manifest.receipt);
    },
  );
});

/** Takes these files of the store away. */
async function hide(one: VaultWorld, files: readonly string[]): Promise<() => Promise<void>> {
  const away = join(one.dir, "away");
  await mkdir(away);
  for (const file of files) await rename(file, join(away, basename(file)));
  return async () => {
    for (const file of files) await rename(join(away, basename(file)), file);
  };
}

async function hideStore(one: VaultWorld): Promise<() => Promise<void>> {
  const name = one.kind === "restic" ? "config" : "manifests";
  return hide(one, [join(one.vaultDir, name)]);
}

async function spoilNewest(
  _one: VaultWorld,
  files: readonly string[],
): Promise<() => Promise<void>> {
  const newest = files.at(-1) ?? "";
  await flip(newest);
  return () => flip(newest);
}

async function streamsOf(one: VaultWorld): Promise<string[]> {
  const found: string[] = [];
  for await (const { object } of one.ctx.vault("gudang").streams()) found.push(object);
  return found.toSorted();
}

async function maintenanceOf(one: VaultWorld): Promise<(day: number) => Maintenance> {
  const { data, vaults } = one.ctx.config;
  const { jwk, publicKey } = await loadOrCreateKey(data);
  const config = MaintainerConfig.parse({
    data: join(one.dir, "pemelihara"),
    vaults,
    agen: [{ nama: one.ctx.key.id, kunci: jwk.x, data }],
    sasaran: [{ alias: ALIAS, agen: one.ctx.key.id, zona: "Asia/Makassar", retensi: RULE }],
  });
  return (day) => ({
    config,
    signers: [{ name: one.ctx.key.id, publicKey }],
    vault: () => one.ctx.vault("gudang"),
    portalTime: async () => one.on(day).now(),
    now: one.on(day).now,
    log: () => undefined,
  });
}
