/** What the keeping of backups has found or left, made in earnest: doctor names each and its mending. */
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noteBegun } from "#agent/care/drill-store.ts";
import { changeState, freshState } from "#agent/care/state.ts";
import { sampleSpace } from "#agent/keep/forecast.ts";
import { readRota } from "#agent/keep/read-rota.ts";
import { sideNames } from "#agent/restore/side-names.ts";
import { type FakePortal, startPortal } from "../agent/fake-portal.ts";
import { shows } from "../fault/faults.ts";
import { doctor, HOUR, one, type Site, siteOf, sqliteTarget } from "./doctor-site.ts";

const DAY = 24;
const GIGABYTE = 1_000_000_000;

let portal: FakePortal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal[Symbol.asyncDispose]());
const site = (options?: Parameters<typeof siteOf>[1]) => siteOf(portal, options);

describe("doctor on a vault that was read", () => {
  it("a damaged part, and which backups it is in", async () => {
    await using at = await site();
    await at.backup();
    const [before] = await objectsOf(at);
    const bad = await at.backup();
    const [damaged = ""] = (await objectsOf(at)).filter((name) => name !== before);
    await flip(join(at.dir, "store", "objects", damaged));
    expect(await at.wrong()).toEqual([]);
    const [vault] = at.config.vaults;
    if (vault) vault.bacaSemuaHari = 1;
    await readRota(at.agent(), new Date());
    expect(await at.wrong()).toEqual(
      one(
        "tempat cadangan gudang",
        new RegExp(`bagian yang rusak; cadangan yang kena: ${bad} \\(db\\)`),
        /buat cadangan baru sekarang/,
      ),
    );
  });

  it("a manifest that cannot be read", async () => {
    await using at = await site();
    await at.backup();
    const newest = await at.backup();
    await writeFile(join(at.dir, "store", "manifests", `${newest}.json`), "rusak");
    const found = await at.wrong();
    expect(found).toContainEqual(
      one("tempat cadangan gudang", /1 manifes tidak terbaca/, /periksa media/)[0],
    );
    expect(found).toContainEqual(
      one("tempat cadangan gudang", new RegExp(`hilang: ${newest}`), /media yang benar/)[0],
    );
  });

  it("that will be full within a fortnight", async () => {
    await using at = await site();
    await at.backup();
    for (const [daysAgo, free] of [
      [3, 90],
      [2, 70],
      [1, 50],
      [0, 30],
    ] as const) {
      const agent = at.agent(-daysAgo * DAY);
      const vault = { ...agent.vault("gudang"), freeBytes: async () => free * GIGABYTE };
      await sampleSpace({ ...agent, vault: () => vault }, agent.now());
    }
    expect(await at.wrong()).toEqual(
      one("tempat cadangan gudang", /diperkirakan penuh pada \d/, /tambah ruang.*retain/),
    );
  });

  it("of restic without restic, and with one that is too old", {
    tags: shows("restic", 33),
  }, async () => {
    await using at = await site({ jenis: "restic" });
    await at.backup();
    const hide = "/usr/bin/restic";
    const about = "tempat cadangan gudang";
    const missing = one(about, /program restic/, /pasang program restic/);
    expect(await at.wrong({ hide })).toEqual(missing);
    const stored = await snapshotsOf(at);
    const refused = await doctor(at.file, { hide }, ["backup", "db"]);
    expect([refused.code, refused.stderr]).toEqual([21, expect.stringContaining("restic")]);
    expect(await snapshotsOf(at)).toEqual(stored);

    const programs = join(at.dir, "lama");
    await mkdir(programs);
    await writeFile(join(programs, "restic"), "#!/bin/sh\necho restic 0.12.1\n", { mode: 0o755 });
    const older = one(about, /restic 0\.12, dibutuhkan 0\.14/, /pasang restic 0\.14/);
    expect(await at.wrong({ programs })).toEqual(older);
  });
});

describe("doctor on what work has left", () => {
  it("the copy that a killed drill has left", async () => {
    await using at = await site();
    const id = "uji-mati";
    await noteBegun(at.config.data, { id, alias: "db", at: new Date().toISOString() });
    const { side } = sideNames(id);
    await cp(join(at.dir, "arsip.db"), join(at.dir, `arsip.db.${side}`));
    expect(await at.wrong()).toEqual(
      one("salinan db", new RegExp(`${side} dari uji pulih`), /pulih-agent run/),
    );
  });

  it("the former data of a restore, which waits for its drop and is no fault", async () => {
    await using at = await site();
    const job = await at.restore(await at.backup());
    const told = await at.findings();
    expect(told.every(({ ok }) => ok)).toBe(true);
    const { old } = sideNames(job);
    expect(told).toContainEqual({
      about: "salinan db",
      ok: true,
      what: `data lama dari pemulihan ${job} masih disimpan (${old})`,
      mend: null,
    });
  });

  it("a scheduled backup and a drill that failed", async () => {
    await using at = await site({
      target: async (dir) => ({
        ...(await sqliteTarget(dir)),
        jadwal: { cron: "0 1 * * *", rpoJam: 24 },
        ujiPulih: { cron: "0 3 * * 0", batasHari: 7 },
      }),
    });
    await at.backup();
    const now = new Date();
    const failure = { code: "VAULT_FULL", at: now.toISOString() };
    await changeState(at.config.data, "db", new Date(now.getTime() - HOUR), () => {
      const fresh = freshState(now);
      return {
        ...fresh,
        backup: { ...fresh.backup, failure },
        drill: { ...fresh.drill, failure },
      };
    });
    const found = await at.wrong();
    expect(found.map(({ about, what }) => [about, what])).toEqual([
      ["perawatan db", "pencadangan terjadwal gagal"],
      ["perawatan db", "uji pulih gagal"],
    ]);
    expect(found.map(({ mend }) => mend)).toEqual([
      expect.stringContaining("pulih-agent backup"),
      expect.stringContaining("pulih-agent drill"),
    ]);
  });
});

const objectsOf = (at: Site): Promise<string[]> => readdir(join(at.dir, "store", "objects"));
const snapshotsOf = (at: Site): Promise<string[]> => readdir(join(at.dir, "store", "snapshots"));

async function flip(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[150] = (bytes[150] ?? 0) ^ 1;
  await writeFile(file, bytes);
}
