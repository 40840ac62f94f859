/** Content that breaks careless tools, through a whole restore; mariadb-dump itself tells whether it is the same. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sameContent } from "#agent/engines/content-digest.ts";
import { mariadb } from "#agent/engines/mariadb.ts";
import { storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { HARD_NAMES } from "#support/hard-names.ts";
import { type MariadbServer, startMariadb } from "#support/mariadb.ts";
import { mariadbTarget } from "#support/sql-targets.ts";
import { shows } from "../fault/faults.ts";

const names = { side: "r_hard", old: "o_hard" };
const quoted = (name: string) => `\`${name.replaceAll("`", "``")}\``;

/** MariaDB itself takes no name with a character beyond the first 65,536. */
const NAMES = HARD_NAMES.filter((name) => !/[\u{10000}-\u{10ffff}]/u.test(name));

const STRUCTURE = `
  CREATE TABLE warga (
    nik BIGINT PRIMARY KEY, nama VARCHAR(100) CHARACTER SET latin1, sifat JSON, mentah VARBINARY(600),
    panjang INT GENERATED ALWAYS AS (CHAR_LENGTH(nama)) STORED, lipat INT AS (nik * 2) VIRTUAL,
    berlaku DATETIME(6) DEFAULT '1000-01-01 00:00:00', sandi UUID DEFAULT NULL, alamat INET6,
    FULLTEXT KEY (nama), CONSTRAINT positif CHECK (nik > 0));
  INSERT INTO warga (nik, nama, sifat, mentah, sandi, alamat)
    SELECT seq, CONCAT('caf\u00e9 ', seq), '{"a": 1.0}', UNHEX(CONCAT('00FF27225C0A0D1A', HEX(seq))),
      '123e4567-e89b-12d3-a456-426655440000', '::1' FROM seq_1_to_200;
  CREATE TABLE rumah (id INT PRIMARY KEY, pemilik BIGINT, tetangga INT,
    CONSTRAINT ke_warga FOREIGN KEY (pemilik) REFERENCES warga (nik) ON UPDATE CASCADE,
    CONSTRAINT ke_rumah FOREIGN KEY (tetangga) REFERENCES rumah (id));
  INSERT INTO rumah SELECT seq, 1, NULLIF(seq - 1, 0) FROM seq_1_to_50;
  ALTER TABLE warga ADD rumah INT, ADD CONSTRAINT balik FOREIGN KEY (rumah) REFERENCES rumah (id);
  CREATE TABLE laporan (pada DATE, isi VARCHAR(10), KEY (isi)) PARTITION BY RANGE (YEAR(pada))
    SUBPARTITION BY HASH (DAYOFYEAR(pada)) SUBPARTITIONS 2 (
    PARTITION lama VALUES LESS THAN (2026), PARTITION baru VALUES LESS THAN MAXVALUE);
  INSERT INTO laporan SELECT '2025-01-01' + INTERVAL seq DAY, seq FROM seq_1_to_600;
  CREATE TABLE tanpa_kunci (a INT, b TEXT); INSERT INTO tanpa_kunci VALUES (1, 'x'), (1, 'x'), (NULL, NULL);
  CREATE SEQUENCE putar MINVALUE 1 MAXVALUE 3 CYCLE CACHE 0; SELECT NEXTVAL(putar), NEXTVAL(putar);
  CREATE VIEW zz AS SELECT nik, nama FROM warga; CREATE VIEW aa AS SELECT nik FROM zz;
  CREATE VIEW mm AS SELECT COUNT(*) AS n FROM aa JOIN zz USING (nik);
  CREATE VIEW cc AS SELECT nik FROM zz WHERE nik < 100 WITH CASCADED CHECK OPTION;
  SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';
  DELIMITER //
  CREATE TRIGGER satu BEFORE INSERT ON warga FOR EACH ROW SET NEW."nama" = TRIM(NEW."nama")//
  CREATE TRIGGER dua BEFORE INSERT ON warga FOR EACH ROW FOLLOWS satu SET NEW."nama" = CONCAT(NEW."nama", '\\')//
  CREATE PROCEDURE hitung(OUT n INT) COMMENT 'é' BEGIN
    -- Dump completed
    SELECT COUNT(*) INTO n FROM "warga";
  END//
  SET sql_mode = 'ORACLE'//
  CREATE PACKAGE paket AS FUNCTION f RETURN INT; END//
  CREATE PACKAGE BODY paket AS FUNCTION f RETURN INT AS BEGIN RETURN 1; END; END//
  SET sql_mode = ''//
  SET time_zone = '+08:00'//
  CREATE EVENT tiap_hari ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00' COMMENT 'é' DO BEGIN
    DELETE FROM tanpa_kunci; END//
  CREATE EVENT nanti ON SCHEDULE AT '2031-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE DO SELECT 1//
  DELIMITER ;
`;

