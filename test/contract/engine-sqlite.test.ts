import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, chown, link, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { TargetConfig } from "#agent/config.ts";
import { sqlite } from "#agent/engines/sqlite.ts";
import { localHost } from "#agent/process/local.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { tempDir } from "#support/temp-dir.ts";
import { shows } from "../fault/faults.ts";
import { dumpToFile, type EngineFixture, engineSuite } from "./engine-suite.ts";
import { definitions } from "./unit-changes.ts";

const names = { side: "r_0123456789", old: "o_0123456789" };

/** Everything SQLite lets a table be: kinds of keys, storage classes, names. */
const SCHEMA = `
  CREATE TABLE pegawai (id INTEGER PRIMARY KEY AUTOINCREMENT, nama TEXT NOT NULL, gaji REAL, foto BLOB);
  CREATE TABLE kunci (a TEXT, b INTEGER, c, PRIMARY KEY (a, b)) WITHOUT ROWID;
  CREATE TABLE ketat (n INT, t TEXT, dua INT AS (n * 2), tetap INT AS (n + 1) STORED) STRICT;
  CREATE TABLE "odd ""name"" %s;--" ("select" TEXT, "rowid" TEXT, "" TEXT);
  CREATE TABLE "" (x);
  CREATE INDEX pegawai_nama ON pegawai (nama);
  CREATE VIEW ringkas AS SELECT nama, gaji FROM pegawai;
  CREATE TRIGGER catat AFTER DELETE ON pegawai BEGIN INSERT INTO "" VALUES (old.nama); END;
  CREATE VIRTUAL TABLE cari USING fts5(isi);
  PRAGMA user_version = 7;`;

const ROWS = `
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    INSERT INTO pegawai (nama, gaji, foto) SELECT 'Nama ' || i, i * 1.5, randomblob(i % 64) FROM n;
  INSERT INTO kunci VALUES ('a', 1, NULL), ('a', 2, 1), ('b', 1, 1.0), ('b', 2, '1'), ('c', 1, x'31');
  INSERT INTO kunci VALUES ('d', 1, CAST(x'ff00fe' AS TEXT)), ('d', 2, 9223372036854775807), ('d', 3, 1e999);
  INSERT INTO ketat (n, t) VALUES (1, 'satu'), (2, NULL);
  INSERT INTO "odd ""name"" %s;--" VALUES ('x', 'y', 'z');
  INSERT INTO cari VALUES ('berkas cadangan'), ('pemulihan data');`;

for (const journal of ["delete", "wal"] as const) {
  engineSuite(`sqlite, journal mode ${journal}`, { engine: sqlite, start: () => fixture(journal) });
}

