import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { ContentDigest, ContentEntry } from "#protocol/manifest.ts";
import { contentDigest } from "../content-digest.ts";
import type { SqlSession } from "../sql-session.ts";
import { quoteIdent, quoteLiteral } from "./connect.ts";
import { isSchema, schemaExists, tablesOf, viewsOf } from "./objects.ts";
import { PLAN_TABLE } from "./plan.ts";

/** Hashed by themselves, since CONCAT answers NULL for what exceeds max_allowed_packet. */
const LONG_TYPES = [
  ...["tinytext", "text", "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob"],
  ...["geometry", "point", "linestring", "polygon", "multipoint", "multilinestring"],
  ...["multipolygon", "geometrycollection"],
];

const Column = z.object({ table: z.string(), name: z.string(), type: z.string() });
const Sum = z.tuple([z.string(), z.string(), z.string(), z.string()]);

export interface Digested {
  readonly content: ContentDigest;
  /** Length of the widest row as SQL text, at most. */
  readonly widestRowBytes: number;
}

/**
 * Digest of all rows and count of all objects of a schema, in the session's snapshot: for each table
 * the sum of 60 bits of a hash of every row, which does not depend on the order of rows. Values are
 * hashed as they print, strings and blobs byte by byte as they are stored.
 *
 * Events are not counted: a side copy holds none, lest they run there. Broken views are not either.
 */
export async function digestOf(session: SqlSession, schema: string): Promise<Digested> {
  if (!(await schemaExists(session, schema))) {
    throw new AppError("ENGINE_CONNECT", "there is no such schema");
  }
  const tables = await tablesOf(session, schema);
  const columns = Map.groupBy(
    await session.rows(
      Column,
      `SELECT JSON_OBJECT('table', table_name, 'name', column_name, 'type', data_type)
       FROM information_schema.columns WHERE ${isSchema("table_schema", schema)}
       ORDER BY BINARY table_name, ordinal_position`,
    ),
    ({ table }) => table,
  );
  const entries: ContentEntry[] = [];
  let widestRowBytes = 0;
  for (const { name, kind } of tables) {
    if (kind !== "BASE TABLE" || name === PLAN_TABLE) continue;
    const { entry, widest } = await sumUp(session, schema, name, columns.get(name) ?? []);
    entries.push(entry);
    widestRowBytes = Math.max(widestRowBytes, widest);
  }
  const inventory = {
    ...(await inventoryOf(session, schema)),
    tables: tables.filter((t) => t.kind === "BASE TABLE" && t.name !== PLAN_TABLE).length,
    sequences: tables.filter((t) => t.kind === "SEQUENCE").length,
    views: viewsOf(tables, { broken: false }).length,
  };
  return {
    content: await contentDigest({ algorithm: "mariadb-row-md5-sum-1", inventory, entries }),
    widestRowBytes,
  };
}

async function sumUp(
  session: SqlSession,
  schema: string,
  table: string,
  columns: readonly z.infer<typeof Column>[],
): Promise<{ entry: ContentEntry; widest: number }> {
  const parts = columns.map(({ name, type }) => {
    const column = quoteIdent(name);
    return LONG_TYPES.includes(type)
      ? `IFNULL(MD5(${column}), 'N')`
      : `IFNULL(CONCAT(OCTET_LENGTH(CAST(${column} AS BINARY)), ':', CAST(${column} AS BINARY)), 'N')`;
  });
  // Twice, for a dump spells bytes as hexadecimal digits.
  const widths = columns.map(({ name }) => `IFNULL(2 * OCTET_LENGTH(${quoteIdent(name)}), 4) + 3`);
  // The metadata lock that reading takes is given back, so that it does not last as long as the dump.
  await session.ask("SAVEPOINT pulih_digest");
  const [sum] = await session.rows(
    Sum,
    `SELECT JSON_ARRAY(CAST(COUNT(*) AS CHAR), CAST(COUNT(h) AS CHAR),
       CAST(IFNULL(SUM(CAST(CONV(LEFT(h, 15), 16, 10) AS UNSIGNED)), 0) AS CHAR),
       CAST(IFNULL(MAX(w), 0) AS CHAR))
     FROM (SELECT MD5(CONCAT_WS('|', ${parts.join(", ")})) AS h, ${widths.join(" + ")} AS w
           FROM ${quoteIdent(schema)}.${quoteIdent(table)}) hashes`,
  );
  await session.ask("ROLLBACK TO SAVEPOINT pulih_digest");
  if (!sum) throw new AppError("INTERNAL", "a sum has no row");
  const [count, hashed, digest, widest] = sum;
  if (count !== hashed) {
    throw new AppError("ENGINE_UNSUPPORTED", "a row is wider than the server can hash");
  }
  return { entry: { name: table, count: Number(count), digest }, widest: Number(widest) };
}

async function inventoryOf(session: SqlSession, schema: string): Promise<Record<string, number>> {
  const notPlan = `AND table_name <> ${quoteLiteral(PLAN_TABLE)}`;
  const counted = (view: string, column: string, rest = "", what = "*") =>
    `(SELECT COUNT(${what}) FROM information_schema.${view} WHERE ${isSchema(column, schema)} ${rest})`;
  const [counts] = await session.rows(
    z.record(z.string(), z.int().nonnegative()),
    `SELECT JSON_OBJECT(
       'columns', ${counted(
         "columns",
         "table_schema",
         `${notPlan} AND table_name IN (
         SELECT table_name FROM information_schema.tables
         WHERE ${isSchema("table_schema", schema)} AND table_type = 'BASE TABLE')`,
       )},
       'indexes', ${counted("statistics", "table_schema", notPlan, "DISTINCT table_name, index_name")},
       'foreignKeys', ${counted("referential_constraints", "constraint_schema")},
       'checks', ${counted("check_constraints", "constraint_schema")},
       'triggers', ${counted("triggers", "trigger_schema")},
       'routines', ${counted("routines", "routine_schema")})`,
  );
  return counts ?? {};
}
