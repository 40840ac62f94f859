/**
 * The data the demo is about, all invented and marked CONTOH: how each is filled, truly damaged, and
 * digested by other means than the agent's, so that the proof does not rest on the agent's word.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { MariadbServer } from "#support/mariadb.ts";
import type { PostgresServer } from "#support/postgres.ts";

export interface Holding {
  readonly alias: string;
  readonly engine: string;
  /** Keys of a target in the agent's config, without vault, place and permissions. */
  readonly config: Readonly<Record<string, unknown>>;
  fill(): Promise<void>;
  /** Rows changed, a table or files lost. */
  damage(): Promise<void>;
  /** Equal content, equal text. */
  digest(): Promise<string>;
}

export function postgresHolding(server: PostgresServer, alias: string): Holding {
  const database = "kependudukan_contoh";
  return {
    alias,
    engine: "postgres",
    config: {
      host: server.host,
      port: server.port,
      database,
      pengguna: server.superuser,
      berkasSandi: server.passFile,
    },
    async fill() {
      await server.psql("postgres", `CREATE DATABASE ${database}`);
      await server.psql(
        database,
        `CREATE TABLE penduduk (id int PRIMARY KEY, nama text NOT NULL, lahir date, catatan text);
         INSERT INTO penduduk SELECT n, 'CONTOH Warga ' || n, date '1960-01-01' + n % 20000,
           CASE WHEN n % 7 = 0 THEN NULL ELSE repeat('catatan ', n % 5) END FROM generate_series(1, 40000) n;
         CREATE TABLE layanan (id serial PRIMARY KEY, penduduk_id int REFERENCES penduduk, jenis text, biaya numeric(12,2));
         INSERT INTO layanan (penduduk_id, jenis, biaya)
           SELECT 1 + n % 40000, (ARRAY['KTP','KK','Akta'])[1 + n % 3], 0 FROM generate_series(1, 60000) n;
         CREATE INDEX ON layanan (penduduk_id);
         CREATE VIEW rekap AS SELECT jenis, count(*) FROM layanan GROUP BY jenis;`,
      );
    },
    async damage() {
      await server.psql(database, "UPDATE penduduk SET nama = 'RUSAK' WHERE id % 10 = 0");
      await server.psql(database, "DROP TABLE layanan CASCADE");
    },
    async digest() {
      const tables = (
        await server.psql(
          database,
          "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        )
      )
        .trim()
        .split("\n");
      const hash = createHash("sha256");
      for (const table of tables) {
        hash.update(table);
        hash.update(
          await server.psql(
            database,
            `SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM ${table} t`,
          ),
        );
      }
      return hash.digest("hex");
    },
  };
}

export function mariadbHolding(server: MariadbServer, optionFile: string, alias: string): Holding {
  const database = "perizinan_contoh";
  return {
    alias,
    engine: "mariadb",
    config: { database, berkasOpsi: optionFile },
    async fill() {
      await server.sql("mysql", `CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
      await server.sql(
        database,
        `CREATE TABLE izin (id int PRIMARY KEY, pemohon varchar(200), status varchar(20)) ENGINE=InnoDB;
         INSERT INTO izin SELECT seq, CONCAT('CONTOH Pemohon ', seq), ELT(1 + seq % 3, 'baru', 'proses', 'terbit') FROM seq_1_to_30000;
         CREATE TABLE berkas_izin (id int PRIMARY KEY, izin_id int, nama varchar(100), FOREIGN KEY (izin_id) REFERENCES izin (id)) ENGINE=InnoDB;
         INSERT INTO berkas_izin SELECT seq, 1 + seq % 30000, CONCAT('berkas-', seq, '.pdf') FROM seq_1_to_10000;
         CREATE VIEW rekap AS SELECT status, COUNT(*) AS jumlah FROM izin GROUP BY status;`,
      );
    },
    async damage() {
      await server.sql(database, "UPDATE izin SET status = 'RUSAK' WHERE id % 10 = 0");
      await server.sql(database, "DROP TABLE berkas_izin");
    },
    async digest() {
      const tables = (
        await server.sql(
          database,
          "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1",
        )
      )
        .trim()
        .split("\n");
      const sums = [];
      for (const table of tables) {
        sums.push((await server.sql(database, `CHECKSUM TABLE \`${table}\` EXTENDED`)).trim());
      }
      return createHash("sha256").update(sums.join("\n")).digest("hex");
    },
  };
}

export function sqliteHolding(file: string, alias: string): Holding {
  return {
    alias,
    engine: "sqlite",
    config: { berkas: file },
    async fill() {
      using database = new DatabaseSync(file);
      database.exec(
        `PRAGMA journal_mode = WAL;
         CREATE TABLE arsip (id INTEGER PRIMARY KEY, judul TEXT NOT NULL, isi BLOB);
         CREATE TABLE agenda (id INTEGER PRIMARY KEY, arsip_id INTEGER REFERENCES arsip, nomor TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
         INSERT INTO arsip SELECT i, 'CONTOH Arsip ' || i, randomblob(i % 64) FROM n;
         INSERT INTO agenda SELECT id, id, 'A-' || id FROM arsip;`,
      );
    },
    async damage() {
      using database = new DatabaseSync(file);
      database.exec("UPDATE arsip SET judul = 'RUSAK' WHERE id % 10 = 0; DROP TABLE agenda;");
    },
    async digest() {
      using database = new DatabaseSync(file, { readOnly: true });
      const hash = createHash("sha256");
      const tables = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .all();
      for (const { name } of tables) {
        hash.update(String(name));
        for (const row of database.prepare(`SELECT * FROM "${name}" ORDER BY rowid`).iterate()) {
          for (const value of Object.values(row)) {
            hash.update(value instanceof Uint8Array ? value : String(value));
          }
        }
      }
      return hash.digest("hex");
    },
  };
}

export function directoryHolding(directory: string, alias: string): Holding {
  return {
    alias,
    engine: "directory",
    config: { direktori: directory },
    async fill() {
      for (const part of ["konfigurasi", "unggahan", "unggahan/2026"]) {
        await mkdir(join(directory, part), { recursive: true });
      }
      await writeFile(join(directory, "konfigurasi", "aplikasi.conf"), "nama = CONTOH Perizinan\n");
      await symlink("konfigurasi/aplikasi.conf", join(directory, "aktif.conf"));
      for (let number = 1; number <= 200; number += 1) {
        const file = join(directory, "unggahan/2026", `berkas ${number}.pdf`);
        await writeFile(file, `CONTOH berkas ${number}\n`.repeat(number));
        if (number % 5 === 0) await chmod(file, 0o600);
      }
    },
    async damage() {
      await writeFile(join(directory, "konfigurasi", "aplikasi.conf"), "RUSAK\n");
      await rm(join(directory, "unggahan/2026"), { recursive: true });
    },
    async digest() {
      const hash = createHash("sha256");
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
      for (const path of paths) {
        hash.update(path);
        hash.update(await readFile(path));
      }
      return hash.digest("hex");
    },
  };
}
