import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TargetConfig } from "#agent/config.ts";
import { mariadb } from "#agent/engines/mariadb.ts";
import { copyName } from "#agent/engines/sql-session.ts";
import type { Host } from "#agent/process/host.ts";
import { sshHost } from "#agent/ssh/host.ts";
import { storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { type MariadbServer, startMariadb } from "#support/mariadb.ts";
import { type Sshd, startSshd } from "#support/sshd.ts";
import { type EngineFixture, engineSuite } from "./engine-suite.ts";
import { definitions } from "./unit-changes.ts";

/** A name that a shell, an option parser and a careless quoter each would trip over. */
const ODD = "arsip `2026` = é $(x); %";

const CONTENT = `
  CREATE TABLE pegawai (
    id INT AUTO_INCREMENT PRIMARY KEY, nama VARCHAR(200) NOT NULL, catatan MEDIUMTEXT, foto BLOB,
    gaji DECIMAL(20, 4), tarif DOUBLE, ukuran FLOAT, lahir DATE, sejak TIMESTAMP(6) NULL,
    tingkat ENUM('rendah', 'tinggi'), tanda SET('a', 'b'), bit_ BIT(5), data JSON, lokasi POINT,
    lama VARCHAR(20) CHARACTER SET latin1, ganda INT GENERATED ALWAYS AS (id * 2) VIRTUAL,
    tersembunyi INT INVISIBLE DEFAULT 3, KEY (nama), CHECK (gaji >= 0)) ENGINE = InnoDB;
  INSERT INTO pegawai (nama, catatan, foto, gaji, tarif, ukuran, lahir, sejak, tingkat, tanda, bit_,
      data, lokasi, lama)
    SELECT CONCAT('N\u00e4ma \u{1F600} ', seq, '\\n\\\\t"'''), REPEAT('x', seq), UNHEX(CONCAT(MD5(seq), '00FF0A')),
      seq / 7, seq / 3, seq / 3, '2026-01-01' + INTERVAL seq DAY, '2026-01-01 00:00:00.123456',
      'tinggi', 'a,b', b'101', '{"a":  1}', POINT(seq, -seq), 'caf\u00e9'
    FROM seq_1_to_500;
  INSERT INTO pegawai (nama) VALUES ('tanpa isi lain'), ('');
  CREATE TABLE \`kosong \`\`x\`\` .y\` (a INT);
  CREATE TABLE mutasi (
    id INT PRIMARY KEY, pegawai INT, CONSTRAINT ke_pegawai FOREIGN KEY (pegawai)
    REFERENCES pegawai (id) ON DELETE CASCADE);
  INSERT INTO mutasi SELECT seq, seq FROM seq_1_to_200;
  CREATE TABLE terbagi (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3;
  INSERT INTO terbagi SELECT seq FROM seq_1_to_50;
  CREATE TABLE lepas (isi TEXT);
  INSERT INTO lepas SELECT MD5(seq) FROM seq_1_to_50;
  -- More than a pipe, a socket and the client's own buffers hold.
  CREATE TABLE lampiran SELECT seq AS n, REPEAT(MD5(seq), 100) AS isi FROM seq_1_to_1000;
  CREATE TABLE jejak (kapan TIMESTAMP DEFAULT CURRENT_TIMESTAMP, isi TEXT);
  CREATE SEQUENCE nomor_lain;
  CREATE SEQUENCE nomor_surat START WITH 100 INCREMENT BY 5;
  SELECT NEXTVAL(nomor_surat);
  CREATE VIEW daftar AS SELECT id, nama FROM pegawai;
  CREATE VIEW singkat AS SELECT nama FROM daftar;
  CREATE TRIGGER rapikan BEFORE INSERT ON pegawai FOR EACH ROW SET NEW.nama = TRIM(NEW.nama);
  DELIMITER //
  CREATE TRIGGER catat AFTER DELETE ON mutasi FOR EACH ROW BEGIN
    INSERT INTO jejak (isi) VALUES (CONCAT('hapus; ', OLD.id));
  END//
  CREATE PROCEDURE hitung(OUT n INT) BEGIN SELECT COUNT(*) INTO n FROM pegawai; END//
  CREATE FUNCTION dua(a INT) RETURNS INT DETERMINISTIC RETURN a * 2//
  CREATE EVENT bersihkan ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DO DELETE FROM jejak//
  DELIMITER ;
`;

describe("MariaDB", () => {
  let server: MariadbServer;
  let optionFile: string;
  let schemas = 0;
  beforeAll(async () => {
    server = await startMariadb();
    optionFile = await server.optionFile();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const start = async (): Promise<EngineFixture> => {
    schemas += 1;
    const database = `${ODD} ${schemas}`;
    const quoted = `\`${database.replaceAll("`", "``")}\``;
    await server.sql(
      "",
      `CREATE DATABASE ${quoted} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
    );
    await server.sql(database, CONTENT);
    const of = (name: string) =>
      TargetConfig.parse({
        alias: "arsip",
        vault: "utama",
        izin: ["backup", "restore"],
        engine: "mariadb",
        database: name,
        berkasOpsi: optionFile,
      });
    const target = of(database);
    const io = localIo();
    return {
      target,
      io,
      absent: of("tidak ada"),
      damage: async () => {
        await server.sql(
          database,
          `UPDATE pegawai SET gaji = gaji + 1 WHERE id = 7; DROP TABLE mutasi;
           DROP VIEW singkat; DROP PROCEDURE hitung; DROP TRIGGER rapikan`,
        );
      },
      mutate: async () => {
        await server.sql(database, "INSERT INTO pegawai (nama) VALUES ('baru')");
      },
      change: async () => {
        await server.sql(
          database,
          `DELETE FROM pegawai WHERE id = 5;
           UPDATE pegawai SET gaji = gaji + 1 WHERE id IN (7, 8);
           INSERT INTO pegawai (nama) VALUES ('a'), ('b'), ('c');
           INSERT INTO \`kosong \`\`x\`\` .y\` VALUES (1), (1), (NULL);
           DROP TABLE lepas;
           CREATE TABLE \`baru é\` SELECT seq FROM seq_1_to_2;
           CREATE TABLE \`tanpa isi\` (n INT);
           CREATE OR REPLACE VIEW singkat AS SELECT nama FROM daftar WHERE id > 1;
           CREATE VIEW \`lihat é\` AS SELECT 1 AS satu;
           DROP TRIGGER rapikan; DROP PROCEDURE hitung; DROP FUNCTION dua;
           CREATE FUNCTION dua(a BIGINT) RETURNS INT DETERMINISTIC RETURN a * 2;
           CREATE PROCEDURE dua() SELECT 1;
           ALTER EVENT bersihkan ON SCHEDULE EVERY 2 DAY;
           CREATE EVENT \`baru \`\`é\` ON SCHEDULE EVERY 1 DAY DO DELETE FROM jejak;
           ALTER SEQUENCE nomor_surat INCREMENT BY 6; SELECT NEXTVAL(nomor_lain)`,
        );
        return [
          { name: "pegawai", added: 1, changed: 2, lost: 3 },
          // Deleted with the row above.
          { name: "mutasi", added: 1, changed: 0, lost: 0 },
          { name: "kosong `x` .y", added: 0, changed: 0, lost: 3 },
          { name: "lepas", added: 50, changed: 0, lost: 0 },
          { name: "baru é", added: 0, changed: 0, lost: 2 },
          ...definitions("changed", [
            ["views", "singkat"],
            ["routines", "function dua"],
            ["events", "bersihkan"],
            ["sequences", "nomor_surat"],
          ]),
          ...definitions("added", [
            ["triggers", "rapikan ON pegawai"],
            ["routines", "procedure hitung"],
            ["tables", "lepas"],
          ]),
          ...definitions("lost", [
            ["tables", "baru é"],
            ["tables", "tanpa isi"],
            ["views", "lihat é"],
            ["routines", "procedure dua"],
            ["events", "baru `é"],
          ]),
        ];
      },
      remove: async () => {
        await server.sql("", `DROP DATABASE ${quoted}`);
      },
      question: {
        statement: "SELECT COUNT(*), MAX(id), '\\\\!' FROM pegawai JOIN mutasi USING (id);\n",
        answer: "200\t200\t\\!",
        writes: "INSERT INTO pegawai (nama) VALUES ('NIK')",
      },
      physical: {
        harm: async ({ side }) => {
          const harmed = copyName(side, database);
          await server.sql(
            harmed,
            "SET foreign_key_checks = 0; ALTER TABLE pegawai DISCARD TABLESPACE",
          );
        },
      },
      independentDigest: async () => {
        const parts = [
          "SELECT MD5(GROUP_CONCAT(id, nama, IFNULL(HEX(foto), 'x'), IFNULL(gaji, 'x'))) FROM pegawai",
          "SELECT COUNT(*) FROM terbagi",
          "SHOW TABLES",
          `SELECT view_definition, definer FROM information_schema.views WHERE table_schema = DATABASE()`,
          `SELECT trigger_name, event_object_table, action_statement, definer FROM information_schema.triggers
             WHERE trigger_schema = DATABASE() ORDER BY 1`,
          `SELECT routine_name, routine_definition, definer, sql_mode FROM information_schema.routines
             WHERE routine_schema = DATABASE() ORDER BY 1`,
          `SELECT event_name, event_definition, starts, status FROM information_schema.events
             WHERE event_schema = DATABASE()`,
          `SELECT constraint_name, table_name, referenced_table_name, delete_rule
             FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()`,
          "SHOW CREATE TABLE pegawai",
          "SELECT * FROM daftar LIMIT 3",
          "SELECT next_not_cached_value FROM nomor_surat",
          "SELECT dua(4)",
          "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = DATABASE()",
        ];
        const found = await server.sql(
          database,
          `SET group_concat_max_len = 100000000;\n${parts.join(";\n")}`,
        );
        return createHash("sha256")
          .update(found.replace(/ AUTO_INCREMENT=\d+/, ""))
          .digest("hex");
      },
      breakMidDump: () => endDumps(server),
      async [Symbol.asyncDispose]() {
        await io[Symbol.asyncDispose]();
        const left = await server.sql(
          "",
          "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'pulih%' OR schema_name LIKE 'arsip%'",
        );
        for (const name of left.split("\n").filter(Boolean)) {
          await server.sql("", `DROP DATABASE \`${name.replaceAll("`", "``")}\``);
        }
      },
    };
  };

  engineSuite("mariadb", { engine: mariadb, start });

  it("is backed up and restored over SSH as well", async () => {
    await using sshd = await startSshd({ sessionsMax: 10 });
    await using fixture = await start();
    await using there = await connectTo(sshd);
    const { target } = fixture;
    const io = { ...fixture.io, host: there.host };
    const names = { side: "r_ssh", old: "o_ssh" };
    const wanted = await fixture.independentDigest();
    await using dump = await storeDump(mariadb, target, io);
    await fixture.damage();
    const damaged = await fixture.independentDigest();
    await mariadb.preflight(target, dump.manifest, io);
    await dump.load(names);
    expect(await mariadb.digest(target, "side", names, io)).toEqual(dump.report.content);
    await mariadb.quiesce(target, names, io);
    await mariadb.swap(target, names, io);
    await mariadb.reopen(target, names, io);
    expect(await fixture.independentDigest()).toBe(wanted);
    await mariadb.quiesce(target, names, io);
    await mariadb.rollback(target, names, io);
    await mariadb.reopen(target, names, io);
    expect(await mariadb.swapState(target, names, io)).toBe("before");
    expect(await fixture.independentDigest()).toBe(damaged);
    // A server allows ten; some are for a second look and for the ending of programs.
    expect(there.most()).toBeLessThanOrEqual(8);
  });

  it("is dumped with half of the programs that an SSH connection may have", async () => {
    await using sshd = await startSshd({ sessionsMax: 5 });
    await using fixture = await start();
    await using there = await connectTo(sshd);
    const { target, io } = fixture;
    await using dump = await storeDump(mariadb, target, { ...io, host: there.host });
    expect(dump.report.content).toEqual(
      await mariadb.digest(target, "live", { side: "r_ssh", old: "o_ssh" }, io),
    );
    expect(there.most()).toBeLessThanOrEqual(4);
  });
});

/** A connection, and how many programs there ever were on it at a time. */
async function connectTo(sshd: Sshd) {
  const host = await sshHost({
    jenis: "ssh",
    host: sshd.host,
    port: sshd.port,
    pengguna: sshd.user,
    berkasKunci: sshd.keyFile,
    kunciHost: sshd.hostKey,
  });
  let now = 0;
  let most = 0;
  const counted = async <Result>(act: () => Promise<Result>, ended: (it: Result) => unknown) => {
    now += 1;
    most = Math.max(most, now);
    const leave = () => {
      now -= 1;
    };
    try {
      const started = await act();
      void Promise.resolve(ended(started)).then(leave);
      return started;
    } catch (error) {
      leave();
      throw error;
    }
  };
  const counting: Host = {
    ...host,
    run: (...call) =>
      counted(
        () => host.run(...call),
        () => undefined,
      ),
    spawn: (...call) =>
      counted(
        () => host.spawn(...call),
        ({ exit }) => exit,
      ),
  };
  return {
    host: counting,
    most: () => most,
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

/** Ends a dump while it is given rows: it still lacks some. */
async function endDumps(server: MariadbServer): Promise<void> {
  await server.sql(
    "",
    `DELIMITER //
     BEGIN NOT ATOMIC
       DECLARE victim BIGINT DEFAULT NULL;
       DECLARE tries INT DEFAULT 0;
       WHILE victim IS NULL AND tries < 50000 DO
         SELECT MAX(id) INTO victim FROM information_schema.processlist
           WHERE user = '${server.user}' AND db LIKE 'arsip%'
             AND info LIKE 'SELECT /*!40001 SQL_NO_CACHE%lampiran%';
         IF victim IS NULL THEN DO SLEEP(0.002); END IF;
         SET tries = tries + 1;
       END WHILE;
       IF victim IS NULL THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no dump came'; END IF;
       KILL victim;
     END//`,
  );
}
