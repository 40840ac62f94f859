import { z } from "zod";
import type { SqlSession } from "../sql-session.ts";
import { inSchema, quoteLiteral } from "./connect.ts";

/** The catalog compares names without regard to case; a schema named alike must not be meant. */
export function isSchema(column: string, schema: string): string {
  const literal = quoteLiteral(schema);
  return `(${column} = ${literal} AND BINARY ${column} = BINARY ${literal})`;
}

const Table = z.object({
  name: z.string(),
  kind: z.enum(["BASE TABLE", "VIEW", "SEQUENCE", "SYSTEM VERSIONED", "SYSTEM VIEW", "TEMPORARY"]),
  engine: z.string().nullable(),
  /** A view whose tables are gone: it can neither be read nor dumped. */
  isBroken: z.union([z.boolean(), z.int()]).transform(Boolean),
});
export type Table = z.infer<typeof Table>;

export async function schemaExists(session: SqlSession, schema: string): Promise<boolean> {
  const found = await session.ask(
    `SELECT 1 FROM information_schema.schemata WHERE ${isSchema("schema_name", schema)}`,
  );
  return found.length > 0;
}

/**
 * Tables, views and sequences, sorted by name. Asking for create_time makes the server open them:
 * otherwise it calls broken views whole.
 */
export function tablesOf(session: SqlSession, schema: string): Promise<Table[]> {
  return session.rows(
    Table,
    `SELECT JSON_OBJECT('name', table_name, 'kind', table_type, 'engine', engine, 'isBroken',
       table_type = 'VIEW' AND create_time IS NULL AND table_comment LIKE 'View %references invalid%')
     FROM information_schema.tables WHERE ${isSchema("table_schema", schema)}
     ORDER BY BINARY table_name`,
  );
}

/** What holds rows or a value and moves by RENAME TABLE. */
export function movable(tables: readonly Table[]): string[] {
  return tables.filter(({ kind }) => kind !== "VIEW").map(({ name }) => name);
}

export function viewsOf(tables: readonly Table[], which: { readonly broken: boolean }): string[] {
  return tables
    .filter(({ kind, isBroken }) => kind === "VIEW" && isBroken === which.broken)
    .map(({ name }) => name);
}

const Trigger = z.object({ name: z.string(), table: z.string() });

export function triggersOf(
  session: SqlSession,
  schema: string,
): Promise<z.infer<typeof Trigger>[]> {
  return session.rows(
    Trigger,
    `SELECT JSON_OBJECT('name', trigger_name, 'table', event_object_table)
     FROM information_schema.triggers WHERE ${isSchema("trigger_schema", schema)}
     ORDER BY BINARY event_object_table`,
  );
}

/** Drops what does not move with the tables: views, routines, events. Idempotent. */
export async function dropViewsAndCode(session: SqlSession, schema: string): Promise<void> {
  for (const name of await namesFrom(session, "events", "event_name", "event_schema", schema)) {
    await session.ask(`DROP EVENT IF EXISTS ${inSchema(schema, name)}`);
  }
  for (const name of await namesFrom(session, "views", "table_name", "table_schema", schema)) {
    await session.ask(`DROP VIEW IF EXISTS ${inSchema(schema, name)}`);
  }
  const routines = await session.rows(
    z.object({
      name: z.string(),
      kind: z.enum(["PROCEDURE", "FUNCTION", "PACKAGE BODY", "PACKAGE"]),
    }),
    `SELECT JSON_OBJECT('name', routine_name, 'kind', routine_type)
     FROM information_schema.routines WHERE ${isSchema("routine_schema", schema)}
     ORDER BY routine_type = 'PACKAGE'`,
  );
  for (const { name, kind } of routines) {
    await session.ask(`DROP ${kind} IF EXISTS ${inSchema(schema, name)}`);
  }
}

function namesFrom(
  session: SqlSession,
  view: string,
  column: string,
  schemaColumn: string,
  schema: string,
): Promise<string[]> {
  return session.rows(
    z.string(),
    `SELECT JSON_QUOTE(${column}) FROM information_schema.${view}
     WHERE ${isSchema(schemaColumn, schema)} ORDER BY BINARY ${column}`,
  );
}

/**
 * Everything that a change of structure changes, as text to compare. Columns too: the time of a
 * table's making has whole seconds only.
 */
export async function shapeOf(session: SqlSession, schema: string): Promise<string> {
  const parts = await session.ask(
    `SELECT 'table', table_name, table_type, engine, create_time
       FROM information_schema.tables WHERE ${isSchema("table_schema", schema)}
     UNION ALL SELECT 'columns', table_name, COUNT(*), SUM(CRC32(CONCAT_WS('|', ordinal_position,
         column_name, column_type, is_nullable, IFNULL(column_default, ''), collation_name, extra))), NULL
       FROM information_schema.columns WHERE ${isSchema("table_schema", schema)} GROUP BY table_name
     UNION ALL SELECT 'view', table_name, MD5(view_definition), definer, NULL
       FROM information_schema.views WHERE ${isSchema("table_schema", schema)}
     UNION ALL SELECT 'routine', routine_name, MD5(routine_definition), routine_type, last_altered
       FROM information_schema.routines WHERE ${isSchema("routine_schema", schema)}
     UNION ALL SELECT 'trigger', trigger_name, MD5(action_statement), event_object_table, created
       FROM information_schema.triggers WHERE ${isSchema("trigger_schema", schema)}
     UNION ALL SELECT 'event', event_name, MD5(event_definition), definer, last_altered
       FROM information_schema.events WHERE ${isSchema("event_schema", schema)}
     ORDER BY 1, 2, 3, 4, 5`,
  );
  return parts.join("\n");
}
