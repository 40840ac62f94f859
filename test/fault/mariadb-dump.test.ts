/** What may go wrong while a MariaDB schema is dumped and loaded; nothing half may count. */
import { execFile } from "node:child_process";
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetOf } from "#agent/config.ts";
import { sameContent } from "#agent/engines/content-digest.ts";
import { mariadb } from "#agent/engines/mariadb.ts";
import { storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { type MariadbServer, startMariadb } from "#support/mariadb.ts";
import { mariadbTarget } from "#support/sql-targets.ts";
import { tempDir } from "#support/temp-dir.ts";
import { shows } from "./faults.ts";

const names = { side: "r_fault", old: "o_fault" };
const ROW = "NIK 6472010101800001";
const MANY = `CREATE TABLE warga (id INT AUTO_INCREMENT PRIMARY KEY, isi TEXT);
  INSERT INTO warga (isi) SELECT CONCAT('${ROW} ', REPEAT(MD5(seq), 20)) FROM seq_1_to_20000;
  CREATE SEQUENCE nomor CACHE 1`;

describe("faults while dumping and loading MariaDB", () => {
  let server: MariadbServer;
  let schemas = 0;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function target(content: string, on = server): Promise<TargetOf<"mariadb">> {
    schemas += 1;
    const database = `fault_${schemas}`;
    await on.sql("", `CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
    await on.sql(database, content);
    return await mariadbTarget(on, database);
  }

  it("fails at once with a wrong password, and writes nothing", async () => {
    await using io = localIo();
    const some = await target("CREATE TABLE t (a INT)");
    const berkasOpsi = await server.optionFile({ password: "salah-sekali" });
    const startedAt = performance.now();
    const refused = storeDump(mariadb, { ...some, berkasOpsi }, io);
    await expect(refused).rejects.toMatchObject({
      code: "ENGINE_CONNECT",
      detail: { number: 1045 },
    });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(JSON.stringify(io.logged)).not.toContain("salah-sekali");
  });

  it("fails when the server crashes in the middle", async () => {
    await using other = await startMariadb();
    await using io = localIo();
    const some = await target(MANY, other);
    const failure = expect(storeDump(mariadb, some, io)).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_/),
    });
    await other.sql("", whenSeen(some.database, "SET @crash = victim;"));
    await other.crash();
    await failure;
  });

  it("fails when only the tool's own connection is ended", async () => {
    await using io = localIo();
    const some = await target(MANY);
    const failure = expect(storeDump(mariadb, some, io)).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_/),
    });
    await server.sql("", whenSeen(some.database, "KILL victim;"));
    await failure;
  });

  it("dumps the state of one instant while rows and sequences go on", async () => {
    await using io = localIo();
    const some = await target(MANY);
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        await server.sql(
          some.database,
          `START TRANSACTION; INSERT INTO warga (isi) SELECT 'baru' FROM seq_1_to_50;
           DELETE FROM warga WHERE id % 977 = 3; COMMIT; DO NEXTVAL(nomor)`,
        );
      }
    })();
    try {
      for (let round = 0; round < 3; round += 1) {
        await using dump = await storeDump(mariadb, some, io);
        await dump.load(names);
        const side = await mariadb.digest(some, "side", names, io);
        expect(sameContent(side, dump.report.content)).toBe(true);
        expect(sameContent(await mariadb.digest(some, "live", names, io), side)).toBe(false);
      }
    } finally {
      isOver = true;
      await writing;
      await mariadb.dropSide(some, names, io);
    }
  });

  it("refuses a dump that was cut behind a whole statement though the program reported success", async () => {
    await using dir = await tempDir();
    const real = (await promisify(execFile)("which", ["mariadb-dump"])).stdout.trim();
    await program(
      join(dir.path, "mariadb-dump"),
      `if [ "$2" = "" ]; then exec ${real} "$@"; fi\n${real} "$@" | head -n 60\nexit 0`,
    );
    await using io = localIo({ programs: dir.path });
    const some = await target(MANY);
    await expect(storeDump(mariadb, some, io)).rejects.toMatchObject({
      code: "ENGINE_DUMP_INCOMPLETE",
    });
  });

  it("refuses a dump that is empty, and one that was cut behind a row with the words of its end", async () => {
    const real = (await promisify(execFile)("which", ["mariadb-dump"])).stdout.trim();
    const some = await target(
      `CREATE TABLE warga (isi TEXT, lagi TEXT);
       INSERT INTO warga VALUES (' */;\n\n-- Dump completed\n', 'a'), ('b', ' */;\n\n-- Dump completed\n')`,
    );
    for (const filter of ["head -c 0", "sed /Dump.completed/q"]) {
      await using dir = await tempDir();
      await program(
        join(dir.path, "mariadb-dump"),
        `case "$*" in *--hex-blob*) ${real} "$@" | ${filter}; exit 0;; *) exec ${real} "$@";; esac`,
      );
      await using io = localIo({ programs: dir.path });
      await expect(storeDump(mariadb, some, io)).rejects.toMatchObject({
        code: "ENGINE_DUMP_INCOMPLETE",
      });
    }
    await using io = localIo();
    await using dump = await storeDump(mariadb, some, io);
    // Newer tools forbid the client's own commands from the first line on.
    expect((await readFile(dump.path)).toString("latin1")).toMatch(
      /^\/\*M!999999\\- enable the sandbox mode \*\/\s/,
    );
    await dump.load(names);
    const side = await mariadb.digest(some, "side", names, io);
    expect(sameContent(side, dump.report.content)).toBe(true);
    await mariadb.dropSide(some, names, io);
  });

  it("asks for another try where a table was altered while it was dumped", {
    tags: shows("mariadb", 39),
  }, async () => {
    await using dir = await tempDir();
    const real = (await promisify(execFile)("which", ["mariadb-dump"])).stdout.trim();
    const some = await target(`${MANY}; CREATE TABLE t (a INT)`);
    await program(
      join(dir.path, "mariadb-dump"),
      `case "$*" in
         *--hex-blob*) ${real} "$@" && exec mariadb --defaults-file=${some.berkasOpsi} ${some.database} \
           -e 'ALTER TABLE t ADD b INT';;
         *) exec ${real} "$@";;
       esac`,
    );
    await using io = localIo({ programs: dir.path });
    await expect(storeDump(mariadb, some, io)).rejects.toMatchObject({
      code: "ENGINE_DUMP_FAILED",
      detail: { changedWhileRead: true },
    });
  });

  it("does not load a stream that was cut behind a whole statement", async () => {
    await using io = localIo();
    const some = await target(`${MANY}; CREATE TABLE z (a INT)`);
    await using dump = await storeDump(mariadb, some, io);
    const stored = await readFile(dump.path);
    expect((await stat(dump.path)).size).toBe(stored.length);
    const text = stored.toString("latin1");
    await writeFile(dump.path, text.slice(0, text.indexOf(";\nUNLOCK TABLES") + 2), "latin1");
    await expect(dump.load(names)).rejects.toMatchObject({ code: "ENGINE_LOAD_FAILED" });
    await expect(mariadb.digest(some, "side", names, io)).rejects.toMatchObject({
      code: "ENGINE_CONNECT",
    });
  });

  it("leaves no row in log or error when the client echoes one that does not fit", async () => {
    await using io = localIo();
    const some = await target(
      `CREATE TABLE warga (isi VARCHAR(100) UNIQUE);
       INSERT INTO warga VALUES ('${ROW}'), ('${ROW.slice(0, -1)}2')`,
    );
    await using dump = await storeDump(mariadb, some, io);
    const stored = (await readFile(dump.path)).toString("latin1");
    await writeFile(dump.path, stored.replace(`${ROW.slice(0, -1)}2`, ROW), "latin1");
    const error: unknown = await dump.load(names).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "ENGINE_LOAD_FAILED" });
    expect(io.logged.length).toBeGreaterThan(0);
    for (const text of [JSON.stringify(io.logged), JSON.stringify(error), String(error)]) {
      expect(text).not.toContain("6472");
    }
  });

  it("refuses an account that would leave triggers, events, views or routines out in silence", async () => {
    await using io = localIo();
    const some = await target("CREATE TABLE t (a INT)");
    await server.sql(
      "",
      `CREATE USER 'kurang'@'localhost' IDENTIFIED BY 'x1';
       GRANT RELOAD, PROCESS ON *.* TO 'kurang'@'localhost';
       GRANT SELECT, SHOW VIEW, LOCK TABLES, EVENT ON \`${some.database}\`.* TO 'kurang'@'localhost'`,
    );
    const berkasOpsi = await server.optionFile({ user: "kurang", password: "x1" });
    const refused = storeDump(mariadb, { ...some, berkasOpsi }, io);
    await expect(refused).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
      detail: { missing: ["TRIGGER", "SELECT ON mysql.proc"] },
    });
    await server.sql(
      "",
      `GRANT TRIGGER ON \`${some.database}\`.* TO 'kurang'@'localhost';
       GRANT SELECT ON mysql.proc TO 'kurang'@'localhost'`,
    );
    await using dump = await storeDump(mariadb, { ...some, berkasOpsi }, io);
    await expect(
      mariadb.preflight({ ...some, berkasOpsi }, dump.manifest, io),
    ).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
      detail: { missing: expect.arrayContaining(["CREATE", "ALTER", "CONNECTION ADMIN"]) },
    });
    await mariadb.preflight(some, dump.manifest, io);
  });

  it("refuses tables that no snapshot covers, and events it could not dump", async () => {
    await using io = localIo();
    for (const content of [
      "CREATE TABLE t (a INT); CREATE TABLE tak_aman (a INT) ENGINE = MyISAM",
      "CREATE TABLE t (a INT); CREATE TABLE tak_aman (a INT) WITH SYSTEM VERSIONING",
    ]) {
      await expect(storeDump(mariadb, await target(content), io)).rejects.toMatchObject({
        code: "ENGINE_UNSUPPORTED",
        detail: { count: 1 },
      });
      expect(io.logged.at(-1)?.detail).toEqual({ tables: ["tak_aman"] });
    }
    await server.sql(
      "",
      "CREATE DATABASE `a'b`; USE `a'b`; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
    );
    const some = await target("CREATE TABLE t (a INT)");
    await expect(storeDump(mariadb, { ...some, database: "a'b" }, io)).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
    });
  });

  it("dumps a schema with a view whose table is gone, without that view, and says so", async () => {
    await using io = localIo();
    const some = await target(
      "CREATE TABLE t (a INT); CREATE TABLE u (a INT); CREATE VIEW v AS SELECT * FROM u; CREATE VIEW w AS SELECT * FROM t; DROP TABLE u",
    );
    await using dump = await storeDump(mariadb, some, io);
    expect(dump.report.content.inventory.views).toBe(1);
    expect(dump.report.recreate.brokenViews).toBe('["v"]');
    await dump.load(names);
    const side = await mariadb.digest(some, "side", names, io);
    expect(sameContent(side, dump.report.content)).toBe(true);
    await mariadb.dropSide(some, names, io);
  });

  it("refuses in preflight what the server lacks: a definer, or room for the widest row", {
    tags: shows("mariadb", 37),
  }, async () => {
    await using io = localIo();
    const some = await target(
      "CREATE TABLE t (a INT); CREATE DEFINER='hilang'@'%' VIEW v AS SELECT 1 AS a",
    );
    await using dump = await storeDump(mariadb, some, io);
    await expect(mariadb.preflight(some, dump.manifest, io)).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
      detail: { count: 1 },
    });
    const wide = {
      ...dump.manifest,
      recreate: { ...dump.manifest.recreate, definers: "[]", widestRowBytes: "2000000000" },
    };
    await expect(mariadb.preflight(some, wide, io)).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
    });
  });
});

async function program(path: string, body: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
}

/** Waits for a connection whose default is the schema, which is the dump's, and acts on it. */
function whenSeen(database: string, act: string): string {
  return `DELIMITER //
    BEGIN NOT ATOMIC
      DECLARE victim BIGINT DEFAULT NULL;
      DECLARE tries INT DEFAULT 0;
      WHILE victim IS NULL AND tries < 10000 DO
        SELECT MAX(id) INTO victim FROM information_schema.processlist
          WHERE db = '${database}' AND info LIKE 'SELECT /*!40001 SQL_NO_CACHE%';
        IF victim IS NULL THEN DO SLEEP(0.001); END IF;
        SET tries = tries + 1;
      END WHILE;
      ${act}
    END//`;
}