describe("MariaDB with hard content", () => {
  let server: MariadbServer;
  let optionFile: string;
  beforeAll(async () => {
    server = await startMariadb();
    optionFile = await server.optionFile();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function everythingIn(database: string): Promise<string> {
    const { stdout } = await promisify(execFile)(
      "mariadb-dump",
      [
        ...[`--defaults-file=${optionFile}`, "--routines", "--events", "--triggers", "--hex-blob"],
        ...["--skip-dump-date", "--skip-comments", "--", database],
      ],
      { encoding: "latin1", maxBuffer: 256 * 1024 * 1024 },
    );
    return stdout;
  }

  /** Backs a schema up, loses it, restores it: nothing of it may be another. */
  async function throughRestore(database: string): Promise<void> {
    await using io = localIo();
    const target = await mariadbTarget(server, database, optionFile);
    const wanted = await everythingIn(database);
    await using dump = await storeDump(mariadb, target, io);
    await server.sql("", `DROP DATABASE ${quoted(database)}`);
    await mariadb.preflight(target, dump.manifest, io);
    const intoEmpty = { ...names, liveWasAbsent: true };
    await dump.load(intoEmpty);
    const side = await mariadb.digest(target, "side", intoEmpty, io);
    expect(sameContent(side, dump.report.content)).toBe(true);
    await mariadb.swap(target, intoEmpty, io);
    await mariadb.reopen(target, intoEmpty, io);
    await mariadb.dropSide(target, intoEmpty, io);
    expect(await everythingIn(database)).toBe(wanted);
    await mariadb.dropOld(target, intoEmpty, io);
    expect(await mariadb.leftovers(target, io)).toEqual([]);
  }

  /** Nobody touched it since the backup: a preview has nothing to tell. */
  async function previewed(database: string): Promise<void> {
    await using io = localIo();
    const target = await mariadbTarget(server, database, optionFile);
    await using dump = await storeDump(mariadb, target, io);
    await dump.load(names);
    expect(await mariadb.compare(target, names, io)).toEqual([]);
    await mariadb.dropSide(target, names, io);
  }

  it("keeps triggers in order, views on views, routines, packages, events, keys in a circle, partitions", async () => {
    await server.sql("", "CREATE DATABASE susunan CHARACTER SET utf8mb4");
    await server.sql("susunan", STRUCTURE);
    await previewed("susunan");
    await throughRestore("susunan");
  });

  it("refuses an event at which the tool would never end, before a dump and before a restore", async () => {
    await using io = localIo();
    await server.sql("", "CREATE DATABASE titik CHARACTER SET utf8mb4");
    await server.sql("titik", "CREATE TABLE t (a VARCHAR(9))");
    const target = await mariadbTarget(server, "titik", optionFile);
    await using dump = await storeDump(mariadb, target, io);
    await mariadb.preflight(target, dump.manifest, io);
    await server.sql(
      "titik",
      "CREATE EVENT dobel ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DO INSERT INTO t VALUES (';;')",
    );
    const refusal = { code: "ENGINE_UNSUPPORTED", detail: { count: 1 } };
    await expect(storeDump(mariadb, target, io)).rejects.toMatchObject(refusal);
    await expect(mariadb.preflight(target, dump.manifest, io)).rejects.toMatchObject(refusal);
  });

  it("keeps names that shells, clients and careless quoters trip over", {
    tags: shows("mariadb", 42),
  }, async () => {
    for (const [index, name] of NAMES.entries()) {
      await server.sql("", `CREATE DATABASE ${quoted(name)} CHARACTER SET utf8mb4`);
      const objects = index > 0 ? [name] : NAMES;
      const script = objects
        .map(
          (object, place) => `CREATE TABLE ${quoted(object)} (${quoted(object)} INT PRIMARY KEY);
            INSERT INTO ${quoted(object)} VALUES (${place});
            CREATE VIEW ${quoted(`v ${object}`.slice(0, 60))} AS SELECT * FROM ${quoted(object)};
            CREATE TRIGGER ${quoted(`t ${object}`.slice(0, 60))} BEFORE INSERT ON ${quoted(object)}
              FOR EACH ROW SET @x = 1`,
        )
        .join(";\n");
      await server.sql(name, script);
      await throughRestore(name);
    }
  });

  it("keeps every byte, zero bytes and emoji, in text and blobs of every character set", {
    tags: shows("mariadb", 41),
  }, async () => {
    await server.sql("", "CREATE DATABASE bita CHARACTER SET utf8mb4");
    await server.sql(
      "bita",
      `CREATE TABLE t (id INT PRIMARY KEY, mentah BLOB, tetap BINARY(4), isi TEXT,
         lama VARCHAR(10) CHARACTER SET latin1, lebar TEXT CHARACTER SET utf16);
       INSERT INTO t SELECT seq, CONCAT(CHAR(seq), X'00', CHAR(255 - seq)), CHAR(seq),
         CONCAT('a', CHAR(seq MOD 128 USING utf8mb4), X'00'), CHAR(seq USING latin1),
         CONCAT('b', CHAR(seq MOD 128 USING utf8mb4)) FROM seq_0_to_255;
       INSERT INTO t VALUES (300, X'F09F9880', X'00', '😀 👩‍👩‍👧 e\u0301 \u202e', 'é', '😀'),
         (301, '', NULL, '', NULL, ''), (302, NULL, X'FFFE', CONCAT(CHAR(92), CHAR(39), CHAR(34), CHAR(26)), '', NULL)`,
    );
    await throughRestore("bita");
  });
});
