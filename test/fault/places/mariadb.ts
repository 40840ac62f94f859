/** One schema of a MariaDB server, and a whole server, each with its users. */
import { readFile, rm } from "node:fs/promises";
import { mariadbServerTarget, mariadbTemplate } from "#support/mariadb-files.ts";
import { folderStates, GONE, type Place } from "./place.ts";

const SCHEMA = "kepegawaian kota";
const ROW = "Rahmawati 3174";

const CONTENT = `
  CREATE TABLE pegawai (id INT AUTO_INCREMENT PRIMARY KEY, nama VARCHAR(100), gaji DECIMAL(20, 4));
  INSERT INTO pegawai (nama, gaji) SELECT CONCAT('${ROW} ', seq), seq / 7 FROM seq_1_to_400;
  CREATE TABLE mutasi (id INT PRIMARY KEY, pegawai INT, FOREIGN KEY (pegawai) REFERENCES pegawai (id));
  INSERT INTO mutasi SELECT seq, seq FROM seq_1_to_100;
  CREATE VIEW daftar AS SELECT id, nama FROM pegawai;
  CREATE TRIGGER rapikan BEFORE INSERT ON pegawai FOR EACH ROW SET NEW.nama = TRIM(NEW.nama);
  CREATE PROCEDURE hitung(OUT n INT) SELECT COUNT(*) INTO n FROM pegawai;`;

const DAMAGE = `UPDATE pegawai SET nama = 'rusak' WHERE id % 3 = 0; DROP TABLE mutasi;
  DROP TRIGGER rapikan; DROP PROCEDURE hitung;`;

/** Every row; which tables, views, triggers and procedures there are. Any of it missing fails. */
const READ = `
  SET SESSION group_concat_max_len = 10000000;
  SELECT MD5(GROUP_CONCAT(id, nama, IFNULL(gaji, '-') ORDER BY id)) FROM pegawai;
  SELECT COUNT(*) FROM daftar;
  SELECT GROUP_CONCAT(name ORDER BY name) FROM (
    SELECT CONCAT(table_type, table_name) AS name FROM information_schema.tables
      WHERE table_schema = DATABASE()
    UNION ALL SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()
    UNION ALL SELECT routine_name FROM information_schema.routines
      WHERE routine_schema = DATABASE()) AS names;`;

/** Users are kept out by locks, which would have them wait. */
const WRITE = `SET SESSION lock_wait_timeout = 10, innodb_lock_wait_timeout = 10;
  INSERT INTO pegawai (nama) VALUES ('baru');`;

const OWN = ["information_schema", "mysql", "performance_schema", "sys", SCHEMA];

export async function mariadbPlace(): Promise<Place> {
  const { sql, secrets, states, stack, optionFile } = await start();
  const schemas = async () => (await sql("", "SHOW DATABASES")).split("\n");
  return {
    engine: "mariadb",
    target: { alias: "induk", engine: "mariadb", database: SCHEMA, berkasOpsi: optionFile },
    secrets,
    damage: async () => {
      await sql(SCHEMA, DAMAGE);
    },
    lose: async () => {
      await sql("", `DROP DATABASE \`${SCHEMA}\``);
    },
    content: async () => ((await schemas()).includes(SCHEMA) ? await sql(SCHEMA, READ) : GONE),
    write: async () => {
      await sql(SCHEMA, WRITE);
    },
    remains: async () => (await schemas()).filter((name) => !OWN.includes(name)),
    save: states.save,
    reset: states.reset,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export async function mariadbServerPlace(): Promise<Place> {
  const { sql, secrets, states, stack, ...server } = await start();
  return {
    engine: "mariadb-server",
    target: {
      alias: "induk",
      ...mariadbServerTarget(server),
    },
    secrets,
    damage: async () => {
      await sql(SCHEMA, DAMAGE);
    },
    lose: async () => {
      await server.crash();
      await rm(server.data, { recursive: true });
    },
    content: async () => ((await states.isThere()) ? await sql(SCHEMA, READ) : GONE),
    write: async () => {
      await sql(SCHEMA, WRITE);
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
    await mariadbTemplate(async (sql) => {
      await sql("", `CREATE DATABASE \`${SCHEMA}\` CHARACTER SET utf8mb4`);
      await sql(SCHEMA, CONTENT);
    }),
  );
  const server = opening.use(await template.start());
  const { dir, data, owner, settingsFile, optionFile, service, crash, sql } = server;
  const states = opening.use(
    await folderStates({ dir, data, service, crash, ask: () => sql("", "SELECT 1") }),
  );
  const password = /^password="(.+)"$/m.exec(await readFile(optionFile, "utf8"))?.[1] ?? "";
  return {
    ...{ data, owner, settingsFile, optionFile, service, crash, sql },
    ...{ secrets: [ROW, password], states, stack: opening.move() },
  };
}
