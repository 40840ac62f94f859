import { afterAll, beforeAll, describe } from "vitest";
import { TargetConfig } from "#agent/config.ts";
import { postgres } from "#agent/engines/postgres.ts";
import { copyName } from "#agent/engines/sql-session.ts";
import { localIo } from "#support/engine-io.ts";
import { type PostgresServer, startPostgres } from "#support/postgres.ts";
import { type EngineFixture, engineSuite } from "./engine-suite.ts";
import { definitions } from "./unit-changes.ts";

/** A name that a shell, a connection string and a careless quoter each would trip over. */
const ODD = `arsip "2026" = 'é' $(x); %`;

const CONTENT = `
  CREATE TYPE tingkat AS ENUM ('rendah', 'tinggi');
  CREATE TYPE titik AS (x numeric, y numeric);
  CREATE DOMAIN nip AS text CHECK (VALUE ~ '^[0-9]+$');
  CREATE COLLATION tak_peka (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  CREATE TABLE pegawai (
    id bigserial PRIMARY KEY, nama text NOT NULL, nip nip, tingkat tingkat, gaji numeric(20, 4),
    foto bytea, data json, dokumen jsonb, lokasi point, asal titik, sejak timestamptz,
    lama interval, tarif double precision, kode char(5), tag text[], rentang int4range,
    sebutan text COLLATE tak_peka, panjang int GENERATED ALWAYS AS (length(nama)) STORED);
  INSERT INTO pegawai (nama, nip, tingkat, gaji, foto, data, dokumen, lokasi, asal, sejak, lama,
      tarif, kode, tag, rentang, sebutan)
    SELECT E'N\\u00e4ma \\U0001F600 ' || n || E'\\n\\\\t"''', '1' || n, 'tinggi', n / 7.0,
      decode(md5(n::text) || '00ff0a', 'hex'), '{"a":  1}', '{"b": [1.0, 1.00]}', point(n, -n),
      ROW(n, 1.50)::titik, '2026-01-01 00:00+08'::timestamptz + n * interval '1 h', '1 mon 30 days',
      n / 3.0, 'ab', ARRAY['x', NULL, 'y,z'], int4range(n, n + 10), 'Sebut'
    FROM generate_series(1, 500) n;
  INSERT INTO pegawai (nama) VALUES ('tanpa isi lain'), ('');
  CREATE TABLE "kosong ""x""" (a int);
  CREATE TABLE tanpa_kolom ();
  INSERT INTO tanpa_kolom DEFAULT VALUES;
  CREATE TABLE induk (id int, nilai text, wilayah text) PARTITION BY LIST (wilayah);
  CREATE TABLE induk_a PARTITION OF induk FOR VALUES IN ('a');
  CREATE TABLE induk_lain PARTITION OF induk DEFAULT;
  INSERT INTO induk VALUES (1, 'satu', 'a'), (2, 'dua', 'b');
  CREATE SCHEMA "skema é";
  CREATE TABLE "skema é".mutasi (
    id int PRIMARY KEY, pegawai bigint REFERENCES pegawai (id) ON DELETE CASCADE,
    pada timestamp DEFAULT now());
  INSERT INTO "skema é".mutasi SELECT n, n FROM generate_series(1, 200) n;
  -- More than a pipe and the client's own buffers hold.
  CREATE TABLE lampiran AS SELECT n, repeat(md5(n::text), 100) AS isi FROM generate_series(1, 600) n;
  CREATE INDEX ON pegawai (lower(nama));
  CREATE UNLOGGED TABLE sementara AS SELECT 1 AS n;
  CREATE VIEW daftar AS SELECT id, nama FROM pegawai;
  -- The server writes its condition otherwise once it was dumped and read again.
  CREATE VIEW golongan AS SELECT id FROM pegawai WHERE nama::varchar(20) IN ('a', 'b''c', 'd') AND nama::varchar <> 'e';
  CREATE MATERIALIZED VIEW ringkasan AS SELECT tingkat, count(*) FROM pegawai GROUP BY 1;
  CREATE SEQUENCE nomor_surat START 100 INCREMENT 5;
  SELECT nextval('nomor_surat'), nextval('nomor_surat');
  CREATE SEQUENCE belum_dipakai START 7;
  CREATE FUNCTION catat() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.nama := trim(NEW.nama); RETURN NEW; END $$;
  CREATE TRIGGER catat BEFORE UPDATE ON pegawai FOR EACH ROW EXECUTE FUNCTION catat();
  CREATE PROCEDURE hitung() LANGUAGE sql AS $$ SELECT 1 $$;
  CREATE FUNCTION tambah(a int) RETURNS int LANGUAGE sql AS $$ SELECT a + 1 $$;
  CREATE FUNCTION tambah(a text) RETURNS text LANGUAGE sql AS $$ SELECT a $$;
  CREATE AGGREGATE jumlah (int) (sfunc = int4pl, stype = int, initcond = '0');
  CREATE RULE tolak AS ON DELETE TO induk_a DO INSTEAD NOTHING;
  ALTER TABLE induk ENABLE ROW LEVEL SECURITY;
  CREATE POLICY baca ON induk FOR SELECT USING (wilayah = 'a');
  GRANT SELECT ON pegawai TO "aplikasi é";
  GRANT SELECT (nama) ON pegawai TO PUBLIC;
  GRANT USAGE ON SCHEMA "skema é" TO "aplikasi é";
  ALTER TABLE "kosong ""x""" OWNER TO pemilik;
  SELECT lo_from_bytea(0, decode(repeat('00ff', 3000), 'hex'));
`;

