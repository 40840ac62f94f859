import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { ContentDigest, ContentEntry } from "#protocol/manifest.ts";
import { contentDigest } from "../content-digest.ts";
import type { SqlSession } from "../sql-session.ts";
import { lettingGo } from "./connect.ts";
import { inventoryOf } from "./inventory.ts";
import { rewritten } from "./rewritten.ts";

/** hash_record_extended came with 14; older servers are out of support. */
export const SERVER_MAJOR_MIN = 14;

/**
 * Types whose hash tells apart whatever their text tells apart. All others are hashed as text: enums
 * hash by an oid that another database numbers otherwise, numeric and interval hash alike what
 * prints differently, json and xml have no hash at all.
 */
const HASHED_AS_THEY_ARE = [
  ...["bool", "int2", "int4", "int8", "oid", "text", "varchar", "bytea", "uuid", "name", "char"],
  ...["date", "time", "timestamp", "timestamptz"],
];

/** A column as it is hashed. */
const HASHED = `
  CASE
    WHEN t.typnamespace = 'pg_catalog'::regnamespace
      AND t.typname IN (${HASHED_AS_THEY_ARE.map((name) => `'${name}'`).join(", ")})
    THEN format(CASE WHEN l.collisdeterministic IS FALSE THEN 't.%I COLLATE "C"' ELSE 't.%I' END,
                a.attname)
    ELSE format('t.%I::text', a.attname)
  END`;

const TABLES = `
  SELECT json_build_object(
    'name', format('%I.%I', n.nspname, c.relname),
    'oid', c.oid::text,
    'file', c.relfilenode::text,
    'filter', coalesce((SELECT e.extcondition[array_position(e.extconfig, c.oid)]
                        FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig)), ''),
    'row', coalesce(columns.row, ''),
    'key', coalesce(columns.key, ''))
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (
    SELECT string_agg(${HASHED}, ', ' ORDER BY a.attnum) AS row,
      string_agg(${HASHED}, ', ' ORDER BY a.attnum) FILTER (WHERE a.attnum = ANY (i.indkey)) AS key
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) columns ON true
  WHERE c.relkind = 'r' AND c.relpersistence <> 't'
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    -- Of an extension's own tables only those count whose rows a dump holds.
    AND (NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                     WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                       AND d.deptype = 'e')
         OR EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig)))`;

const Table = z.object({
  name: z.string(),
  oid: z.string().regex(/^\d+$/),
  /** Where its rows lay at the time of the snapshot. */
  file: z.string().regex(/^\d+$/),
  filter: z.string(),
  /** Arguments of ROW(), as they are hashed: of all columns, and of the primary key or "". */
  row: z.string(),
  key: z.string(),
});
export type Table = z.infer<typeof Table>;
const Sum = z.object({ count: z.string(), sum: z.string(), isSameFile: z.boolean() });

/**
 * Digest of all rows and count of all objects, in the snapshot of the session's transaction: for
 * each table the sum of a 64-bit hash of every row, which does not depend on the order of rows.
 * Sequences count in the inventory only: their values move outside of any snapshot (sequences.ts).
 *
 * Throws where a table was written anew since the snapshot (rewritten.ts): it would seem to be empty.
 */
export async function digestOf(session: SqlSession): Promise<ContentDigest> {
  const [major] = await session.rows(
    z.int(),
    "SELECT current_setting('server_version_num')::int / 10000",
  );
  const tables = await tablesOf(session);
  const entries: ContentEntry[] = [];
  for (const table of tables) {
    entries.push(
      await sumUp(
        session,
        table,
        `SELECT hash_record_extended(ROW(${table.row}), 0) AS h FROM ONLY ${table.name} t ${table.filter}`,
      ),
    );
  }
  const inventory = await inventoryOf(session);
  if ((inventory.largeObjects ?? 0) > 0) entries.push(await largeObjects(session));
  return contentDigest({ algorithm: `postgres-${major}-row-hash-sum-1`, inventory, entries });
}

export function tablesOf(session: SqlSession): Promise<Table[]> {
  return session.rows(Table, TABLES);
}

/** By content, not by page: a hole and written zeros read the same, and a dump fills holes. */
async function largeObjects(session: SqlSession): Promise<ContentEntry> {
  const [mayRead] = await session.rows(
    z.boolean(),
    "SELECT to_json(has_table_privilege('pg_catalog.pg_largeobject', 'SELECT'))",
  );
  if (!mayRead) {
    throw new AppError("ENGINE_UNSUPPORTED", "large objects can be compared by a superuser only");
  }
  return sumUp(session, { name: LARGE_OBJECTS }, `SELECT h FROM (${LARGE_OBJECT_PAGES}) pages`);
}

/** Name of the entry that stands for all of them. */
export const LARGE_OBJECTS = "(large objects)";

export const LARGE_OBJECT_PAGES = `
    SELECT m.oid,
      hash_record_extended(ROW(m.oid, p.pageno, rtrim(p.data, '\\x00'::bytea), s.size), 0) AS h
    FROM pg_catalog.pg_largeobject_metadata m
    LEFT JOIN LATERAL (SELECT max(pageno::int8 * 2048 + length(data)) AS size
                       FROM pg_catalog.pg_largeobject WHERE loid = m.oid) s ON true
    LEFT JOIN pg_catalog.pg_largeobject p
      ON p.loid = m.oid AND rtrim(p.data, '\\x00'::bytea) <> ''::bytea`;

async function sumUp(
  session: SqlSession,
  { name, oid, file }: Pick<Table, "name"> & Partial<Table>,
  hashes: string,
): Promise<ContentEntry> {
  // The function tells what is true now, and reading keeps it true to the end of the question.
  const isSameFile =
    oid === undefined
      ? "true"
      : `pg_relation_filenode('${oid}'::oid) IS NOT DISTINCT FROM '${file}'::oid`;
  const [sum] = await session.rows(
    Sum,
    lettingGo(
      `SELECT json_build_object('count', count(*)::text, 'sum', coalesce(sum(h), 0)::text,
         'isSameFile', ${isSameFile})
       FROM (${hashes}) hashes`,
    ),
  );
  if (!sum) throw new AppError("INTERNAL", "a sum has no row");
  if (!sum.isSameFile) throw rewritten(1);
  return { name, count: Number(sum.count), digest: sum.sum };
}
