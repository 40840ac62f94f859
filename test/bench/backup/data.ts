/** Content to back up: rows that compress, rows that do not, indexes. */
import type { MariadbServer } from "#support/mariadb.ts";
import type { PostgresServer } from "#support/postgres.ts";

/** About `megabytes` of dump: two thirds plain rows, one third random bytes. */
export async function fillPostgres(
  server: Pick<PostgresServer, "psql">,
  database: string,
  megabytes: number,
) {
  await server.psql("postgres", `CREATE DATABASE ${database}`);
  const rows = Math.round(megabytes * 6_600);
  const blobs = Math.round((megabytes * 1_000) / 3 / 16.4);
  await server.psql(
    database,
    `CREATE TABLE pesanan (id bigint PRIMARY KEY, pelanggan int, jumlah numeric, pada timestamptz, catatan text);
     INSERT INTO pesanan SELECT n, n % 9973, n * 1.25, timestamptz '2026-01-01' + n * interval '1 second',
       'CONTOH catatan nomor ' || n || repeat(' isi', 8) FROM generate_series(1, ${rows}) n;
     CREATE INDEX ON pesanan (pelanggan); CREATE INDEX ON pesanan (pada);
     CREATE TABLE lampiran (id int PRIMARY KEY, isi bytea);
     ALTER TABLE lampiran ALTER isi SET STORAGE EXTERNAL;
     CREATE EXTENSION IF NOT EXISTS pgcrypto;
     INSERT INTO lampiran SELECT n, gen_random_bytes(1024) || gen_random_bytes(1024) || gen_random_bytes(1024) || gen_random_bytes(1024)
       || gen_random_bytes(1024) || gen_random_bytes(1024) || gen_random_bytes(1024) || gen_random_bytes(1024)
       FROM generate_series(1, ${blobs}) n;
     VACUUM ANALYZE;`,
  );
}

export async function fillMariadb(
  server: Pick<MariadbServer, "sql">,
  database: string,
  megabytes: number,
) {
  const rows = Math.round(megabytes * 6_600);
  await server.sql("", `CREATE DATABASE ${database}`);
  await server.sql(
    database,
    `CREATE TABLE pesanan (id BIGINT PRIMARY KEY, pelanggan INT, jumlah DECIMAL(12,2), pada DATETIME, catatan VARCHAR(200), KEY (pelanggan), KEY (pada)) ENGINE=InnoDB;
     INSERT INTO pesanan SELECT seq, seq % 9973, seq * 1.25, '2026-01-01' + INTERVAL seq SECOND,
       CONCAT('CONTOH catatan nomor ', seq, REPEAT(' isi', 8)) FROM seq_1_to_${rows};`,
  );
}

/** Waits until nothing of the filling is left to write, so that it does not compete with what is measured. */
export async function settlePostgres(server: PostgresServer): Promise<void> {
  await server.psql("postgres", "CHECKPOINT");
}
