/** A MariaDB restore with users in the way, and one that is called off at every one of its steps. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetOf } from "#agent/config.ts";
import { mariadb } from "#agent/engines/mariadb.ts";
import { type StoredDump, storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { eventually } from "#support/eventually.ts";
import { type MariadbServer, startMariadb } from "#support/mariadb.ts";
import { mariadbTarget } from "#support/sql-targets.ts";
import { shows } from "./faults.ts";

/** Every statement on demand, else one in four: each costs a whole restore and its undoing. */
const STRIDE = process.env["PULIH_FAULT"] === "full" ? 1 : 4;
const names = { side: "r_swap", old: "o_swap" };
const CONTENT = `
  CREATE TABLE warga (id INT AUTO_INCREMENT PRIMARY KEY, isi VARCHAR(100));
  INSERT INTO warga (isi) SELECT MD5(seq) FROM seq_1_to_300;
  CREATE TABLE jejak (id INT AUTO_INCREMENT PRIMARY KEY, warga INT,
    FOREIGN KEY (warga) REFERENCES warga (id) ON DELETE CASCADE);
  CREATE SEQUENCE nomor;
  CREATE VIEW daftar AS SELECT id, isi FROM warga;
  CREATE TRIGGER catat AFTER INSERT ON warga FOR EACH ROW INSERT INTO jejak (warga) VALUES (NEW.id);
  CREATE FUNCTION dua(a INT) RETURNS INT DETERMINISTIC RETURN a * 2;
  CREATE FUNCTION Tiga(a INT) RETURNS INT DETERMINISTIC RETURN a * 3;
  GRANT EXECUTE, ALTER ROUTINE ON FUNCTION tiga TO 'aplikasi'@'localhost';
  CREATE EVENT tiap_detik ON SCHEDULE EVERY 1 SECOND DO INSERT INTO warga (isi) VALUES ('acara');
  ALTER EVENT tiap_detik DISABLE`;
const STATE = `
  SELECT COUNT(*), MD5(GROUP_CONCAT(isi ORDER BY id)) FROM warga WHERE isi <> 'lalu lintas';
  SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1;
  SELECT view_definition FROM information_schema.views WHERE table_schema = DATABASE();
  SELECT trigger_name, action_statement FROM information_schema.triggers WHERE trigger_schema = DATABASE();
  SELECT routine_name FROM information_schema.routines WHERE routine_schema = DATABASE();
  SELECT event_name, status FROM information_schema.events WHERE event_schema = DATABASE();
  SELECT constraint_name, referenced_table_name FROM information_schema.referential_constraints
    WHERE constraint_schema = DATABASE()`;
const RIGHTS =
  "SELECT user, host, routine_name, proc_priv, grantor FROM mysql.procs_priv WHERE db = DATABASE()";
const TRAFFIC = "SELECT COUNT(*) FROM warga WHERE isi = 'lalu lintas'";

