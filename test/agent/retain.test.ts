import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { listBackups } from "#agent/backup/list-backups.ts";
import { type Maintenance, planRetention } from "#agent/keep/plan-retention.ts";
import { acceptLost, retain } from "#agent/keep/retain.ts";
import { AppError } from "#domain/errors.ts";
import { sha256Hex, utf8 } from "#domain/trust/canonical.ts";
import { fromBase64, signEnvelope } from "#domain/trust/dsse.ts";
import { MANIFEST_TYPE, Manifest } from "#protocol/manifest.ts";
import { shows } from "../fault/faults.ts";
import { command } from "./agent-process.ts";
import { idsIn, type Keeping, objectsIn, openKeeping, SMALL_RULE, strand } from "./keeping.ts";

const run = async (m: Maintenance) => retain(m, await planRetention(m));

describe.each(["objects", "restic"] as const)("the maintenance identity on %s", (jenis) => {
  test("removes what no rule keeps, manifest and stream, and leaves the rest whole", async () => {
    await using world = await openKeeping(jenis);
    const ids: string[] = [];
    for (const day of [0, 1, 3, 10]) ids.push(await world.backupOn(day));
    const m = world.maintenanceOn(12);
    const plans = await planRetention(m);
    expect(await idsIn(world.vault())).toHaveLength(4);

    const [outcome] = await retain(m, plans);
    expect(outcome).toMatchObject({ error: null, unreadable: [] });
    expect([...(outcome?.removed ?? [])].sort()).toEqual(ids.slice(0, 2).sort());
    expect((await idsIn(world.vault())).sort()).toEqual(ids.slice(2).sort());
    expect(await objectsIn(world.vault())).toHaveLength(2);
    for (const { manifest } of await listBackups(world.agentOn(12), "db")) {
      expect((await world.vault().verify(manifest.receipt)).bytes).toBe(manifest.receipt.bytes);
    }
    expect((await run(world.maintenanceOn(12)))[0]?.removed).toEqual([]);
  }, 180_000);

  test("removes a stream without a manifest only a day after it first saw it", async () => {
    await using world = await openKeeping(jenis);
    await world.backupOn(0);
    await strand(world.vault(), { backup: "x", job: "operator", alias: "db" });
    await run(world.maintenanceOn(0.5));
    const first = await run(world.maintenanceOn(1.5));
    expect(first[0]?.removedOrphans).toEqual([]);
    expect(await objectsIn(world.vault())).toHaveLength(2);
    const second = await run(world.maintenanceOn(2.6));
    expect(second[0]?.removedOrphans).toHaveLength(1);
    expect(await objectsIn(world.vault())).toHaveLength(1);
    expect(await idsIn(world.vault())).toHaveLength(1);
  }, 180_000);
});