async function fixture(journal: "delete" | "wal"): Promise<EngineFixture & { file: string }> {
  const dir = await tempDir();
  const file = join(dir.path, "odd na'me %41?#.db");
  const host = localHost();
  const write = (sql: string) => {
    const db = new DatabaseSync(file);
    try {
      db.exec(sql);
    } finally {
      db.close();
    }
  };
  write(`PRAGMA journal_mode = ${journal}; ${SCHEMA} ${ROWS}`);
  return {
    file,
    target: targetFor(file),
    absent: targetFor(join(dir.path, "tidak-ada.db")),
    io: {
      host,
      signal: new AbortController().signal,
      now: () => new Date(),
      log: () => {},
    },
    damage: async () =>
      write(`UPDATE pegawai SET gaji = gaji + 1 WHERE id % 7 = 0; DELETE FROM pegawai WHERE id > 2900;
             UPDATE kunci SET c = '1' WHERE a = 'a' AND b = 2; DROP TABLE ketat;`),
    mutate: async () => write(`INSERT INTO pegawai (nama) VALUES ('baru')`),
    change: async () => {
      write(`DELETE FROM pegawai WHERE id <= 3; INSERT INTO pegawai (nama) VALUES ('a'), ('b');
             UPDATE pegawai SET nama = upper(nama) WHERE id BETWEEN 11 AND 14;
             UPDATE kunci SET c = 1.0 WHERE a = 'a' AND b = 2; INSERT INTO kunci VALUES ('z', 1, 0);
             UPDATE "odd ""name"" %s;--" SET "" = 'Z'; DROP TABLE ketat; CREATE TABLE baru (x);
             INSERT INTO baru VALUES (1), (1); CREATE INDEX baru_x ON baru (x); CREATE TABLE kosong (x UNIQUE);
             DROP INDEX pegawai_nama; CREATE INDEX pegawai_gaji ON pegawai (gaji); DROP VIEW ringkas;
             CREATE VIEW ringkas AS SELECT nama FROM pegawai; DROP TRIGGER catat;
             CREATE TRIGGER catat AFTER INSERT ON pegawai BEGIN SELECT 1; END;
             CREATE VIRTUAL TABLE kata USING fts5vocab(cari, 'row'); ALTER TABLE "" ADD COLUMN y; ANALYZE;`);
      return [
        { name: "pegawai", added: 3, changed: 4, lost: 2 },
        { name: "kunci", added: 0, changed: 1, lost: 1 },
        { name: 'odd "name" %s;--', added: 0, changed: 1, lost: 0 },
        // The trigger of `pegawai` notes what is deleted.
        { name: "", added: 0, changed: 0, lost: 3 },
        { name: "ketat", added: 2, changed: 0, lost: 0 },
        { name: "baru", added: 0, changed: 0, lost: 2 },
        ...definitions("changed", [
          ["tables", ""],
          ["views", "ringkas"],
          ["triggers", "catat ON pegawai"],
        ]),
        ...definitions("added", [
          ["tables", "ketat"],
          ["indexes", "pegawai_nama ON pegawai"],
        ]),
        ...definitions("lost", [
          ["tables", "baru"],
          ["tables", "kosong"],
          ["virtualTables", "kata"],
          ["indexes", "pegawai_gaji ON pegawai"],
        ]),
      ];
    },
    remove: async () => {
      for (const suffix of ["", "-wal", "-shm", "-journal"])
        await rm(file + suffix, { force: true });
    },
    question: {
      statement: "SELECT count(*), max(nama), NULL FROM pegawai WHERE id <= 7",
      answer: "7\tNama 7",
      writes: "DELETE FROM pegawai",
    },
    physical: {
      async harm(of) {
        const side = await open(`${file}.${of.side}`, "r+");
        const { size } = await side.stat();
        await side.write(Buffer.alloc(8_192, 0x5a), 0, 8_192, Math.floor(size / 2 / 4_096) * 4_096);
        await side.close();
      },
    },
    independentDigest: () => readByAnotherProcess(file),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

function targetFor(berkas: string): TargetConfig {
  return TargetConfig.parse({
    alias: "data-pegawai",
    vault: "gudang",
    izin: ["backup", "restore", "check"],
    engine: "sqlite",
    berkas,
  });
}

/** What an application of its own reads: SQL literals of every row, sorted. */
async function readByAnotherProcess(file: string): Promise<string> {
  const program = `
    const { DatabaseSync } = require("node:sqlite");
    const db = new DatabaseSync(process.argv[1]);
    const q = (name) => '"' + name.replaceAll('"', '""') + '"';
    for (const { name, sql } of db.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all()) {
      console.log(name, sql);
      if (!/^CREATE TABLE/.test(sql ?? "")) continue;
      const columns = db.prepare("SELECT name FROM pragma_table_info(?)").all(name);
      const list = columns.map((c) => "quote(" + q(c.name) + ") || typeof(" + q(c.name) + ")");
      const rows = db.prepare("SELECT " + list.join(", ") + " FROM " + q(name)).all();
      console.log(rows.map((row) => JSON.stringify(row)).sort().join("\\n"));
    }
    db.close();`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--no-warnings", "-e", program, file],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  return createHash("sha256").update(stdout).digest("hex");
}

/** Dumps the target and loads the side copy. */
async function withSide(one: EngineFixture): Promise<{ manifest: Manifest }> {
  await using dump = await dumpToFile(sqlite, one);
  await dump.load(names);
  return { manifest: dump.manifest };
}

describe("engine sqlite on its own", () => {
  it("tells 1, 1.0, '1' and x'31' apart, and texts that are not valid UTF-8", async () => {
    await using one = await fixture("delete");
    const seen = new Set<string>();
    const values = ["1", "1.0", "'1'", "x'31'", "NULL", "''", "x''"];
    const broken = ["CAST(x'ff' AS TEXT)", "CAST(x'fe' AS TEXT)", "CAST(x'efbfbd' AS TEXT)"];
    for (const value of [...values, ...broken]) {
      const db = new DatabaseSync(one.file);
      db.exec(`UPDATE kunci SET c = ${value} WHERE a = 'a' AND b = 1`);
      db.close();
      seen.add((await sqlite.digest(one.target, "live", names, one.io)).digest);
    }
    expect(seen.size).toBe(values.length + broken.length);
  });

  it("finds the same digest after VACUUM, which moves every page", async () => {
    await using one = await fixture("wal");
    const before = await sqlite.digest(one.target, "live", names, one.io);
    const db = new DatabaseSync(one.file);
    db.exec("VACUUM; REINDEX;");
    db.close();
    expect(await sqlite.digest(one.target, "live", names, one.io)).toEqual(before);
  });

  it("counts a wide table as SQLite's limits allow it", async () => {
    await using one = await fixture("delete");
    const columns = Array.from({ length: 1_999 }, (_, index) => `c${index}`);
    const db = new DatabaseSync(one.file);
    db.exec(
      `CREATE TABLE lebar (${columns.join(", ")}); INSERT INTO lebar (c0, c1998) VALUES (1, 2)`,
    );
    const first = await sqlite.digest(one.target, "live", names, one.io);
    db.exec("UPDATE lebar SET c1998 = 3");
    db.close();
    const second = await sqlite.digest(one.target, "live", names, one.io);
    expect(second.digest).not.toBe(first.digest);
    expect(second.entries.find((entry) => entry.name === "table lebar")?.count).toBe(1);
  });

  it("backs up rows that lie in the write-ahead log of an application that is connected", async () => {
    await using one = await fixture("wal");
    const application = new DatabaseSync(one.file);
    application.exec("PRAGMA wal_autocheckpoint = 0; INSERT INTO pegawai (nama) VALUES ('di WAL')");
    const live = await sqlite.digest(one.target, "live", names, one.io);
    application.close();
    expect(live.entries.find((entry) => entry.name === "table pegawai")?.count).toBe(3_001);
  });

  it.each(["delete", "wal"] as const)(
    "does not swap under a writer and leaves everything as it was (journal mode %s)",
    { tags: shows("sqlite", 36) },
    async (journal) => {
      await using one = await fixture(journal);
      const before = await one.independentDigest();
      const writer = new DatabaseSync(one.file);
      writer.exec("BEGIN IMMEDIATE");
      await expect(sqlite.quiesce(one.target, names, one.io)).rejects.toMatchObject({
        code: "ENGINE_BUSY",
      });
      writer.exec("ROLLBACK");
      writer.close();
      await sqlite.reopen(one.target, names, one.io);
      expect(await one.independentDigest()).toBe(before);
    },
  );

  it("does not swap under an idle connection in WAL mode, whose writes would be lost", {
    tags: shows("sqlite", 36),
  }, async () => {
    await using one = await fixture("wal");
    const idle = new DatabaseSync(one.file);
    idle.prepare("SELECT count(*) FROM pegawai").get();
    await expect(sqlite.quiesce(one.target, names, one.io)).rejects.toMatchObject({
      code: "ENGINE_BUSY",
    });
    idle.close();
  });

  it("keeps users out from quiesce to reopen, over the swap", {
    tags: shows("sqlite", 36),
  }, async () => {
    await using one = await fixture("wal");
    await withSide(one);
    const visit = () => {
      const db = new DatabaseSync(one.file, { timeout: 0 });
      try {
        return db.prepare("SELECT count(*) AS n FROM pegawai").get()?.n;
      } catch (error) {
        return (error as Error).message;
      } finally {
        db.close();
      }
    };
    expect(visit()).toBe(3_000);
    await sqlite.quiesce(one.target, names, one.io);
    expect(visit()).toMatch(/locked/);
    await sqlite.swap(one.target, names, one.io);
    expect(visit()).toMatch(/locked/);
    await sqlite.reopen(one.target, names, one.io);
    expect(visit()).toBe(3_000);
  });

  it("gives the restored file the owner and mode of the live one and leaves nothing beside it", async () => {
    await using one = await fixture("wal");
    await chmod(one.file, 0o640);
    if (process.getuid?.() === 0) await chown(one.file, 12_345, 23_456);
    const before = await stat(one.file);
    await withSide(one);
    await sqlite.quiesce(one.target, names, one.io);
    await sqlite.swap(one.target, names, one.io);
    await sqlite.reopen(one.target, names, one.io);
    const after = await stat(one.file);
    expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
    expect(after.ino).not.toBe(before.ino);
    const folder = await readdir(join(one.file, ".."));
    expect(folder.sort()).toEqual(["odd na'me %41?#.db", `odd na'me %41?#.db.${names.old}`]);
  });

  it("undoes a swap that a crash cut between its two steps", async () => {
    await using one = await fixture("delete");
    const before = await one.independentDigest();
    await withSide(one);
    await link(one.file, `${one.file}.${names.old}`);
    expect(await sqlite.swapState(one.target, names, one.io)).toBe("between");
    await sqlite.rollback(one.target, names, one.io);
    await sqlite.dropSide(one.target, names, one.io);
    expect(await sqlite.swapState(one.target, names, one.io)).toBe("before");
    expect(await one.independentDigest()).toBe(before);
    expect(await readdir(join(one.file, ".."))).toEqual(["odd na'me %41?#.db"]);
  });

  it("refuses a database with a second name, which would keep the old content", async () => {
    await using one = await fixture("delete");
    const { manifest } = await withSide(one);
    await link(one.file, `${one.file}.lain`);
    await expect(sqlite.preflight(one.target, manifest, one.io)).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
    });
  });
});