describe("PostgreSQL", () => {
  let server: PostgresServer;
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres();
    await server.psql("postgres", `CREATE ROLE pemilik; CREATE ROLE "aplikasi é" LOGIN`);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const start = async (): Promise<EngineFixture> => {
    databases += 1;
    const database = `${ODD} ${databases}`;
    const quoted = `"${database.replaceAll('"', '""')}"`;
    await server.psql("postgres", `CREATE DATABASE ${quoted} OWNER pemilik`);
    await server.psql(
      "postgres",
      `COMMENT ON DATABASE ${quoted} IS 'Kearsipan ''daerah''';
       ALTER DATABASE ${quoted} SET search_path TO "$user", public, "skema é";
       ALTER DATABASE ${quoted} SET application_name TO 'a, "b"';
       ALTER ROLE "aplikasi é" IN DATABASE ${quoted} SET work_mem TO '5MB';
       ALTER DATABASE ${quoted} CONNECTION LIMIT 40;
       REVOKE TEMPORARY ON DATABASE ${quoted} FROM PUBLIC;
       GRANT CREATE ON DATABASE ${quoted} TO "aplikasi é"`,
    );
    await server.psql(database, CONTENT);
    const of = (name: string) =>
      TargetConfig.parse({
        alias: "arsip",
        vault: "utama",
        izin: ["backup", "restore"],
        engine: "postgres",
        host: server.host,
        port: server.port,
        database: name,
        pengguna: server.superuser,
        berkasSandi: server.passFile,
      });
    const target = of(database);
    const io = localIo();
    return {
      target,
      io,
      absent: of("tidak ada"),
      damage: async () => {
        await server.psql(
          database,
          `UPDATE pegawai SET gaji = gaji + 1 WHERE id = 7;
           DROP TABLE "skema é".mutasi; DROP VIEW daftar; DELETE FROM induk WHERE id = 2`,
        );
      },
      mutate: async () => {
        await server.psql(database, "INSERT INTO pegawai (nama) VALUES ('baru')");
      },
      change: async () => {
        await server.psql(
          database,
          `DELETE FROM pegawai WHERE id = 5;
           UPDATE pegawai SET gaji = gaji + 1 WHERE id IN (7, 8);
           INSERT INTO pegawai (nama) VALUES ('a'), ('b'), ('c');
           INSERT INTO induk VALUES (1, 'satu', 'a'), (1, 'satu', 'a');
           DROP TABLE tanpa_kolom;
           CREATE TABLE "baru é" AS SELECT n FROM generate_series(1, 2) n;
           CREATE TABLE "tanpa isi" (n int);
           SELECT lo_put(oid, 3, 'x') FROM pg_largeobject_metadata;
           SELECT lo_from_bytea(0, 'y');
           CREATE OR REPLACE VIEW daftar AS SELECT id, nama FROM pegawai WHERE id > 1;
           DROP MATERIALIZED VIEW ringkasan; CREATE MATERIALIZED VIEW ringkasan AS SELECT 1 AS satu;
           CREATE OR REPLACE FUNCTION tambah(a int) RETURNS int LANGUAGE sql AS $$ SELECT a + 2 $$;
           DROP FUNCTION tambah(text); CREATE FUNCTION baru() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
           DROP AGGREGATE jumlah (int);
           CREATE AGGREGATE jumlah (int) (sfunc = int4pl, stype = int, initcond = '1');
           ALTER TABLE pegawai DISABLE TRIGGER catat;
           DROP RULE tolak ON induk_a; DROP POLICY baca ON induk;
           ALTER TYPE tingkat ADD VALUE 'sedang'; CREATE TYPE "jenis é" AS ENUM ('a');
           ALTER SEQUENCE nomor_surat INCREMENT 6; SELECT nextval('belum_dipakai')`,
        );
        return [
          { name: "public.pegawai", added: 1, changed: 2, lost: 3 },
          // Deleted with the row above.
          { name: '"skema é".mutasi', added: 1, changed: 0, lost: 0 },
          { name: "public.induk_a", added: 0, changed: 0, lost: 2 },
          { name: "public.tanpa_kolom", added: 1, changed: 0, lost: 0 },
          { name: 'public."baru é"', added: 0, changed: 0, lost: 2 },
          { name: "(large objects)", added: 0, changed: 1, lost: 1 },
          ...definitions("changed", [
            ["views", "public.daftar"],
            ["materializedViews", "public.ringkasan"],
            ["routines", "public.tambah(integer)"],
            ["routines", "public.jumlah(integer)"],
            ["triggers", "catat ON public.pegawai"],
            ["types", "public.tingkat"],
            ["sequences", "public.nomor_surat"],
          ]),
          ...definitions("added", [
            ["routines", "public.tambah(text)"],
            ["rules", "tolak ON public.induk_a"],
            ["policies", "baca ON public.induk"],
            ["tables", "public.tanpa_kolom"],
          ]),
          ...definitions("lost", [
            ["tables", 'public."baru é"'],
            ["tables", 'public."tanpa isi"'],
            ["routines", "public.baru()"],
            ["types", 'public."jenis é"'],
          ]),
        ];
      },
      remove: async () => {
        await server.psql("postgres", `DROP DATABASE ${quoted} WITH (FORCE)`);
      },
      question: {
        statement: "SELECT count(*), max(id), ':nama' FROM pegawai JOIN mutasi USING (id);\n",
        answer: "200\t200\t:nama",
        writes: "WITH baru AS (INSERT INTO pegawai (nama) VALUES ('NIK') RETURNING 1) TABLE baru",
      },
      physical: {
        harm: async ({ side }) => {
          const harmed = copyName(side, database);
          await server.psql(
            harmed,
            `CREATE FUNCTION geser(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1';
             CREATE INDEX ON pegawai (geser(id));
             CREATE OR REPLACE FUNCTION geser(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
               AS 'SELECT $1 + 1'`,
          );
        },
      },
      independentDigest: () =>
        server.psql(
          database,
          `SELECT md5(string_agg(p::text, '|' ORDER BY id)) FROM pegawai p;
           SELECT md5(string_agg(i::text, '|' ORDER BY id)) FROM induk i;
           SELECT count(*), md5(string_agg(c.relname::text || c.relkind::text || c.relowner::regrole
             || coalesce(c.relacl::text, ''), '|' ORDER BY c.relname))
             FROM pg_class c WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace
               WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')
               AND relname !~ '^pg_toast';
           SELECT last_value, is_called FROM nomor_surat;
           SELECT last_value, is_called FROM belum_dipakai;
           SELECT md5(lo_get(oid)) FROM pg_largeobject_metadata;
           SELECT pg_get_userbyid(datdba), datconnlimit, datallowconn, datacl, encoding, datcollate,
             shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database();
           SELECT setrole::regrole, c FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase,
             unnest(setconfig) c WHERE datname = current_database() AND c NOT LIKE 'pulih.%' ORDER BY 1, 2`,
        ),
      breakMidDump: async () => {
        await server.psql(
          "postgres",
          // Both sessions of the dump, once rows come: it still lacks some, and the last figures.
          `DO $$ DECLARE n int := 0; BEGIN
             FOR i IN 1..20000 LOOP
               PERFORM pg_stat_clear_snapshot();
               SELECT count(pg_terminate_backend(pid)) INTO n FROM pg_stat_activity
                 WHERE application_name LIKE 'pulih%' AND EXISTS (
                   SELECT FROM pg_stat_activity d WHERE d.application_name LIKE 'pulih%'
                     AND d.query LIKE 'COPY%');
               EXIT WHEN n > 0;
               PERFORM pg_sleep(0.005);
             END LOOP;
             IF n = 0 THEN RAISE 'no dump came'; END IF;
           END $$`,
        );
      },
      async [Symbol.asyncDispose]() {
        await io[Symbol.asyncDispose]();
        const left = await server.psql(
          "postgres",
          `SELECT json_agg(datname) FROM pg_database WHERE datname LIKE 'pulih%' OR datname = $x$${database}$x$`,
        );
        for (const name of JSON.parse(left || "[]") ?? []) {
          await server.psql(
            "postgres",
            `DROP DATABASE "${String(name).replaceAll('"', '""')}" WITH (FORCE)`,
          );
        }
      },
    };
  };

  engineSuite("postgres", { engine: postgres, start });
});
