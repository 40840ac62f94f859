/** An agent that dies at every step of swapping a whole server leaves the old or the new one. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { TargetConfig } from "#agent/config.ts";
import type { Engine } from "#agent/engines/engine.ts";
import { mariadbServer } from "#agent/engines/mariadb-server.ts";
import { postgresCluster } from "#agent/engines/postgres-cluster.ts";
import { clusterTemplate } from "#support/cluster.ts";
import { storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { mariadbTemplate } from "#support/mariadb-files.ts";

const run = promisify(execFile);
const names = { side: "r_mati", old: "o_mati" };
const base = { alias: "induk", vault: "utama", izin: ["backup", "restore"] };

/** A dozen deaths, each of them with a restore and a start of a server. */
const LONG = { timeout: 900_000 };

interface World {
  readonly engine: Engine;
  readonly target: TargetConfig;
  damage(): Promise<unknown>;
  /** What users read. */
  read(): Promise<string>;
}

describe("an agent killed while it swaps a whole server", () => {
  it("leaves a PostgreSQL cluster old or new, and it can be brought back", LONG, async () => {
    await using template = await clusterTemplate(async (psql) => {
      await psql("postgres", "CREATE TABLE warga AS SELECT n FROM generate_series(1, 300) n");
    });
    await using server = await template.start();
    await sweep({
      engine: postgresCluster,
      target: TargetConfig.parse({
        ...base,
        engine: "postgres-cluster",
        direktori: server.data,
        soket: server.dir,
        pemilik: server.owner,
        layanan: server.service,
        berkasPgbackrest: server.settingsFile,
        stanza: server.stanza,
      }),
      damage: () => server.psql("postgres", "DELETE FROM warga WHERE n > 100"),
      read: () => server.psql("postgres", "SELECT count(*), sum(n) FROM warga"),
    });
  });

  it("leaves a MariaDB server old or new, and it can be brought back", LONG, async () => {
    await using template = await mariadbTemplate(async (sql) => {
      await sql(
        "",
        "CREATE DATABASE kota; USE kota; CREATE TABLE warga SELECT seq AS n FROM seq_1_to_300",
      );
    });
    await using server = await template.start();
    await sweep({
      engine: mariadbServer,
      target: TargetConfig.parse({
        ...base,
        engine: "mariadb-server",
        direktori: server.data,
        pemilik: server.owner,
        berkasOpsi: server.optionFile,
        berkasKonfigurasi: server.settingsFile,
        layanan: server.service,
      }),
      damage: () => server.sql("kota", "DELETE FROM warga WHERE n > 100"),
      read: () => server.sql("kota", "SELECT COUNT(*), SUM(n) FROM warga"),
    });
  });
});

async function sweep({ engine, target, damage, read }: World): Promise<void> {
  await using io = localIo();
  const wanted = await read();
  await using dump = await storeDump(engine, target, io);
  await damage();
  const damaged = await read();
  await dump.load(names);
  const points: string[] = JSON.parse(await mortal(target, 0));
  expect(points.filter((name) => name === "mv")).toHaveLength(2);
  expect(await read()).toBe(wanted);
  // Back to the start, as an undone restore does it.
  await undo(engine, target, io);
  expect(await read()).toBe(damaged);

  for (let at = 1; at <= points.length; at += 1) {
    await dump.load(names);
    await expect(mortal(target, at)).rejects.toMatchObject({ signal: "SIGKILL" });
    const state = await engine.swapState(target, names, io);
    if (state === "after") {
      // The other way out of a crash: what was swapped in stays, and is opened.
      await engine.reopen(target, names, io);
      expect(await read(), `after dying at ${at} (${points[at - 1]})`).toBe(wanted);
    }
    await undo(engine, target, io);
    expect(await read(), `after dying at ${at} (${points[at - 1]})`).toBe(damaged);
    expect(await engine.leftovers(target, io)).toEqual([]);
  }
}

async function undo(
  engine: Engine,
  target: TargetConfig,
  io: Parameters<Engine["presence"]>[1],
): Promise<void> {
  if ((await engine.swapState(target, names, io)) !== "before") {
    await engine.rollback(target, names, io);
  }
  await engine.dropSide(target, names, io);
  await engine.reopen(target, names, io);
}

async function mortal(target: TargetConfig, dieAt: number): Promise<string> {
  const program = join(import.meta.dirname, "mortal-server.ts");
  const args = [program, JSON.stringify(target), String(dieAt)];
  return (await run(process.execPath, args)).stdout;
}
