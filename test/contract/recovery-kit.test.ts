/**
 * The kit's own words, followed as a person would: its commands run in a plain shell with the data's
 * own tools, and nothing of Pulih. What comes back must be what was there.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { type MariadbServer, startMariadb } from "#support/mariadb.ts";
import { type PostgresServer, startPostgres } from "#support/postgres.ts";
import { tempDir } from "#support/temp-dir.ts";
import { s3Backend } from "#support/vault-backends.ts";
import { deskFor } from "./recovery-kit-desk.ts";

const run = promisify(execFile);

const KINDS = ["objects", "restic"] as const;

describe.each(KINDS)("a kit for a vault of kind %s, without Pulih", (jenis) => {
  it("brings a SQLite database back", async () => {
    await using temp = await tempDir();
    const file = join(temp.path, "arsip.db");
    const db = new DatabaseSync(file);
    db.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, isi BLOB); BEGIN");
    const insert = db.prepare("INSERT INTO t (isi) VALUES (?)");
    for (let row = 0; row < 3_000; row += 1) insert.run(randomBytes(700));
    db.exec("COMMIT");
    const sum = "SELECT count(*) || ':' || sum(length(isi)) || ':' || hex(max(isi)) AS s FROM t";
    const before = db.prepare(sum).get();
    await using desk = await deskFor(jenis, { engine: "sqlite", berkas: file });
    db.close();
    const to = join(temp.path, "kembali.db");
    const told = await desk.follow((text) => text.replace(`TUJUAN='${file}'`, `TUJUAN='${to}'`));
    expect(told).toContain("utuh");
    const restored = new DatabaseSync(to, { readOnly: true });
    expect(restored.prepare(sum).get()).toEqual(before);
    restored.close();
  }, 240_000);

  it("brings a directory back with its links, times and rights", async () => {
    await using temp = await tempDir();
    const from = join(temp.path, "situs");
    await mkdir(join(from, "nama aneh 'x'"), { recursive: true });
    await writeFile(join(from, "nama aneh 'x'", "isi.bin"), randomBytes(2_500_000));
    await run(
      "sh",
      [
        "-c",
        "ln -s 'nama aneh' tautan && ln 'nama aneh '\\''x'\\'/isi.bin kembar && chmod 640 kembar",
      ],
      {
        cwd: from,
      },
    );
    await using desk = await deskFor(jenis, { engine: "directory", direktori: from });
    const to = join(temp.path, "kembali");
    await desk.follow((text) => text.replace(`TUJUAN='${from}'`, `TUJUAN='${to}'`));
    const listing = async (cwd: string) =>
      (
        await run(
          "sh",
          [
            "-c",
            "find . -printf '%P %y %m %n %T@ %l\\n' | sort; find . -type f -exec sha256sum {} + | sort",
          ],
          {
            cwd,
          },
        )
      ).stdout;
    expect(await listing(to)).toBe(await listing(from));
  }, 240_000);
});

describe.each(["objects-s3", "restic"] as const)(
  "a kit for a bucket (%s), without Pulih",
  (jenis) => {
    it("brings a SQLite database back", async () => {
      await using temp = await tempDir();
      await using backend = await s3Backend(jenis);
      const file = join(temp.path, "arsip.db");
      const db = new DatabaseSync(file);
      db.exec("CREATE TABLE t (x); INSERT INTO t VALUES ('satu'), ('dua')");
      db.close();
      const place = (secretFile: string) => backend.config("situs", secretFile);
      await using desk = await deskFor(place, { engine: "sqlite", berkas: file });
      const to = join(temp.path, "kembali.db");
      const told = await desk.follow((text) => text.replace(`TUJUAN='${file}'`, `TUJUAN='${to}'`));
      expect(told).toContain("utuh");
      const restored = new DatabaseSync(to, { readOnly: true });
      expect(restored.prepare("SELECT x FROM t").all()).toEqual([{ x: "satu" }, { x: "dua" }]);
      restored.close();
    }, 240_000);
  },
);

describe("a kit for databases, without Pulih", () => {
  let postgres: PostgresServer;
  let mariadb: MariadbServer;
  beforeAll(async () => {
    postgres = await startPostgres();
    mariadb = await startMariadb();
    return async () => {
      await postgres[Symbol.asyncDispose]();
      await mariadb[Symbol.asyncDispose]();
    };
  }, 180_000);

  it.each(KINDS)(
    "brings a PostgreSQL database back (%s)",
    async (jenis) => {
      const name = `simpeg_${jenis}`;
      await postgres.psql("postgres", `CREATE DATABASE ${name}`);
      await postgres.psql(
        name,
        `DO $$ BEGIN CREATE ROLE pemilik_${jenis}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
       CREATE TABLE warga (id bigserial PRIMARY KEY, nama text, foto bytea);
       INSERT INTO warga (nama, foto) SELECT 'nama ' || g, decode(md5(g::text), 'hex') FROM generate_series(1, 2000) g;
       CREATE VIEW v AS SELECT count(*) AS n FROM warga;
       ALTER TABLE warga OWNER TO pemilik_${jenis};`,
      );
      const sum =
        "SELECT count(*), sum(hashtextextended(w::text, 0)), (SELECT n FROM v), (SELECT tableowner FROM pg_tables WHERE tablename = 'warga') FROM warga w";
      const before = await postgres.psql(name, sum);
      await using desk = await deskFor(jenis, {
        engine: "postgres",
        host: postgres.host,
        port: postgres.port,
        database: name,
        pengguna: postgres.superuser,
        berkasSandi: postgres.passFile,
      });
      // The server is lost, roles and all.
      await postgres.psql("postgres", `DROP DATABASE ${name}; DROP ROLE pemilik_${jenis}`);
      await desk.follow((text) => text, { PGPASSFILE: postgres.passFile });
      expect(await postgres.psql(name, sum)).toBe(before);
    },
    240_000,
  );

  it.each(KINDS)(
    "brings a MariaDB schema back, with its events and routines (%s)",
    async (jenis) => {
      const name = `situs_${jenis}`;
      await mariadb.sql(
        "",
        `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
      );
      await mariadb.sql(
        name,
        `CREATE TABLE berita (id INT AUTO_INCREMENT PRIMARY KEY, isi TEXT, gambar BLOB);
       INSERT INTO berita (isi, gambar) SELECT CONCAT('baris ', seq, ' é😀'), UNHEX(MD5(seq)) FROM seq_1_to_2000;
       CREATE PROCEDURE hitung() SELECT COUNT(*) FROM berita;
       CREATE EVENT bersih ON SCHEDULE EVERY 1 DAY DO DELETE FROM berita WHERE id < 0;`,
      );
      const sum = `SELECT COUNT(*), SUM(CRC32(CONCAT(id, isi, HEX(gambar)))),
      (SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = '${name}'),
      (SELECT COUNT(*) FROM information_schema.events WHERE event_schema = '${name}') FROM berita`;
      const before = await mariadb.sql(name, sum);
      expect(before).toMatch(/^2000\t\d+\t1\t1$/);
      const options = await mariadb.optionFile();
      await using desk = await deskFor(jenis, {
        engine: "mariadb",
        database: name,
        berkasOpsi: options,
      });
      await mariadb.sql("", `DROP DATABASE ${name}`);
      await desk.follow((text) => text.replace(/^OPSI=.*$/m, `OPSI='${options}'`));
      expect(await mariadb.sql(name, sum)).toBe(before);
    },
    240_000,
  );
});

describe("the paper itself", () => {
  it("names agent, key, vault secret and tools, and tells of each target how to begin", async () => {
    await using temp = await tempDir();
    const file = join(temp.path, "a.db");
    new DatabaseSync(file).exec("CREATE TABLE t (x)");
    await using desk = await deskFor("objects", { engine: "sqlite", berkas: file });
    const secret = (await readFile(join(desk.dir, "secret"), "utf8")).trim();
    expect(desk.kit).toContain(secret);
    expect(desk.kit).toContain("Agen                : agen-uji");
    expect(desk.kit).toMatch(/Kunci umum agen +: [A-Za-z0-9_-]{43}\n/);
    expect(desk.kit).toContain("22 November 2026");
    expect(desk.kit).toMatch(/Alat saat dicetak[\s\S]*\n {2}sqlite3 3\./);
    expect(desk.kit).toContain("\f## Sasaran: arsip");
    const prose = desk.kit
      .split("\n")
      .filter((line) => !/^ {4}|^\/\/|^>|^export|^const/.test(line));
    const tooWide = prose.filter((line) => line.length > 110);
    expect(tooWide).toEqual([]);
  });

  it("says of a damaged object that it is damaged, and writes nothing that was not proven", async () => {
    await using temp = await tempDir();
    const file = join(temp.path, "a.db");
    const db = new DatabaseSync(file);
    db.exec("CREATE TABLE t (x); BEGIN");
    const insert = db.prepare("INSERT INTO t VALUES (?)");
    for (let row = 0; row < 4_000; row += 1) insert.run(randomBytes(600));
    db.exec("COMMIT");
    db.close();
    await using desk = await deskFor("objects", { engine: "sqlite", berkas: file });
    const { stdout } = await run("ls", [join(desk.dir, "store", "objects")]);
    const object = join(desk.dir, "store", "objects", stdout.trim());
    const bytes = await readFile(object);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await writeFile(object, bytes);
    const to = join(temp.path, "kembali.db");
    const failed = desk.follow((text) => text.replace(`TUJUAN='${file}'`, `TUJUAN='${to}'`));
    await expect(failed).rejects.toThrow(/unable to authenticate|Unsupported state/);
    await expect(readFile(to)).rejects.toThrow("ENOENT");
  }, 120_000);
});
