import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { SqlSession } from "../sql-session.ts";
import { quoteLiteral } from "./connect.ts";

const LOOK_EVERY_MS = 100;

/**
 * TRUNCATE, and each change of a table that writes it anew, does not keep to the rules of snapshots:
 * to one that is older the table is empty. A lock keeps them out, but pg_dump has its locks only some
 * time after the snapshot that it is given.
 *
 * So the tables are looked at once pg_dump holds its locks, or has ended: those that are still where
 * they were at the time of the session's snapshot were read as they were. Throws for another try.
 */
export async function assertNotRewritten(
  session: SqlSession,
  /** As the server lists the session of pg_dump. */
  application: string,
  hasEnded: () => boolean,
): Promise<void> {
  while (!hasEnded() && !(await holdsItsLocks(session, application))) await delay(LOOK_EVERY_MS);
  const [count] = await session.rows(
    z.int(),
    `SELECT count(*) FROM (${OWN_TABLES}) t
     WHERE pg_relation_filenode(t.oid) IS DISTINCT FROM t.relfilenode`,
  );
  if (count !== 0) throw rewritten(count ?? 0);
}

export function rewritten(tables: number): AppError {
  return new AppError("ENGINE_DUMP_FAILED", "tables were written anew while they were read", {
    detail: { tables, changedWhileRead: true },
  });
}

/** Members of an extension are dumped with it, and not locked. */
const OWN_TABLES = `
  SELECT c.oid, c.relfilenode
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't'
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                      AND d.deptype = 'e')`;

async function holdsItsLocks(session: SqlSession, application: string): Promise<boolean> {
  // Within a transaction the list of sessions stays as it was first seen.
  await session.ask("SELECT pg_stat_clear_snapshot()");
  const [holds] = await session.rows(
    z.boolean(),
    `WITH dump AS (SELECT pid FROM pg_catalog.pg_stat_activity
                   WHERE application_name = ${quoteLiteral(application)}),
       held AS (SELECT relation FROM pg_catalog.pg_locks
                WHERE locktype = 'relation' AND granted AND pid IN (SELECT pid FROM dump))
     SELECT to_json(EXISTS (SELECT FROM held) AND NOT EXISTS (
       SELECT FROM (${OWN_TABLES}) t WHERE t.oid NOT IN (SELECT relation FROM held)))`,
  );
  return holds === true;
}
