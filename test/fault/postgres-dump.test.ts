/** What may go wrong while a PostgreSQL database is dumped and loaded; nothing half may count. */
import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetOf } from "#agent/config.ts";
import { sameContent } from "#agent/engines/content-digest.ts";
import { postgres } from "#agent/engines/postgres.ts";
import { storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { type PostgresServer, startPostgres } from "#support/postgres.ts";
import { postgresTarget } from "#support/sql-targets.ts";
import { tempDir } from "#support/temp-dir.ts";
import { shows } from "./faults.ts";

const names = { side: "r_fault", old: "o_fault" };
const ROW = "NIK 6472010101800001";

describe("faults while dumping and loading PostgreSQL", () => {
  let server: PostgresServer;
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function target(content: string, on = server): Promise<TargetOf<"postgres">> {
    databases += 1;
    const database = `fault_${databases}`;
    await on.psql("postgres", `CREATE DATABASE ${database}`);
    await on.psql(database, content);
    return postgresTarget(on, database);
  }
  const MANY = `CREATE TABLE warga (id serial PRIMARY KEY, isi text);
    INSERT INTO warga (isi) SELECT '${ROW} ' || repeat(md5(n::text), 20) FROM generate_series(1, 60000) n`;

  it("fails at once with a wrong password, and writes nothing", async () => {
    await using dir = await tempDir();
    await using io = localIo();
    const wrong = join(dir.path, "pgpass");
    await writeFile(wrong, "*:*:*:*:salah-sekali\n", { mode: 0o600 });
    const some = await target("CREATE TABLE t (a int)");
    const startedAt = performance.now();
    const refused = storeDump(postgres, { ...some, berkasSandi: wrong }, io);
    await expect(refused).rejects.toMatchObject({ code: "ENGINE_CONNECT" });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(JSON.stringify(io.logged)).not.toContain("salah-sekali");
  });

  it("fails when the server crashes in the middle", async () => {
    await using other = await startPostgres();
    await using io = localIo();
    const some = await target(MANY, other);
    const running = storeDump(postgres, some, io);
    const failure = expect(running).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_/),
    });
    await seen(other, "query LIKE 'COPY%'");
    await other.crash();
    await failure;
  });

  it("fails when only the tool's own session is ended, and when only the snapshot's is", async () => {
    await using io = localIo();
    const some = await target(MANY);
    for (const victim of ["query LIKE 'COPY%'", "query LIKE '%hash_record_extended%'"]) {
      let hasFailed = false;
      // A session that has given all its answers when it is ended is not needed any more.
      for (let attempt = 1; attempt <= 5 && !hasFailed; attempt += 1) {
        const running = storeDump(postgres, some, io).then(
          async (dump) => dump[Symbol.asyncDispose](),
          (error: unknown) => {
            expect(error).toMatchObject({ code: expect.stringMatching(/^ENGINE_/) });
            hasFailed = true;
          },
        );
        await ended(server, victim);
        await running;
      }
      expect(hasFailed, victim).toBe(true);
    }
  });

  it("dumps the state of one instant while rows and sequences go on", async () => {
    await using io = localIo();
    const some = await target(MANY);
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        await server.psql(
          some.database,
          "INSERT INTO warga (isi) SELECT 'baru' FROM generate_series(1, 50); DELETE FROM warga WHERE id % 977 = 3",
        );
      }
    })();
    try {
      await using dump = await storeDump(postgres, some, io);
      await dump.load(names);
      const side = await postgres.digest(some, "side", names, io);
      expect(sameContent(side, dump.report.content)).toBe(true);
      const live = await postgres.digest(some, "live", names, io);
      expect(sameContent(live, side)).toBe(false);
    } finally {
      isOver = true;
      await writing;
      await postgres.dropSide(some, names, io);
    }
  });

  it("refuses a dump that a program cut, or never made, and reported as whole", async () => {
    const some = await target(MANY);
    for (const left of [3_000_000, 0]) {
      await using dir = await tempDir();
      const real = (await promisify(execFile)("which", ["pg_dump"])).stdout.trim();
      await program(
        join(dir.path, "pg_dump"),
        `if [ "$1" = --version ]; then exec ${real} "$@"; fi\n${real} "$@" | head -c ${left}\nexit 0`,
      );
      await using io = localIo({ programs: dir.path });
      await expect(storeDump(postgres, some, io)).rejects.toMatchObject({
        code: "ENGINE_DUMP_INCOMPLETE",
      });
      expect(JSON.stringify(io.logged)).not.toContain("NIK");
    }
  });

  it("does not load a stream that lacks its end", async () => {
    await using io = localIo();
    const some = await target(MANY);
    await using dump = await storeDump(postgres, some, io);
    const stored = await readFile(dump.path);
    await writeFile(dump.path, stored.subarray(0, 3_000_000));
    await expect(dump.load(names)).rejects.toMatchObject({ code: "ENGINE_LOAD_FAILED" });
    await expect(postgres.digest(some, "side", names, io)).rejects.toMatchObject({
      code: "ENGINE_CONNECT",
    });
    expect(JSON.stringify(io.logged)).not.toContain("NIK");
  });

  it("refuses a server that is newer than the tool", async () => {
    await using dir = await tempDir();
    await program(join(dir.path, "pg_dump"), "echo 'pg_dump (PostgreSQL) 9.6.24'");
    await using io = localIo({ programs: dir.path });
    const some = await target("CREATE TABLE t (a int)");
    for (const act of [() => postgres.inspect(some, io), () => storeDump(postgres, some, io)]) {
      await expect(act()).rejects.toMatchObject({
        code: "ENGINE_VERSION",
        detail: { tool: "9.6.24", server: expect.stringMatching(/^\d+\.\d+/) },
      });
    }
  });

  it("refuses a row that cannot be written as text before it dumps anything", {
    tags: shows("postgres", 40),
  }, async () => {
    await using io = localIo();
    const some = await target(
      `CREATE TABLE besar (isi bytea);
       INSERT INTO besar SELECT string_agg(decode(repeat('ab', 10000000), 'hex'), ''::bytea)
         FROM generate_series(1, 46)`,
    );
    await expect(storeDump(postgres, some, io)).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
      detail: { tables: 1 },
    });
    expect(JSON.stringify(io.logged)).toContain("public.besar");
    await server.psql("postgres", `DROP DATABASE ${some.database}`);
  });

  it("refuses in preflight all that the server lacks, and names it to the operator's log only", {
    tags: shows("postgres", 37),
  }, async () => {
    await using io = localIo();
    const some = await target(
      `CREATE ROLE golongan; CREATE ROLE "pemilik rahasia" LOGIN PASSWORD 'rahasia-benar';
       GRANT golongan TO "pemilik rahasia" WITH ADMIN OPTION;
       CREATE TABLE t (a int); ALTER TABLE t OWNER TO "pemilik rahasia"`,
    );
    await using dump = await storeDump(postgres, some, io);
    expect(JSON.stringify(dump.manifest)).not.toMatch(/rahasia-benar|SCRAM/);
    await postgres.preflight(some, dump.manifest, io);
    await server.psql(
      some.database,
      `REASSIGN OWNED BY "pemilik rahasia" TO postgres; DROP ROLE "pemilik rahasia"`,
    );
    const lacking = {
      ...dump.manifest,
      recreate: {
        ...dump.manifest.recreate,
        extensions: '["plpgsql", "tidak ada"]',
        tablespaces: '["cepat"]',
        collate: "id_ID.UTF-8",
        encoding: "HURUF_LAMA",
        collations:
          '[{"name":null,"provider":"c","collate":"jv_ID.UTF-8","ctype":"C"},{"name":"su_ID","provider":"c","collate":"C","ctype":"C"}]',
      },
    };
    await expect(postgres.preflight(some, lacking, io)).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
      detail: {
        missing: {
          ...{ roles: 1, extensions: 1, tablespaces: 1, locales: 2, collations: 1, encodings: 1 },
        },
      },
    });
    const told = JSON.stringify(io.logged);
    for (const name of [
      ...["pemilik rahasia", "tidak ada", "cepat", "id_ID.UTF-8", "jv_ID.UTF-8", "su_ID"],
      "HURUF_LAMA",
    ]) {
      expect(told).toContain(name);
    }
    // What the log offers makes the role as it was.
    const made = io.logged
      .flatMap(({ detail }) => (detail as { toMakeThem?: string[] }).toMakeThem ?? [])
      .join(";\n");
    await server.psql("postgres", made);
    await postgres.preflight(some, dump.manifest, io);
    expect(
      await server.psql(
        "postgres",
        `SELECT rolcanlogin, admin_option FROM pg_roles r JOIN pg_auth_members m ON m.member = r.oid
         WHERE rolname = 'pemilik rahasia' AND roleid = 'golongan'::regrole`,
      ),
    ).toBe("t|t");
    const olderServer = {
      ...dump.manifest,
      content: { ...dump.manifest.content, algorithm: "postgres-13-row-hash-sum-1" },
    };
    await expect(postgres.preflight(some, olderServer, io)).rejects.toMatchObject({
      code: "ENGINE_VERSION",
    });
  });

  it("refuses in preflight what would stay behind with the former database", async () => {
    await using other = await startPostgres({ settings: { wal_level: "logical" } });
    await using io = localIo();
    const some = await target("CREATE TABLE t (a int)", other);
    await using dump = await storeDump(postgres, some, io);
    await postgres.preflight(some, dump.manifest, io);
    await other.psql(
      some.database,
      `SELECT pg_create_logical_replication_slot('celah', 'pgoutput');
       CREATE SUBSCRIPTION langganan CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p
         WITH (connect = false, slot_name = NONE)`,
    );
    await expect(postgres.preflight(some, dump.manifest, io)).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
      detail: { inTheWay: { replicationSlots: 1, subscriptions: 1 } },
    });
    expect(JSON.stringify(io.logged)).toMatch(/celah.*langganan/);
    // A dump holds the subscription; no copy of it comes to be beside the live one.
    await using again = await storeDump(postgres, some, io);
    await again.load(names);
    await postgres.dropSide(some, names, io);
  });

  it("waits only so long for a table that somebody changes, and then may be asked again", async () => {
    await using dir = await tempDir();
    const real = (await promisify(execFile)("which", ["pg_dump"])).stdout.trim();
    await program(
      join(dir.path, "pg_dump"),
      `for one; do shift; [ "$one" = --lock-wait-timeout=60s ] && one=--lock-wait-timeout=300ms
         set -- "$@" "$one"; done\nexec ${real} "$@"`,
    );
    await using io = localIo({ programs: dir.path });
    const some = await target("CREATE TABLE t (a int)");
    const altering = server.psql(
      some.database,
      "BEGIN; ALTER TABLE t ADD b int; SELECT pg_sleep(1000)",
    );
    altering.catch(() => undefined);
    await seen(server, "query LIKE '%pg_sleep(1000)%' AND state = 'active'");
    await expect(storeDump(postgres, some, io)).rejects.toMatchObject({
      code: "ENGINE_BUSY",
      detail: { changedWhileRead: true },
    });
    await ended(server, "query LIKE '%pg_sleep(1000)%'");
    await expect(altering).rejects.toThrow();
    await using dump = await storeDump(postgres, some, io);
    await postgres.preflight(some, dump.manifest, io);
  });

  it("leaves no row in log or error when the server quotes one that does not fit", async () => {
    await using io = localIo();
    const some = await target(
      `CREATE TABLE warga (isi text UNIQUE); INSERT INTO warga VALUES ('${ROW}'), ('${ROW.slice(0, -1)}2')`,
    );
    await using dump = await storeDump(postgres, some, io);
    const stored = (await readFile(dump.path)).toString("latin1");
    await writeFile(dump.path, Buffer.from(stored.replace(`${ROW.slice(0, -1)}2`, ROW), "latin1"));
    const error: unknown = await dump.load(names).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "ENGINE_LOAD_FAILED" });
    expect(io.logged.length).toBeGreaterThan(0);
    for (const text of [JSON.stringify(io.logged), JSON.stringify(error), String(error)]) {
      expect(text).not.toContain("6472");
      expect(text).not.toContain(server.password);
    }
  });
});

async function program(path: string, body: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
}

/** Resolves when the server has a session like that. */
async function seen(server: PostgresServer, condition: string): Promise<void> {
  await server.psql(
    "postgres",
    loop(`SELECT count(*) INTO n FROM pg_stat_activity WHERE ${condition}`),
  );
}

/** Ends the first session like that. */
async function ended(server: PostgresServer, condition: string): Promise<void> {
  await server.psql(
    "postgres",
    loop(`SELECT count(pg_terminate_backend(pid)) INTO n FROM pg_stat_activity
          WHERE pid <> pg_backend_pid() AND state = 'active' AND ${condition}`),
  );
}

function loop(look: string): string {
  return `DO $$ DECLARE n int := 0; BEGIN
    FOR i IN 1..10000 LOOP
      PERFORM pg_stat_clear_snapshot(); ${look}; EXIT WHEN n > 0; PERFORM pg_sleep(0.002);
    END LOOP;
    IF n = 0 THEN RAISE 'no such session came'; END IF;
  END $$`;
}
