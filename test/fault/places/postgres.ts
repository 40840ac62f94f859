/** One database of a PostgreSQL server, and a whole cluster, each with its users. */
import { rm } from "node:fs/promises";
import { type ClusterServer, clusterTarget, clusterTemplate } from "#support/cluster.ts";
import { postgresPrograms } from "#support/postgres.ts";
import { execute, folderStates, GONE, type Place } from "./place.ts";

const DATABASE = "kepegawaian kota";
const OWN = ["postgres", "template0", "template1", DATABASE];
const ROW = "Rahmawati 3174";

const CONTENT = `
  CREATE TABLE pegawai (id bigserial PRIMARY KEY, nama text NOT NULL, gaji numeric(20, 4));
  INSERT INTO pegawai (nama, gaji) SELECT '${ROW} ' || n, n / 7.0 FROM generate_series(1, 400) n;
  CREATE TABLE mutasi (id int PRIMARY KEY, pegawai bigint REFERENCES pegawai (id));
  INSERT INTO mutasi SELECT n, n FROM generate_series(1, 100) n;
  CREATE VIEW daftar AS SELECT id, nama FROM pegawai;
  GRANT ALL ON ALL TABLES IN SCHEMA public TO pengguna;
  GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO pengguna;`;

const DAMAGE = "UPDATE pegawai SET nama = 'rusak' WHERE id % 3 = 0; DROP TABLE mutasi;";

/** Every row, and which tables there are. */
const READ = `
  SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM pegawai p;
  SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v');`;

export async function postgresPlace(): Promise<Place> {
  const server = await start();
  const { stack, users, states } = server;
  const databases = async () =>
    (await server.psql("postgres", "SELECT datname FROM pg_database ORDER BY 1")).split("\n");
  return {
    engine: "postgres",
    target: {
      ...{ alias: "induk", engine: "postgres", host: server.dir, database: DATABASE },
      pengguna: "postgres",
    },
    secrets: [ROW],
    damage: async () => {
      await server.psql(DATABASE, DAMAGE);
    },
    lose: async () => {
      await server.psql("postgres", `DROP DATABASE "${DATABASE}" WITH (FORCE)`);
    },
    content: async () => ((await databases()).includes(DATABASE) ? await users(READ) : GONE),
    write: async () => {
      await users("INSERT INTO pegawai (nama) VALUES ('baru')");
    },
    remains: async () => (await databases()).filter((name) => !OWN.includes(name)),
    save: states.save,
    reset: states.reset,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export async function clusterPlace(): Promise<Place> {
  const server = await start();
  const { stack, users, states } = server;
  return {
    engine: "postgres-cluster",
    target: {
      alias: "induk",
      ...clusterTarget(server),
    },
    secrets: [ROW],
    damage: async () => {
      await server.psql(DATABASE, DAMAGE);
    },
    lose: async () => {
      await server.crash();
      await rm(server.data, { recursive: true });
    },
    content: async () => ((await states.isThere()) ? await users(READ) : GONE),
    write: async () => {
      await users("INSERT INTO pegawai (nama) VALUES ('baru')");
    },
    remains: states.beside,
    save: states.save,
    reset: states.reset,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function start() {
  await using opening = new AsyncDisposableStack();
  const template = opening.use(
    await clusterTemplate(async (psql) => {
      await psql("postgres", `CREATE ROLE pengguna LOGIN; CREATE DATABASE "${DATABASE}"`);
      await psql(DATABASE, CONTENT);
    }),
  );
  const server: ClusterServer = opening.use(await template.start());
  const programs = await postgresPrograms();
  // Superusers get in where users are kept out.
  const users = (sql: string) =>
    execute([`${programs}/psql`, "-X", "-qAt", "-v", "ON_ERROR_STOP=1"], sql, {
      PGHOST: server.dir,
      PGUSER: "pengguna",
      PGDATABASE: DATABASE,
    });
  const ask = () => server.psql("postgres", "SELECT 1");
  const states = opening.use(
    await folderStates({
      dir: server.dir,
      data: server.data,
      service: server.service,
      crash: server.crash,
      ask,
    }),
  );
  const { psql, dir, data, owner, service, settingsFile, stanza, crash } = server;
  return {
    ...{ psql, dir, data, owner, service, settingsFile, stanza, crash },
    ...{ users, states, stack: opening.move() },
  };
}
