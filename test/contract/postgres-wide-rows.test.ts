/** Rows whose text form no dump can hold are found before it begins, whatever their columns are. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "#agent/engines/postgres.ts";
import { storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { type PostgresServer, startPostgres } from "#support/postgres.ts";
import { postgresTarget } from "#support/sql-targets.ts";
import { shows } from "../fault/faults.ts";

/** On demand those whose length the server knows without reading them, too. */
const isFull = process.env["PULIH_FAULT"] === "full";

/** Compresses as far as anything does, so that it takes no room. */
const long = (megabytes: number) => `repeat('x', ${megabytes} * 1000000)`;

describe("PostgreSQL with wide rows", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    await server.psql(
      "postgres",
      `CREATE TABLE dokumen (id int, isi text, data json, lain jsonb, daftar text[], kecil numeric);
       INSERT INTO dokumen (id, data) SELECT 1, to_json(string_agg(md5(n::text), '')) FROM generate_series(1, 150000) n;
       CREATE TABLE panjang (id int, isi text, foto bytea); CREATE TABLE biasa (data json);
       ALTER TABLE biasa ALTER data SET STORAGE EXTERNAL;
       INSERT INTO biasa SELECT to_json(repeat('x', 4000)) FROM generate_series(1, 1000)`,
    );
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const ofAllTypes = `INSERT INTO dokumen VALUES
    (2, ${long(200)}, to_json(${long(250)}), to_jsonb(${long(250)}), ARRAY[${long(250)}], 1)`;
  const ofPlainTypes = `INSERT INTO panjang VALUES
    (1, ${long(500)}, decode(repeat('00', 250000000), 'hex'))`;

  const plain = isFull ? [{ table: "panjang", insert: ofPlainTypes }] : [];

  it.each([{ table: "dokumen", insert: ofAllTypes }, ...plain])(
    "refuses them in $table, and only them",
    {
      tags: shows("postgres", 40),
      timeout: 120_000,
    },
    async ({ table, insert }) => {
      const target = postgresTarget(server, "postgres");
      await using io = localIo();
      await using before = await storeDump(postgres, target, io);
      expect(before.report.content.entries).toHaveLength(3);
      await server.psql("postgres", `SET default_toast_compression = lz4; ${insert}`);
      await expect(storeDump(postgres, target, io)).rejects.toMatchObject({
        code: "ENGINE_UNSUPPORTED",
        detail: { tables: 1 },
      });
      expect(io.logged.at(-1)?.detail).toEqual({ tables: [`public.${table}`] });
      await server.psql("postgres", `DELETE FROM ${table} WHERE isi IS NOT NULL`);
    },
  );
});