describe("nothing goes", () => {
  const old = async (world: Keeping): Promise<string[]> => {
    const ids: string[] = [];
    for (const day of [0, 1, 2, 3, 10]) ids.push(await world.backupOn(day));
    return ids;
  };

  const unlisted = "where a vault cannot be listed, or lists nothing";
  test(unlisted, { tags: shows("objects", 51) }, async () => {
    await using world = await openKeeping("objects");
    await old(world);
    const real = world.maintenanceOn(12);
    const broken = {
      ...real.vault("gudang"),
      manifests: () => {
        throw new AppError("VAULT_UNREACHABLE", "gone");
      },
    };
    const empty = { ...real.vault("gudang"), manifests: async function* () {} };
    for (const [vault, why] of [
      [broken, "listing"],
      [empty, "empty"],
    ] as const) {
      const m = world.maintenanceOn(12, { vault: () => vault });
      const plans = await planRetention(m);
      expect(plans[0]?.doubts.map((doubt) => doubt.why)).toContain(why);
      expect((await retain(m, plans))[0]).toMatchObject({ removed: [], removedOrphans: [] });
    }
    expect(await idsIn(world.vault())).toHaveLength(5);
    expect(await objectsIn(world.vault())).toHaveLength(5);
  });

  test("where the clock is more than 48 hours off the portal's, or off the newest backup", {
    tags: shows("agent", 18),
  }, async () => {
    await using world = await openKeeping("objects");
    await old(world);
    const clocks = [
      world.maintenanceOn(400, { portalTime: world.maintenanceOn(12).portalTime }),
      world.maintenanceOn(400, { portalTime: async () => null }),
      world.maintenanceOn(5),
    ];
    for (const m of clocks) {
      const plans = await planRetention(m);
      expect(plans[0]?.doubts).toEqual([{ why: "clock" }]);
      await retain(m, plans);
    }
    expect(await idsIn(world.vault())).toHaveLength(5);
  });

  test("where backups are missing that were there, until the operator says that it is known", async () => {
    await using world = await openKeeping("objects");
    const ids = await old(world);
    // As known from a first look at which nothing was old enough to go.
    await run(world.maintenanceOn(10.1, { config: withFloor(world, 60) }));
    await world.vault().remove({ backupIds: [ids[4] ?? ""], objects: [] });
    const m = world.maintenanceOn(12);
    const plans = await planRetention(m);
    expect(plans[0]?.doubts).toEqual([{ why: "lost", backups: [ids[4]] }]);
    // The stream of the lost manifest is no orphan either.
    expect(plans[0]?.orphans).toEqual([]);
    expect((await retain(m, plans))[0]?.removed).toEqual([]);
    await acceptLost(m, plans);
    expect((await run(m))[0]?.removed.length).toBeGreaterThan(0);
  });

  test("of a target whose newest backup does not read back", async () => {
    await using world = await openKeeping("objects");
    await old(world);
    const [newest] = await listBackups(world.agentOn(10), "db");
    const path = join(world.storeDir, "objects", newest?.manifest.receipt.object ?? "");
    const bytes = await readFile(path);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const [outcome] = await run(world.maintenanceOn(12));
    expect(outcome).toMatchObject({
      removed: [],
      unreadable: [{ alias: "db", code: "VAULT_CORRUPT" }],
    });
    expect(await idsIn(world.vault())).toHaveLength(5);
  });

  test("because of forged manifests: unsigned ones, a stranger's, or old ones stored anew", async () => {
    await using world = await openKeeping("objects");
    const ids = await old(world);
    const before = (await planRetention(world.maintenanceOn(12)))[0]?.backups;
    const going = before?.filter(({ stays }) => stays.length === 0).length;
    const stranger = (await crypto.subtle.generateKey("Ed25519", false, [
      "sign",
      "verify",
    ])) as CryptoKeyPair;
    let stolen = "";
    for await (const stored of world.vault().manifests()) {
      if (stored.backupId === ids[3]) stolen = stored.envelope;
    }
    const envelope = JSON.parse(stolen) as { payload: string };
    const real = Manifest.parse(JSON.parse(new TextDecoder().decode(fromBase64(envelope.payload))));
    for (let n = 0; n < 6; n += 1) {
      const id = `palsu-${n}`;
      const finishedAt = world
        .agentOn(11.9 - n / 100)
        .now()
        .toISOString();
      const forged = utf8(JSON.stringify({ ...real, id, finishedAt }));
      const signed = await signEnvelope(
        { id: "x", privateKey: stranger.privateKey },
        MANIFEST_TYPE,
        forged,
      );
      await world.vault().putManifest(id, JSON.stringify(signed));
      await world.vault().putManifest(`ulang-${n}`, stolen);
      await world.vault().putManifest(`sampah-${n}`, `{"x":"${await sha256Hex(id)}"}`);
    }
    const [plan] = await planRetention(world.maintenanceOn(12));
    expect(plan?.backups).toEqual(before);
    expect(plan?.unknownManifests).toBe(18);
    const [outcome] = await run(world.maintenanceOn(12));
    expect(outcome?.removed).toHaveLength(going ?? -1);
    // The stream that forged manifests name as well is one of those that stay.
    expect((await objectsIn(world.vault())).includes(real.receipt.object)).toBe(true);
  });

  test("of safety backups whose kept copy is there, or where nobody can tell", async () => {
    await using world = await openKeeping("objects");
    const safety = await world.backupOn(0, "safety", "job-7");
    await world.backupOn(59);
    const staysIn = async (m: Maintenance) =>
      (await planRetention(m))[0]?.backups.find(({ backup }) => backup.manifest.id === safety)
        ?.stays;
    const silentAgent = world.maintenanceOn(60, { config: withoutAgentData(world) });
    expect(await staysIn(silentAgent)).toEqual(["kept_copy_unknown"]);
    expect(await staysIn(world.maintenanceOn(60))).toEqual([]);
    expect(await staysIn(world.maintenanceOn(29, { portalTime: async () => null }))).toContain(
      "young",
    );
  });
});

describe("pulih-agent retain", () => {
  test("tries without removing, then removes; tells both as JSON and in words", async () => {
    await using world = await openKeeping("objects");
    await world.backupOn(0);
    await world.backupOn(0);
    const file = join(world.dir, "pemelihara.yaml");
    const { portal: _none, ...config } = world.maintainerConfig;
    await writeFile(file, stringify(config), { mode: 0o600 });
    const tried = await command("retain", "--dry-run", "--config", file);
    expect(tried).toMatchObject({ code: 0 });
    expect(tried.stdout).toMatch(/^TINDAKAN +CADANGAN/);
    expect(tried.stdout).toContain("terbaru yang terbukti");
    expect(tried.stdout).toContain("Percobaan saja: tidak ada yang dihapus.");
    const done = await command("retain", "--json", "--config", file);
    expect(JSON.parse(done.stdout)).toMatchObject({
      dryRun: false,
      vaults: [{ vault: "gudang", doubts: [], removed: [], error: null }],
    });
  });

  test("refuses to work in an agent's own folder", async () => {
    await using world = await openKeeping("objects");
    const file = join(world.dir, "pemelihara.yaml");
    const { portal: _none, ...config } = world.maintainerConfig;
    await writeFile(file, stringify({ ...config, data: world.config.data }), { mode: 0o600 });
    const ended = await command("retain", "--config", file);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("milik agen");
  });

  test("ends with 3 and says why where something was held back", async () => {
    await using world = await openKeeping("objects");
    const file = join(world.dir, "pemelihara.yaml");
    const { portal: _none, ...config } = world.maintainerConfig;
    await writeFile(file, stringify(config), { mode: 0o600 });
    const ended = await command("retain", "--config", file);
    expect(ended.code).toBe(3);
    expect(ended.stdout).toContain("tidak ada yang dihapus");
  });
});

function withFloor(world: Keeping, minimalHari: number): Maintenance["config"] {
  const { maintainerConfig } = world;
  const sasaran = maintainerConfig.sasaran.map((target) => ({
    ...target,
    retensi: { ...SMALL_RULE, minimalHari },
  }));
  return { ...maintainerConfig, sasaran };
}

function withoutAgentData(world: Keeping): Maintenance["config"] {
  const { maintainerConfig } = world;
  return {
    ...maintainerConfig,
    agen: maintainerConfig.agen.map((one) => ({ ...one, data: null })),
  };
}
