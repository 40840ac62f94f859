/**
 * Content of unusual size through a whole restore. CI takes a small part of it; PULIH_FAULT=full takes
 * a row of 300 MB and 5,000 tables. What the agent itself holds must not grow with it.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetConfig } from "#agent/config.ts";
import { sameContent } from "#agent/engines/content-digest.ts";
import type { Engine } from "#agent/engines/engine.ts";
import { mariadb } from "#agent/engines/mariadb.ts";
import { postgres } from "#agent/engines/postgres.ts";
import { storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { type MariadbServer, startMariadb } from "#support/mariadb.ts";
import { peakMemory } from "#support/peak-memory.ts";
import { type PostgresServer, startPostgres } from "#support/postgres.ts";
import { mariadbTarget, postgresTarget } from "#support/sql-targets.ts";
import { shows } from "./faults.ts";

const { PULIH_FAULT } = process.env;
const isFull = PULIH_FAULT === "full";
const ROW_MB = isFull ? 300 : 60;
const TABLES = isFull ? 5_000 : 400;
/** PostgreSQL has room for the locks of a hundred times as many tables. */
const LOCKS = isFull ? "64" : "10";
/** More than the agent's own work takes, far less than a row as text. */
const GROWTH_MB_MAX = 100;
const PATIENCE_MS = isFull ? 3_600_000 : 280_000;
const names = { side: "r_big", old: "o_big" };

describe("SQL content of unusual size", () => {
  let pg: PostgresServer;
  let my: MariadbServer;
  beforeAll(async () => {
    [pg, my] = await Promise.all([
      startPostgres({ settings: { max_locks_per_transaction: LOCKS } }),
      startMariadb({ settings: { "max-allowed-packet": "1G", "innodb-log-file-size": "1G" } }),
    ]);
    await pg.psql("postgres", "CREATE DATABASE baris; CREATE DATABASE banyak");
    await my.sql("", "CREATE DATABASE baris; CREATE DATABASE banyak");
  });
  afterAll(async () => {
    await pg[Symbol.asyncDispose]();
    await my[Symbol.asyncDispose]();
  });

  /** Dumps, loads, compares, swaps; answers by how many MB this process has grown. */
  async function throughRestore(engine: Engine, target: TargetConfig): Promise<number> {
    await using io = localIo();
    const before = process.memoryUsage.rss();
    const most = await peakMemory(async () => {
      await using dump = await storeDump(engine, target, io);
      await engine.preflight(target, dump.manifest, io);
      await dump.load(names);
      const side = await engine.digest(target, "side", names, io);
      expect(sameContent(side, dump.report.content)).toBe(true);
      expect(await engine.compare(target, names, io)).toEqual([]);
      await engine.quiesce(target, names, io);
      await engine.swap(target, names, io);
      const live = await engine.digest(target, "live", names, io);
      expect(sameContent(live, dump.report.content)).toBe(true);
      await engine.reopen(target, names, io);
      await engine.dropSide(target, names, io);
      await engine.dropOld(target, names, io);
    });
    return (most - before) / 1024 / 1024;
  }

  it("carries a row that no buffer of the agent would hold, PostgreSQL", {
    tags: shows("postgres", 40),
    timeout: PATIENCE_MS,
  }, async () => {
    await pg.psql(
      "baris",
      `CREATE TABLE t (id int PRIMARY KEY, isi bytea);
         ALTER TABLE t ALTER isi SET STORAGE EXTERNAL;
         INSERT INTO t SELECT 1, string_agg(decode(md5(n::text), 'hex'), ''::bytea)
           FROM generate_series(1, ${ROW_MB * 65_536}) n`,
    );
    expect(await throughRestore(postgres, postgresTarget(pg, "baris"))).toBeLessThan(GROWTH_MB_MAX);
  });

  it("carries a row that no buffer of the agent would hold, MariaDB", {
    tags: shows("mariadb", 40),
    timeout: PATIENCE_MS,
  }, async () => {
    await my.sql(
      "baris",
      `CREATE TABLE t (id INT PRIMARY KEY, isi LONGBLOB);
         INSERT INTO t VALUES (1, REPEAT(UNHEX('00FF27225C0A0D1A123456789ABCDEF0'), ${ROW_MB * 65_536}))`,
    );
    expect(await throughRestore(mariadb, await mariadbTarget(my, "baris"))).toBeLessThan(
      GROWTH_MB_MAX,
    );
  });

  it("carries more tables than the server may lock at once, PostgreSQL", {
    tags: shows("postgres", 40),
    timeout: PATIENCE_MS,
  }, async () => {
    for (let from = 0; from < TABLES; from += 100) {
      await pg.psql(
        "banyak",
        `DO $$ BEGIN FOR n IN ${from}..${from + 99} LOOP
             EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, isi text UNIQUE)', n);
             EXECUTE format('INSERT INTO t%s (isi) VALUES (%L)', n, n);
           END LOOP; END $$`,
      );
    }
    expect(await throughRestore(postgres, postgresTarget(pg, "banyak"))).toBeLessThan(
      GROWTH_MB_MAX,
    );
  });

  it("carries very many tables, MariaDB", {
    tags: shows("mariadb", 40),
    timeout: PATIENCE_MS,
  }, async () => {
    const statements = Array.from(
      { length: TABLES },
      (_, n) =>
        `CREATE TABLE t${n} (id INT PRIMARY KEY, isi VARCHAR(20)); INSERT INTO t${n} VALUES (${n}, 'x')`,
    );
    await my.sql("banyak", statements.join(";\n"));
    expect(await throughRestore(mariadb, await mariadbTarget(my, "banyak"))).toBeLessThan(
      GROWTH_MB_MAX,
    );
  });
});
