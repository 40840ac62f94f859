/** What tests of faults want of a SQL server, whichever it is. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TargetOf } from "#agent/config.ts";
import type { Engine } from "#agent/engines/engine.ts";
import { mariadb } from "#agent/engines/mariadb.ts";
import { postgres } from "#agent/engines/postgres.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { eventually } from "#support/eventually.ts";
import { freePort } from "#support/free-port.ts";
import { startMariadb } from "#support/mariadb.ts";
import { startPostgres } from "#support/postgres.ts";
import { mariadbTarget, postgresTarget } from "#support/sql-targets.ts";
import { tempDir } from "#support/temp-dir.ts";
import type { DumpCall } from "./held-program.ts";

export type SqlId = "postgres" | "mariadb";
export type SqlTarget = TargetOf<"postgres"> | TargetOf<"mariadb">;

/** Stands in every row, and may stand nowhere else. */
export const ROW = "NIK 6472010101800001";
export const WRONG_PASSWORD = "salah-sekali";

export interface SqlServer {
  readonly id: SqlId;
  readonly engine: Engine;
  /** Makes a database with some megabytes, more than pipes and buffers hold. */
  database(name: string, properties?: string): Promise<SqlTarget>;
  sql(database: string, text: string): Promise<string>;
  /** What users read. */
  state(database: string): Promise<string>;
  /** Databases that the agent made. */
  copies(): Promise<string[]>;
  /** The same target as the agent would see it with another password, or with nobody there. */
  withWrongPassword(target: SqlTarget): Promise<SqlTarget>;
  withNobodyThere(target: SqlTarget): Promise<SqlTarget>;
  /** Somebody who works in `zona` and cannot be made to leave. */
  stubbornUser(database: string): Promise<AsyncDisposable>;
  /** How many sessions wait for a lock on one of its tables. */
  waiting(database: string): Promise<number>;
  /** Takes a lock on `zona` that nobody who reads can get past. */
  lock(database: string): Promise<HeldLock>;
  /** How often somebody was refused for the password. */
  refusals(): Promise<number>;
  /** Ends the connection of the program that dumps the database, while it is given rows. */
  endDump(database: string): Promise<void>;
  crash(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface HeldLock {
  /** How many sessions wait for it by themselves. */
  readonly waiting: number;
  /** Idempotent. */
  release(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SqlKind {
  readonly id: SqlId;
  readonly engine: Engine;
  readonly dump: DumpCall;
  /** The programs without which no backup, and no restore, can be made. */
  readonly forBackup: readonly string[];
  readonly forRestore: readonly string[];
  /** What differs in the manifest of a backup that a newer server was asked for. */
  ofNewer(manifest: Manifest): Partial<Manifest>;
  /** For sed: makes the version that the dump program tells an older one. */
  readonly toOlder: string;
  start(settings?: Readonly<Record<string, string>>): Promise<SqlServer>;
}

const ROWS = 4_000;

const POSTGRES_CONTENT = `
  CREATE TABLE warga (id serial PRIMARY KEY, isi text);
  INSERT INTO warga (isi) SELECT '${ROW} ' || repeat(md5(n::text), 30) FROM generate_series(1, ${ROWS}) n;
  CREATE TABLE zona (id int PRIMARY KEY, isi text); INSERT INTO zona VALUES (1, 'satu'), (2, 'dua')`;
const MARIADB_CONTENT = `
  CREATE TABLE warga (id INT AUTO_INCREMENT PRIMARY KEY, isi TEXT);
  INSERT INTO warga (isi) SELECT CONCAT('${ROW} ', REPEAT(MD5(seq), 30)) FROM seq_1_to_${ROWS};
  CREATE TABLE zona (id INT PRIMARY KEY, isi TEXT); INSERT INTO zona VALUES (1, 'satu'), (2, 'dua')`;

export const POSTGRES: SqlKind = {
  id: "postgres",
  engine: postgres,
  dump: { program: "pg_dump", sign: "--snapshot=" },
  forBackup: ["psql", "pg_dump"],
  forRestore: ["psql", "pg_restore", "pg_dump"],
  ofNewer: ({ content }) => ({
    content: { ...content, algorithm: content.algorithm.replace(/\d+/, "99") },
  }),
  toOlder: "s/[0-9]+\\.[0-9]+/9.6/",
  start: async (settings = {}) => {
    const logs = await tempDir();
    const server = await startPostgres({ settings: { logging_collector: "on", ...settings } });
    const log = join(server.dir, "data", "log");
    return {
      id: "postgres",
      engine: postgres,
      database: async (name, properties = "") => {
        await server.psql("postgres", `CREATE DATABASE ${name} ${properties}`);
        await server.psql(name, POSTGRES_CONTENT);
        return postgresTarget(server, name);
      },
      sql: server.psql,
      state: (database) =>
        server.psql(
          database,
          `SELECT count(*), md5(string_agg(id || isi, '|' ORDER BY id)) FROM warga;
           SELECT string_agg(id || isi, '|' ORDER BY id) FROM zona;
           SELECT datallowconn, datconnlimit FROM pg_database WHERE datname = current_database()`,
        ),
      copies: async () =>
        lines(
          await server.psql(
            "postgres",
            "SELECT datname FROM pg_database WHERE datname LIKE 'pulih%' ORDER BY 1",
          ),
        ),
      withWrongPassword: async (target) => {
        const berkasSandi = join(logs.path, "pgpass");
        await writeFile(berkasSandi, `*:*:*:*:${WRONG_PASSWORD}\n`, { mode: 0o600 });
        return { ...(target as TargetOf<"postgres">), berkasSandi };
      },
      withNobodyThere: async (target) => ({
        ...(target as TargetOf<"postgres">),
        port: await freePort(),
      }),
      stubbornUser: async (database) => {
        const working = server
          .psql(database, "BEGIN; UPDATE zona SET isi = 'tiga' WHERE id = 1; SELECT pg_sleep(1000)")
          .catch(() => undefined);
        const look =
          "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1000)%' AND pid <> pg_backend_pid()";
        await eventually(
          "somebody works",
          async () => (await server.psql("postgres", look)) !== "",
        );
        const pid = Number(await server.psql("postgres", look));
        // Stuck as by a dead disk: it does not hear what it is told.
        process.kill(pid, "SIGSTOP");
        return {
          [Symbol.asyncDispose]: async () => {
            process.kill(pid, "SIGCONT");
            await server.psql("postgres", `SELECT pg_terminate_backend(${pid}, 30000)`);
            await working;
          },
        };
      },
      waiting: async (database) =>
        Number(await server.psql(database, "SELECT count(*) FROM pg_locks WHERE NOT granted")),
      lock: async (database) => {
        const locking = server
          .psql(database, "BEGIN; LOCK TABLE zona IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1000)")
          .catch(() => undefined);
        const holder =
          "state = 'active' AND query LIKE '%pg_sleep(1000)%' AND pid <> pg_backend_pid()";
        const holders = `SELECT count(*) FROM pg_stat_activity WHERE ${holder}`;
        await eventually(
          "it is locked",
          async () => (await server.psql("postgres", holders)) === "1",
        );
        return heldLock(0, async () => {
          await server.psql(
            "postgres",
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${holder}`,
          );
          await locking;
        });
      },
      refusals: async () => {
        const file = await server.psql("postgres", "SELECT pg_current_logfile()");
        const text = await readFile(join(log, "..", file), "utf8");
        return text.split("password authentication failed").length - 1;
      },
      endDump: async (database) => {
        const ended = await server.psql(
          "postgres",
          `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
           WHERE datname = '${database}' AND query LIKE 'COPY%'`,
        );
        if (ended !== "1") throw new Error("no dump was under way");
      },
      crash: server.crash,
      [Symbol.asyncDispose]: async () => {
        await server[Symbol.asyncDispose]();
        await logs[Symbol.asyncDispose]();
      },
    };
  },
};

export const MARIADB: SqlKind = {
  id: "mariadb",
  engine: mariadb,
  dump: { program: "mariadb-dump", sign: "--single-transaction --quick" },
  forBackup: ["mariadb", "mariadb-dump"],
  forRestore: ["mariadb", "mariadb-dump"],
  ofNewer: ({ tools }) => ({ tools: { ...tools, mariadb: "99.1.2" } }),
  toOlder: "s/[0-9]+\\.[0-9]+\\.[0-9]+-MariaDB/10.6.1-MariaDB/",
  start: async (settings = {}) => {
    const files = await tempDir();
    const server = await startMariadb({ settings });
    return {
      id: "mariadb",
      engine: mariadb,
      database: async (name) => {
        await server.sql("", `CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
        await server.sql(name, MARIADB_CONTENT);
        return await mariadbTarget(server, name);
      },
      sql: server.sql,
      state: (database) =>
        server.sql(
          database,
          `SET group_concat_max_len = 100000000;
           SELECT COUNT(*), MD5(GROUP_CONCAT(id, isi ORDER BY id)) FROM warga;
           SELECT GROUP_CONCAT(id, isi ORDER BY id) FROM zona`,
        ),
      copies: async () => lines(await server.sql("", "SHOW DATABASES LIKE '%pulih%'")),
      withWrongPassword: async (target) => ({
        ...(target as TargetOf<"mariadb">),
        berkasOpsi: await server.optionFile({ password: WRONG_PASSWORD }),
      }),
      withNobodyThere: async (target) => {
        const berkasOpsi = join(files.path, "options.cnf");
        const options = `host=127.0.0.1\nport=${await freePort()}\nuser=agen\npassword=x`;
        await writeFile(berkasOpsi, `[client]\n${options}\n`, { mode: 0o600 });
        return { ...(target as TargetOf<"mariadb">), berkasOpsi };
      },
      stubbornUser: async (database) => {
        // Whose default schema is another is not known for a user of this one.
        const working = server
          .sql(
            "",
            `START TRANSACTION; UPDATE ${database}.zona SET isi = 'tiga' WHERE id = 1; SELECT SLEEP(1000)`,
          )
          .catch(() => undefined);
        const look =
          "SELECT id FROM information_schema.processlist WHERE info = 'SELECT SLEEP(1000)'";
        await eventually("somebody works", async () => (await server.sql("", look)) !== "");
        return {
          [Symbol.asyncDispose]: async () => {
            await server.sql("", `KILL ${await server.sql("", look)}`);
            await working;
          },
        };
      },
      waiting: async () =>
        Number(
          await server.sql(
            "",
            "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%lock'",
          ),
        ),
      lock: async (database) => {
        const locking = [
          "START TRANSACTION; SELECT COUNT(*) FROM zona; SELECT SLEEP(1000)",
          "ALTER TABLE zona ADD lain INT",
        ];
        const looks = ["info = 'SELECT SLEEP(1000)'", "state LIKE 'Waiting for table%lock'"];
        const sessions: Promise<unknown>[] = [];
        for (const [place, text] of locking.entries()) {
          sessions.push(server.sql(database, text).catch(() => undefined));
          const seen = `SELECT COUNT(*) FROM information_schema.processlist WHERE ${looks[place]}`;
          await eventually("it is locked", async () => (await server.sql("", seen)) !== "0");
        }
        return heldLock(1, async () => {
          for (const text of locking.toReversed()) {
            const statement = text.split("; ").at(-1);
            const [id] = lines(
              await server.sql(
                "",
                `SELECT id FROM information_schema.processlist WHERE info = '${statement}'`,
              ),
            );
            if (id !== undefined) await server.sql("", `KILL ${id}`);
          }
          await Promise.all(sessions);
        });
      },
      refusals: async () =>
        Number((await server.sql("", "SHOW GLOBAL STATUS LIKE 'Aborted_connects'")).split("\t")[1]),
      endDump: async (database) => {
        const [dump, ...others] = lines(
          await server.sql(
            "",
            `SELECT id FROM information_schema.processlist
             WHERE db = '${database}' AND info LIKE 'SELECT /*!40001 SQL_NO_CACHE%'`,
          ),
        );
        if (dump === undefined || others.length > 0) throw new Error("no dump was under way");
        await server.sql("", `KILL ${dump}`);
      },
      crash: server.crash,
      [Symbol.asyncDispose]: async () => {
        await server[Symbol.asyncDispose]();
        await files[Symbol.asyncDispose]();
      },
    };
  },
};

function heldLock(waiting: number, letGo: () => Promise<void>): HeldLock {
  let released: Promise<void> | undefined;
  const release = () => {
    released ??= letGo();
    return released;
  };
  return { waiting, release, [Symbol.asyncDispose]: release };
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
