/** What a preview says of everything beside rows: nothing of what nobody touched, else what it is. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SideNames, UnitChange } from "#agent/engines/engine.ts";
import { mariadb } from "#agent/engines/mariadb.ts";
import { storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { type MariadbServer, startMariadb } from "#support/mariadb.ts";
import { mariadbTarget } from "#support/sql-targets.ts";
import { definitions, inOrder } from "./unit-changes.ts";

const names: SideNames = { side: "r_definisi", old: "o_definisi" };

const CONTENT = `
  CREATE TABLE unit (id INT PRIMARY KEY, nama VARCHAR(50) CHARACTER SET latin1 DEFAULT 'pusat', induk INT,
    UNIQUE KEY nama (nama(10)), KEY (induk), CONSTRAINT ke_induk FOREIGN KEY (induk) REFERENCES unit (id)) ROW_FORMAT = COMPRESSED;
  CREATE TABLE pegawai (
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, nama VARCHAR(100) NOT NULL DEFAULT 'tanpa ''nama''' COMMENT 'caf\u00e9',
    kode CHAR(5) DEFAULT 'ab' CHECK (kode IN ('ab', 'cd', 'caf\u00e9')), gaji DECIMAL(12, 2) DEFAULT -1.5,
    umur INT CHECK (umur BETWEEN 17 AND 70 AND umur <> 18), lahir DATE DEFAULT (CURRENT_DATE + INTERVAL 1 DAY),
    tingkat ENUM('rendah', 'tin''ggi') DEFAULT 'rendah', data JSON DEFAULT '{"a": 1}', unit INT,
    dibuat TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), tanda SET('a', 'b'),
    aktif BOOLEAN DEFAULT TRUE, isi TEXT DEFAULT 'x', bita BINARY(3) DEFAULT 'a', angka DOUBLE DEFAULT 1e10, bit_ BIT(3) DEFAULT b'101',
    kunci CHAR(36) DEFAULT (UUID()), tersembunyi INT INVISIBLE DEFAULT 3,
    huruf INT GENERATED ALWAYS AS (CHAR_LENGTH(nama) + IF(umur IN (1, 2), 1, 2)) STORED,
    ganda INT GENERATED ALWAYS AS (umur * 2) VIRTUAL,
    CONSTRAINT wajar CHECK (umur > 1 OR NOT (umur BETWEEN 80 AND 90 AND aktif AND nama LIKE 'a%')),
    CHECK (CASE nama WHEN 'a' THEN umur > 1 ELSE nama NOT IN ('x', 'y''z (') END),
    KEY urut (nama DESC, umur), FULLTEXT KEY cari (isi), KEY tua (lahir) COMMENT 'lama' IGNORED, KEY (unit), FOREIGN KEY (unit) REFERENCES unit (id)
  ) COMMENT = 'daftar ''pegawai''' STATS_PERSISTENT = 1;
  CREATE TABLE surat (id INT, pada DATE NOT NULL, PRIMARY KEY (id, pada)) PARTITION BY RANGE (YEAR(pada))
    SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION lama VALUES LESS THAN (2026), PARTITION baru VALUES LESS THAN MAXVALUE);
  CREATE TABLE peta (lokasi POINT NOT NULL, SPATIAL KEY (lokasi));
  CREATE TABLE wilayah (nama VARCHAR(20)) PARTITION BY LIST COLUMNS (nama) (PARTITION a VALUES IN ('x', 'y'), PARTITION b DEFAULT);
  CREATE TABLE catatan (n INT);
  CREATE VIEW terpilih AS SELECT p.id, u.nama FROM pegawai p JOIN unit u ON p.unit = u.id AND u.id BETWEEN 1 AND 5 AND p.aktif
    WHERE (umur BETWEEN 1 AND 2 AND aktif AND tingkat IN ('rendah', 'x')) OR p.nama = _latin1'caf\u00e9' OR NOT aktif;
`;

/** One act each, and what a preview must name then, and nothing else. */
const ACTS: readonly (readonly [act: string, expected: UnitChange[]])[] = [
  ["DROP INDEX urut ON pegawai", definitions("added", [["indexes", "urut ON pegawai"]])],
  ["CREATE INDEX baru ON unit (nama, induk)", definitions("lost", [["indexes", "baru ON unit"]])],
  [
    "ALTER TABLE unit DROP INDEX nama, ADD INDEX nama (nama(12))",
    definitions("changed", [["indexes", "nama ON unit"]]),
  ],
  [
    "ALTER TABLE pegawai ALTER INDEX tua NOT IGNORED",
    definitions("changed", [["indexes", "tua ON pegawai"]]),
  ],
  [
    "ALTER TABLE pegawai DROP FOREIGN KEY pegawai_ibfk_1; ALTER TABLE pegawai ADD CONSTRAINT pegawai_ibfk_1 FOREIGN KEY (unit) REFERENCES unit (id) ON DELETE CASCADE",
    definitions("changed", [["foreignKeys", "pegawai_ibfk_1 ON pegawai"]]),
  ],
  [
    "ALTER TABLE unit DROP FOREIGN KEY ke_induk",
    definitions("added", [["foreignKeys", "ke_induk ON unit"]]),
  ],
  [
    "ALTER TABLE pegawai DROP CONSTRAINT wajar; ALTER TABLE pegawai ADD CONSTRAINT wajar CHECK (umur > 2)",
    definitions("changed", [["checks", "wajar ON pegawai"]]),
  ],
  [
    "ALTER TABLE unit ADD CONSTRAINT kecil CHECK (id < 99)",
    definitions("lost", [["checks", "kecil ON unit"]]),
  ],
  [
    "ALTER TABLE pegawai ALTER gaji SET DEFAULT 0, MODIFY nama VARCHAR(100) NULL DEFAULT 'tanpa ''nama''' COMMENT 'caf\u00e9', MODIFY angka FLOAT DEFAULT 1e10, DROP tanda",
    [
      ...definitions("changed", [
        ["columns", "gaji ON pegawai"],
        ["columns", "nama ON pegawai"],
        ["columns", "angka ON pegawai"],
      ]),
      ...definitions("added", [["columns", "tanda ON pegawai"]]),
    ],
  ],
  [
    "ALTER TABLE catatan COMMENT = 'lain', ADD `lampiran \u00e9` INT",
    [
      ...definitions("changed", [["tables", "catatan"]]),
      ...definitions("lost", [["columns", "lampiran \u00e9 ON catatan"]]),
    ],
  ],
  [
    "ALTER TABLE wilayah ADD PARTITION (PARTITION c VALUES IN ('z'))",
    definitions("changed", [["tables", "wilayah"]]),
  ],
  // Its parts come and go with it.
  [
    "CREATE TABLE baru (n INT PRIMARY KEY CHECK (n > 0), unit INT REFERENCES unit (id)); CREATE TRIGGER rapi BEFORE INSERT ON baru FOR EACH ROW SET NEW.n = 1",
    definitions("lost", [["tables", "baru"]]),
  ],
  ["DROP TABLE surat", definitions("added", [["tables", "surat"]])],
  // Rights stay with the name: a restore leaves them as they are.
  ["GRANT SELECT ON definisi.unit TO pembaca", []],
];

describe("MariaDB, beside rows", () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb();
    await server.sql("", "CREATE DATABASE definisi; CREATE USER pembaca");
    await server.sql("definisi", CONTENT);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it("tells nothing of what nobody touched, and each change by what was changed", async () => {
    const target = await mariadbTarget(server, "definisi");
    await using io = localIo();
    await using dump = await storeDump(mariadb, target, io);
    await dump.load(names);
    expect(await mariadb.compare(target, names, io)).toEqual([]);
    await server.sql("definisi", ACTS.map(([act]) => act).join(";\n"));
    const told = await mariadb.compare(target, names, io);
    expect(inOrder(told)).toEqual(inOrder(ACTS.flatMap(([, expected]) => expected)));
  });
});
