/** A PostgreSQL restore with users in the way, and one that is called off at every one of its steps. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetOf } from "#agent/config.ts";
import { postgres } from "#agent/engines/postgres.ts";
import { type StoredDump, storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { eventually } from "#support/eventually.ts";
import { type PostgresServer, startPostgres } from "#support/postgres.ts";
import { postgresTarget } from "#support/sql-targets.ts";
import { shows } from "./faults.ts";

const names = { side: "r_swap", old: "o_swap" };
const CONTENT = `
  CREATE TABLE warga (id serial PRIMARY KEY, isi text);
  INSERT INTO warga (isi) SELECT md5(n::text) FROM generate_series(1, 500) n;
  GRANT ALL ON ALL TABLES IN SCHEMA public TO aplikasi;
  GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO aplikasi;`;
const SUM = "SELECT count(*), md5(string_agg(isi, '' ORDER BY id)) FROM warga";

describe("faults while swapping PostgreSQL", () => {
  let server: PostgresServer;
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres();
    await server.psql("postgres", "CREATE ROLE aplikasi LOGIN PASSWORD 'rahasia'");
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function damagedTarget(): Promise<{
    target: TargetOf<"postgres">;
    dump: StoredDump;
    wanted: string;
    damaged: string;
  }> {
    databases += 1;
    const database = `swap_${databases}`;
    await server.psql("postgres", `CREATE DATABASE ${database} CONNECTION LIMIT 7`);
    await server.psql(database, CONTENT);
    const target = postgresTarget(server, database);
    await using io = localIo();
    const wanted = await server.psql(database, SUM);
    const dump = await storeDump(postgres, target, io);
    await server.psql(database, "DELETE FROM warga WHERE id > 100");
    return { target, dump, wanted, damaged: await server.psql(database, SUM) };
  }
  const stateOf = (database: string) =>
    server.psql(
      "postgres",
      `SELECT datconnlimit, datallowconn FROM pg_database WHERE datname = '${database}'`,
    );

  it("swaps while an application connects and writes in a loop, and lets it in again afterwards", {
    tags: shows("postgres", 36),
  }, async () => {
    const { target, dump, wanted } = await damagedTarget();
    await using _ = dump;
    await using io = localIo();
    let isOver = false;
    let written = 0;
    const write = () =>
      asApplication(server, target.database, "INSERT INTO warga (isi) VALUES ('lalu lintas')");
    const applications = [1, 2].map(async () => {
      while (!isOver) {
        written += await write().then(
          () => 1,
          () => 0,
        );
      }
    });
    try {
      await dump.load(names, io);
      await eventually("the application writes", () => written > 0);
      await postgres.quiesce(target, names, io);
      await expect(write()).rejects.toThrow("too many connections");
      await postgres.swap(target, names, io);
      await expect(write()).rejects.toThrow("too many connections");
      expect(await postgres.swapState(target, names, io)).toBe("after");
      expect(await server.psql(target.database, SUM)).toBe(wanted);
      await postgres.reopen(target, names, io);
      await write();
    } finally {
      isOver = true;
      await Promise.all(applications);
    }
    expect(await stateOf(target.database)).toBe("7|t");
  });

  it("keeps users out from quiesce to reopen, also between swap and reopen", async () => {
    const { target, dump, wanted } = await damagedTarget();
    await using _ = dump;
    await using io = localIo();
    await dump.load(names, io);
    await postgres.quiesce(target, names, io);
    expect(await stateOf(target.database)).toBe("0|t");
    await postgres.swap(target, names, io);
    expect(await stateOf(target.database)).toBe("0|t");
    await postgres.reopen(target, names, io);
    expect(await stateOf(target.database)).toBe("7|t");
    expect(await server.psql(target.database, SUM)).toBe(wanted);
    const kept = postgres.keptAs(target, names).split(" ")[2] ?? "";
    expect(await stateOf(kept)).toBe("0|f");
  });

  it("brings a database back that was dropped, and rolls back to it being gone", async () => {
    const { target, dump, wanted } = await damagedTarget();
    await using _ = dump;
    await using io = localIo();
    await server.psql("postgres", `DROP DATABASE ${target.database}`);
    const absent = { ...names, liveWasAbsent: true };
    await postgres.preflight(target, dump.manifest, io);
    await dump.load(absent, io);
    await postgres.swap(target, absent, io);
    expect(await postgres.swapState(target, absent, io)).toBe("after");
    await postgres.rollback(target, absent, io);
    expect(await postgres.swapState(target, absent, io)).toBe("before");
    expect(await stateOf(target.database)).toBe("");
    await dump.load(absent, io);
    await postgres.swap(target, absent, io);
    await postgres.reopen(target, absent, io);
    expect(await server.psql(target.database, SUM)).toBe(wanted);
  });

  it("refuses a database with prepared transactions before it keeps anybody out", {
    tags: shows("postgres", 36),
  }, async () => {
    await using other = await startPostgres({ settings: { max_prepared_transactions: "5" } });
    await using io = localIo();
    await other.psql("postgres", "CREATE DATABASE ganda CONNECTION LIMIT 7");
    await other.psql(
      "ganda",
      "CREATE TABLE t (a int); BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'x'",
    );
    const target = postgresTarget(other, "ganda");
    await using dump = await storeDump(postgres, target, io);
    for (const act of [
      () => postgres.preflight(target, dump.manifest, io),
      () => postgres.quiesce(target, names, io),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: "ENGINE_UNSUPPORTED" });
    }
    expect(
      await other.psql("postgres", "SELECT datconnlimit FROM pg_database WHERE datname = 'ganda'"),
    ).toBe("7");
  });

  it("is wholly old or wholly new wherever it is called off, and can be brought to the old", async () => {
    const { target, dump, wanted, damaged } = await damagedTarget();
    await using _ = dump;
    await using later = localIo();
    let reached = 0;
    for (let cut = 1; ; cut += 1) {
      await using io = localIo({ cutAtStatement: cut });
      if (cut === 1 || reached > 0) await dump.load(names, later);
      const isDone = await (async () => {
        await postgres.quiesce(target, names, io);
        await postgres.swap(target, names, io);
        await postgres.reopen(target, names, io);
      })().then(
        () => true,
        () => false,
      );
      const state = await postgres.swapState(target, names, later);
      const visible = await server.psql(target.database, SUM).catch(() => "closed");
      expect([state === "after" ? wanted : damaged, "closed"]).toContain(visible);
      if (state === "after") {
        reached += 1;
        await postgres.rollback(target, names, later);
      }
      await postgres.reopen(target, names, later);
      expect(await server.psql(target.database, SUM)).toBe(damaged);
      expect(await stateOf(target.database)).toBe("7|t");
      if (isDone) break;
    }
    expect(reached).toBeGreaterThan(1);
  });

  it("leaves no side copy wherever loading is called off", async () => {
    const { target, dump, damaged } = await damagedTarget();
    await using _ = dump;
    await using later = localIo();
    for (let cut = 1; ; cut += 1) {
      await using io = localIo({ cutAtStatement: cut });
      const isDone = await dump.load(names, io).then(
        () => true,
        () => false,
      );
      const side = await postgres.digest(target, "side", names, later).catch(() => "none");
      expect(side === "none").toBe(!isDone);
      expect(await server.psql(target.database, SUM)).toBe(damaged);
      if (isDone) break;
    }
    await postgres.dropSide(target, names, later);
  });
});

/** Runs SQL over TCP as an ordinary user. */
async function asApplication(server: PostgresServer, database: string, sql: string): Promise<void> {
  const env = {
    ...process.env,
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: "aplikasi",
    PGPASSWORD: "rahasia",
    PGDATABASE: database,
  };
  await promisify(execFile)("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql], { env });
}
