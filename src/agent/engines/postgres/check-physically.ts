import { z } from "zod";
import { AppError, isAppError } from "#domain/errors.ts";
import type { EngineIo } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, type PostgresTarget, quoteIdent } from "./connect.ts";

/** So many relations are locked at a time, of any number. */
const BATCH = 50;
const OWN_SCHEMA = "pulih_check";

/**
 * Looks at every page of every table and B-tree, and for every row whether its indexes know it
 * (amcheck). False where the extension is not installed on the server.
 *
 * Where a database lacks it, it is made in a transaction that is rolled back, so that even a crash
 * leaves nothing of it behind.
 */
export async function checkIn(
  target: PostgresTarget,
  database: string,
  io: EngineIo,
): Promise<boolean> {
  await using session = await connect(target, database, io);
  await session.ask("BEGIN ISOLATION LEVEL READ COMMITTED");
  const schema = await amcheckSchema(session);
  if (schema === null) return false;
  try {
    for (const { query, relations } of CHECKS) {
      const found = await session.ask(relations);
      for (let from = 0; from < found.length; from += BATCH) {
        const oids = found.slice(from, from + BATCH);
        // Locks are given back after each batch.
        await session.ask("SAVEPOINT pulih_batch");
        const [damages] = await session.ask(query(schema, oids.join(", ")));
        if (damages !== "0") throw damaged({ damages: Number(damages) });
        await session.ask("ROLLBACK TO SAVEPOINT pulih_batch");
      }
    }
  } catch (error) {
    throw asDamage(error);
  }
  await session.ask("ROLLBACK");
  return true;
}

/** Where its functions are; null where there are none. */
async function amcheckSchema(session: SqlSession): Promise<string | null> {
  const [found] = await session.rows(
    z.string(),
    `SELECT to_json(nspname) FROM pg_catalog.pg_extension e
     JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'amcheck'`,
  );
  if (found !== undefined) return quoteIdent(found);
  const available = await session.ask(
    "SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'amcheck'",
  );
  if (available.length === 0) return null;
  // The database's own event triggers have nothing to say about this.
  await session.ask("SET LOCAL session_replication_role = replica");
  await session.ask(`CREATE SCHEMA ${OWN_SCHEMA}`);
  await session.ask(`CREATE EXTENSION amcheck SCHEMA ${OWN_SCHEMA}`);
  return OWN_SCHEMA;
}

const CHECKS = [
  {
    relations: `SELECT oid FROM pg_catalog.pg_class
      WHERE relkind IN ('r', 'm', 't') AND relpersistence <> 't' ORDER BY oid`,
    query: (schema: string, oids: string) =>
      `SELECT count(*) FROM pg_catalog.pg_class c, ${schema}.verify_heapam(
         relation => c.oid, on_error_stop => true, check_toast => true) WHERE c.oid IN (${oids})`,
  },
  {
    relations: `SELECT c.oid FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid JOIN pg_catalog.pg_am m ON m.oid = c.relam
      WHERE c.relkind = 'i' AND m.amname = 'btree' AND c.relpersistence <> 't'
        AND i.indisready AND i.indisvalid ORDER BY c.oid`,
    query: (schema: string, oids: string) =>
      `SELECT 0 * count(*) FROM pg_catalog.pg_class c, ${schema}.bt_index_check(
         index => c.oid, heapallindexed => true) WHERE c.oid IN (${oids})`,
  },
] as const;

/** Corruption, and files that cannot be read: whatever else fails says nothing about the pages. */
function asDamage(error: unknown): unknown {
  const sqlState = isAppError(error) ? String(error.detail.sqlState ?? "") : "";
  return /^(XX|58)/.test(sqlState) ? damaged({ sqlState }) : error;
}

function damaged(detail: Readonly<Record<string, unknown>>): AppError {
  return new AppError("ENGINE_DAMAGED", "pages or indexes are damaged", { detail });
}
