import { z } from "zod";
import type { EngineIo } from "../engine.ts";
import { givenName, type SqlSession } from "../sql-session.ts";
import {
  connect,
  connectForAdministration,
  type PostgresTarget,
  quoteIdent,
  quoteLiteral,
} from "./connect.ts";
import { CONNECTION_LIMIT, RESTORED_AS } from "./settings.ts";

/** Each costs a look through the server's cache; whatever fills a disk is among the largest. */
const TABLES_EMPTIED_MAX = 100;

const Database = z.object({
  name: z.string(),
  mayConnect: z.boolean(),
  connectionLimit: z.int(),
  /** See settings.ts. */
  rememberedLimit: z.string().nullable(),
  restoredAs: z.string().nullable(),
});
export type Database = z.infer<typeof Database>;

/** What the server knows of a database, null where there is none of that name. */
export async function findDatabase(session: SqlSession, name: string): Promise<Database | null> {
  const setting = (parameter: string) => `(
    SELECT substr(c, ${parameter.length + 2}) FROM pg_catalog.pg_db_role_setting s, unnest(s.setconfig) c
    WHERE s.setdatabase = d.oid AND s.setrole = 0 AND starts_with(c, '${parameter}='))`;
  const [found] = await session.rows(
    Database,
    `SELECT json_build_object('name', datname, 'mayConnect', datallowconn,
       'connectionLimit', datconnlimit, 'rememberedLimit', ${setting(CONNECTION_LIMIT)},
       'restoredAs', ${setting(RESTORED_AS)})
     FROM pg_catalog.pg_database d WHERE datname = ${quoteLiteral(name)}`,
  );
  return found ?? null;
}

/** ENGINE_CONNECT where the server does not answer. */
export async function presence(
  target: PostgresTarget,
  io: EngineIo,
): Promise<"present" | "absent"> {
  await using session = await connectForAdministration(target, io);
  return (await findDatabase(session, target.database)) === null ? "absent" : "present";
}

/** Names of copies of this database, of whatever restore. */
export async function leftovers(target: PostgresTarget, io: EngineIo): Promise<string[]> {
  await using session = await connectForAdministration(target, io);
  const copies = await session.ask(
    "SELECT datname FROM pg_catalog.pg_database WHERE datname ~ '^pulih_[a-z0-9_]+$' ORDER BY 1",
  );
  return copies.flatMap((copy) => givenName(copy, target.database) ?? []);
}

/** Ends everybody's sessions in a database but our own. */
export async function terminateOthers(session: SqlSession, name: string): Promise<void> {
  await session.ask(
    `SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_catalog.pg_stat_activity
     WHERE datname = ${quoteLiteral(name)} AND pid <> pg_backend_pid()`,
  );
}

/** Idempotent. */
export async function dropDatabase(session: SqlSession, name: string): Promise<void> {
  await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE)`);
}

/**
 * Idempotent. The side copy may be what has filled the disk, and DROP DATABASE begins with a checkpoint:
 * one that finds no room for the pages of the other databases fails, and one that finds none for the
 * server's own small files takes the whole server down. So tables give their room back before it.
 */
export async function dropSideDatabase(
  target: PostgresTarget,
  side: string,
  io: Pick<EngineIo, "host" | "signal" | "log">,
): Promise<void> {
  await using session = await connectForAdministration(target, io);
  if ((await findDatabase(session, side)) !== null) {
    await terminateOthers(session, side);
    await emptyOut(target, side, io).catch(() => {
      io.log("side copy could not be emptied before it is dropped", { side });
    });
  }
  await dropDatabase(session, side);
}

/** Its largest tables go, each in a transaction of its own: room comes back only at the end of one. */
async function emptyOut(
  target: PostgresTarget,
  side: string,
  io: Pick<EngineIo, "host" | "signal" | "log">,
): Promise<void> {
  await using session = await connect(target, side, io);
  // The copy's own event triggers have nothing to say about this.
  await session.ask("SET session_replication_role = replica");
  // A pooler may lead any name to any database, hence the look at where this is.
  await session.ask(
    `DO $emptying$
     DECLARE table_name text;
     BEGIN
       IF current_database() <> ${quoteLiteral(side)} THEN
         RAISE EXCEPTION 'another database';
       END IF;
       FOR table_name IN
         SELECT oid::regclass FROM pg_catalog.pg_class WHERE relkind = 'r' AND oid >= 16384
         ORDER BY pg_catalog.pg_total_relation_size(oid) DESC LIMIT ${TABLES_EMPTIED_MAX}
       LOOP
         BEGIN
           EXECUTE 'DROP TABLE IF EXISTS ' || table_name || ' CASCADE';
         EXCEPTION WHEN OTHERS THEN NULL;
         END;
         COMMIT;
       END LOOP;
     END $emptying$`,
  );
}

/** Statements that keep all but superusers out and remember the limit that was there. */
export function closeStatements(database: Database): string[] {
  if (database.rememberedLimit !== null) return [];
  const name = quoteIdent(database.name);
  return [
    `ALTER DATABASE ${name} SET ${CONNECTION_LIMIT} TO '${database.connectionLimit}'`,
    `ALTER DATABASE ${name} CONNECTION LIMIT 0`,
  ];
}

/** Statements that open a closed database to its users again with the limit it shall have. */
export function openStatements(database: Database): string[] {
  const name = quoteIdent(database.name);
  return [
    `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`,
    ...(database.rememberedLimit === null
      ? []
      : [
          `ALTER DATABASE ${name} CONNECTION LIMIT ${Number(database.rememberedLimit)}`,
          `ALTER DATABASE ${name} RESET ${CONNECTION_LIMIT}`,
        ]),
  ];
}