describe("faults while swapping MariaDB", () => {
  let server: MariadbServer;
  let schemas = 0;
  beforeAll(async () => {
    server = await startMariadb();
    await server.sql(
      "",
      "CREATE USER 'aplikasi'@'localhost'; GRANT ALL PRIVILEGES ON `swap%`.* TO 'aplikasi'@'localhost'",
    );
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function damagedTarget(damage: string): Promise<{
    target: TargetOf<"mariadb">;
    dump: StoredDump;
    wanted: string;
    damaged: string;
  }> {
    schemas += 1;
    const database = `swap_${schemas}`;
    await server.sql("", `CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
    await server.sql(database, CONTENT);
    const target = await mariadbTarget(server, database);
    await using io = localIo();
    const wanted = await server.sql(database, STATE);
    const dump = await storeDump(mariadb, target, io);
    await server.sql(database, damage);
    const damaged = await server.sql(database, STATE).catch(() => "gone");
    return { target, dump, wanted, damaged };
  }

  it("makes writers wait from quiesce to reopen; then they write to what was restored, triggers and all", {
    tags: shows("mariadb", 36),
  }, async () => {
    const { target, dump, wanted } = await damagedTarget(
      "DELETE FROM warga WHERE id > 100; DROP VIEW daftar; DROP TRIGGER catat",
    );
    await using _ = dump;
    await using io = localIo();
    let isOver = false;
    let written = 0;
    const write = () =>
      server.sql(target.database, "INSERT INTO warga (isi) VALUES ('lalu lintas')");
    const applications = [1, 2].map(async () => {
      while (!isOver) {
        written += await write().then(
          () => 1,
          () => 0,
        );
      }
    });
    const traffic = () => server.sql(target.database, TRAFFIC);
    try {
      await dump.load(names, io);
      await eventually("the application writes", () => written > 0);
      await mariadb.quiesce(target, names, io);
      const before = await traffic();
      await using safety = await storeDump(mariadb, target, io);
      const live = await mariadb.digest(target, "live", names, io);
      expect(live).toEqual(safety.report.content);
      expect(await traffic()).toBe(before);
      await mariadb.swap(target, names, io);
      expect(await mariadb.digest(target, "live", names, io)).toEqual(dump.report.content);
      // Who connects in the very instant in which locks are handed on may get one statement in.
      const kept = mariadb.keptAs(target, names).split(" ")[1] ?? "";
      const late = Number(await server.sql(kept, TRAFFIC)) - Number(before);
      expect(late).toBeLessThanOrEqual(applications.length);
      await mariadb.reopen(target, names, io);
      await eventually("the application writes again", async () => Number(await traffic()) > 0);
    } finally {
      isOver = true;
      // After a failure the application would wait for ever.
      await mariadb.reopen(target, names, io);
      await Promise.all(applications);
    }
    expect(await server.sql(target.database, STATE)).toBe(wanted);
    // The trigger is there again and fired for each new row.
    expect(await server.sql(target.database, "SELECT COUNT(*) FROM jejak")).toBe(await traffic());
  });

  it("brings a schema back that was dropped, and rolls back to it being gone", async () => {
    const { target, dump, wanted } = await damagedTarget("DROP DATABASE swap_2");
    expect(target.database).toBe("swap_2");
    await using _ = dump;
    await using io = localIo();
    await mariadb.preflight(target, dump.manifest, io);
    await dump.load(names, io);
    await mariadb.quiesce(target, names, io);
    await mariadb.swap(target, names, io);
    expect(await mariadb.swapState(target, names, io)).toBe("after");
    expect(await server.sql(target.database, STATE)).toBe(wanted);
    await mariadb.rollback(target, names, io);
    expect(await mariadb.swapState(target, names, io)).toBe("before");
    await expect(server.sql(target.database, STATE)).rejects.toThrow("1049");
    await dump.load(names, io);
    await mariadb.swap(target, names, io);
    await mariadb.reopen(target, names, io);
    expect(await server.sql(target.database, STATE)).toBe(wanted);
  });

  it("restores a schema whose damage left a view without its table", async () => {
    const { target, dump, wanted } = await damagedTarget(
      "SET foreign_key_checks = 0; DROP TABLE warga; CREATE TABLE lain (a INT)",
    );
    await using _ = dump;
    await using io = localIo();
    await dump.load(names, io);
    await mariadb.quiesce(target, names, io);
    await using safety = await storeDump(mariadb, target, io);
    expect(safety.report.recreate.brokenViews).toBe('["daftar"]');
    await mariadb.swap(target, names, io);
    await mariadb.reopen(target, names, io);
    expect(await server.sql(target.database, STATE)).toBe(wanted);
  });

  it("does not run the events of a backup before it is live", async () => {
    const { target, dump } = await damagedTarget("DROP EVENT tiap_detik");
    await using _ = dump;
    await using io = localIo();
    await dump.load(names, io);
    const events =
      "SELECT COUNT(*) FROM information_schema.events WHERE event_schema LIKE 'pulih%'";
    expect(await server.sql("", events)).toBe("0");
    await mariadb.quiesce(target, names, io);
    await mariadb.swap(target, names, io);
    await mariadb.reopen(target, names, io);
    expect(await server.sql("", events)).toBe("0");
    expect(
      await server.sql(
        "",
        `SELECT event_name FROM information_schema.events WHERE event_schema = '${target.database}'`,
      ),
    ).toBe("tiap_detik");
  });

  it("can be brought to the old data wherever the swap is called off, even in a rollback", async () => {
    const { target, dump, wanted, damaged } = await damagedTarget(
      "DELETE FROM warga WHERE id > 100; DROP TABLE jejak; DROP TRIGGER catat; DROP FUNCTION dua; CREATE TABLE baru (a INT)",
    );
    await using _ = dump;
    const rights = await server.sql(target.database, RIGHTS);
    expect(rights).toMatch(/^aplikasi\tlocalhost\ttiga\tExecute,Alter Routine/i);
    await using later = localIo();
    const seen = new Map<string, number>();
    let needsSide = true;
    for (let cut = 1; ; cut += STRIDE) {
      await using io = localIo({ cutAtStatement: cut });
      if (needsSide) await dump.load(names, later);
      const isDone = await (async () => {
        await mariadb.quiesce(target, names, io);
        await mariadb.swap(target, names, io);
      })().then(
        () => true,
        () => false,
      );
      const state = await mariadb.swapState(target, names, later);
      seen.set(state, (seen.get(state) ?? 0) + 1);
      if (state === "after") {
        expect(await server.sql(target.database, STATE)).toBe(wanted);
        expect(await server.sql(target.database, RIGHTS)).toBe(rights);
      }
      needsSide = state !== "before";
      if (state !== "before") {
        // The undoing is cut short as well, each time somewhere else.
        await using undoing = localIo({ cutAtStatement: (cut * 7) % 60 });
        await mariadb.rollback(target, names, undoing).catch(() => undefined);
        await mariadb.rollback(target, names, later);
        await mariadb.dropSide(target, names, later);
      }
      await mariadb.reopen(target, names, later);
      expect(await mariadb.swapState(target, names, later)).toBe("before");
      expect(await server.sql(target.database, STATE)).toBe(damaged);
      // The server forgets them whenever it drops the routine.
      expect(await server.sql(target.database, RIGHTS)).toBe(rights);
      if (isDone) break;
    }
    expect(seen.get("before")).toBeGreaterThan(3);
    expect(seen.get("between")).toBeGreaterThan(3);
    expect(seen.get("after")).toBeGreaterThan(0);
    expect(await server.sql("", "SHOW DATABASES LIKE 'pulih%'")).not.toContain("r_swap");
  }, 240_000);
});
