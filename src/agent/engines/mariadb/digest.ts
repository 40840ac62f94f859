import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { ContentDigest, ContentEntry } from "#protocol/manifest.ts";
import { contentDigest } from "../content-digest.ts";
import type { SqlSession } from "../sql-session.ts";
import { inSchema, quoteIdent, quoteLiteral } from "./connect.ts";
import { isSchema, schemaExists, tablesOf, viewsOf } from "./objects.ts";
import { PLAN_TABLE } from "./plan.ts";

/** Hashed by themselves, since CONCAT answers NULL for what exceeds max_allowed_packet. */
const LONG_TYPES = [
  ...["tinytext", "text", "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob"],
  ...["geometry", "point", "linestring", "polygon", "multipoint", "multilinestring"],
  ...["multipolygon", "geometrycollection"],
];

/** They print without a character that could be taken for a separator. */
const PLAIN_TYPES = [
  ...["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year"],
  ...["date", "time", "datetime", "timestamp"],
];

const UNICODE = /^(?:utf8|ucs2|utf16|utf32)/;

/** Strings of one and the same collation may stand together as they are. */
const STRING_TYPES = ["char", "varchar", "enum", "set"];

const Column = z.object({
  table: z.string(),
  name: z.string(),
  type: z.string(),
  collation: z.string().nullable(),
  isNullable: z.enum(["YES", "NO"]),
  isKey: z.union([z.boolean(), z.int()]).transform(Boolean),
});
export type Column = z.infer<typeof Column>;
const Sum = z.tuple([z.string(), z.string(), z.string()]);

/**
 * The hash of a row's columns, in hexadecimal digits. Not against forgers, who would have to pass the
 * vault's own hashes; of what all servers have, processors are quickest at SHA-1.
 */
export function rowHash(columns: readonly Column[]): string {
  const collations = new Set(
    columns.flatMap(({ type, collation }) => (STRING_TYPES.includes(type) ? [collation] : [])),
  );
  // Beside the digits of other columns only Unicode stands as it is; the bytes are the same.
  const isMixed = collations.size > 1 || [...collations].some((name) => !UNICODE.test(name ?? ""));
  const parts = columns.map((column) => hashArguments(column, isMixed));
  return `SHA1(CONCAT_WS('|', ${parts.join(", ")}))`;
}

/** Arguments for CONCAT_WS, which leaves NULL out. */
function hashArguments({ name, type, isNullable }: Column, isMixed: boolean): string {
  const column = quoteIdent(name);
  const orN = (expression: string) =>
    isNullable === "YES" ? `IFNULL(${expression}, 'N')` : expression;
  if (LONG_TYPES.includes(type)) return orN(`SHA1(${column})`);
  if (PLAIN_TYPES.includes(type)) return orN(column);
  const isAsItStands = STRING_TYPES.includes(type) && !isMixed;
  const value = isAsItStands ? column : `CAST(${column} AS BINARY)`;
  return `${orN(`OCTET_LENGTH(${value})`)}, ${value}`;
}

export interface Digested {
  readonly content: ContentDigest;
  /** Length of the widest row's long values as SQL text, at most. */
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
  await assertRoomToHash(session);
  const tables = await tablesOf(session, schema);
  const columns = await columnsOf(session, schema);
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
    content: await contentDigest({ algorithm: "mariadb-row-sha1-sum-1", inventory, entries }),
    widestRowBytes,
  };
}

/** By table, in their order. */
export async function columnsOf(
  session: SqlSession,
  schema: string,
): Promise<Map<string, Column[]>> {
  const columns = await session.rows(
    Column,
    `SELECT JSON_OBJECT('table', table_name, 'name', column_name, 'type', data_type,
       'collation', collation_name, 'isNullable', is_nullable, 'isKey', column_key = 'PRI')
     FROM information_schema.columns WHERE ${isSchema("table_schema", schema)}
     ORDER BY BINARY table_name, ordinal_position`,
  );
  return Map.groupBy(columns, ({ table }) => table);
}

async function sumUp(
  session: SqlSession,
  schema: string,
  table: string,
  columns: readonly Column[],
): Promise<{ entry: ContentEntry; widest: number }> {
  const lengths = columns
    .filter(({ type }) => LONG_TYPES.includes(type))
    .map(({ name }) => `IFNULL(OCTET_LENGTH(${quoteIdent(name)}), 0)`);
  // The metadata lock that reading takes is given back, so that it does not last as long as the dump.
  await session.ask("SAVEPOINT pulih_digest");
  const [sum] = await session.rows(
    Sum,
    `SELECT JSON_ARRAY(CAST(COUNT(*) AS CHAR), CAST(IFNULL(SUM(CAST(CONV(LEFT(
         ${rowHash(columns)}, 15), 16, 10) AS UNSIGNED)), 0) AS CHAR),
       CAST(IFNULL(MAX(${lengths.join(" + ") || "0"}), 0) AS CHAR))
     FROM ${inSchema(schema, table)}`,
  );
  await session.ask("ROLLBACK TO SAVEPOINT pulih_digest");
  if (!sum) throw new AppError("INTERNAL", "a sum has no row");
  const [count, digest, longest] = sum;
  return {
    entry: { name: table, count: Number(count), digest },
    // Twice, for a dump spells bytes as hexadecimal digits and escapes characters.
    widest: 2 * Number(longest),
  };
}

/** CONCAT answers NULL for what is longer, and the short columns of a row may have 64 KiB. */
async function assertRoomToHash(session: SqlSession): Promise<void> {
  const [hasRoom] = await session.ask("SELECT @@max_allowed_packet >= 1048576");
  if (hasRoom !== "1") {
    throw new AppError("ENGINE_UNSUPPORTED", "max_allowed_packet is below 1 MiB");
  }
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
