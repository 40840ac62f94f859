import { z } from "zod";
import { AppError, isAppError } from "#domain/errors.ts";
import type { EngineIo } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, type PostgresTarget } from "./connect.ts";

/** A text form of 1 GiB is the server's limit; rows that come near it cannot be dumped as text. */
const ROW_TEXT_BYTES_MAX = 900_000_000;
/** Tables whose out-of-line part is smaller than this cannot hold such a row, however compressed. */
const WIDE_BYTES_MIN = 2 * 1024 * 1024;
/** No method of the server's compresses further. */
const COMPRESSION_MAX = 255;

/** Types whose length is stored beside the row, so that a value need not be read. */
const PLAIN = "('bytea'::regtype, 'text'::regtype, 'varchar'::regtype)";

const Wide = z.object({
  name: z.string(),
  /** How long the plain columns are as text. */
  plain: z.string().nullable(),
  /** What others take as they are stored, and how long they are as text. */
  stored: z.string().nullable(),
  others: z.string().nullable(),
});

const sumOf = (expression: string, of: string) =>
  `string_agg(format(${expression}, a.attname), ' + ') FILTER (WHERE ${of})`;

const COLUMNS = `
  SELECT ${sumOf(
    `CASE a.atttypid WHEN 'bytea'::regtype THEN 'coalesce(2 * octet_length(t.%I)::int8, 0)'
                     ELSE 'coalesce(octet_length(t.%I)::int8, 0)' END`,
    `a.atttypid IN ${PLAIN}`,
  )} AS plain,
    ${sumOf("'coalesce(pg_column_size(t.%I)::int8, 0)'", `a.atttypid NOT IN ${PLAIN}`)} AS stored,
    ${sumOf("'coalesce(octet_length(t.%I::text)::int8, 0)'", `a.atttypid NOT IN ${PLAIN}`)} AS others
  FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attlen = -1 AND a.attstorage <> 'p' AND a.atttypid <> 'numeric'::regtype`;

/**
 * Throws ENGINE_UNSUPPORTED before a dump of hours would fail at such a row. Reads each table that may
 * hold one once, and of it lengths only; values (of json, arrays and the like) only where they take
 * some megabytes as they are stored.
 */
export async function assertRowsFit(
  session: SqlSession,
  target: PostgresTarget,
  io: EngineIo,
): Promise<void> {
  const tooWide: string[] = [];
  const tables = await session.rows(
    Wide,
    `SELECT json_build_object('name', format('%I.%I', n.nspname, c.relname),
       'plain', plain, 'stored', stored, 'others', others)
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
       LATERAL (${COLUMNS}) columns
     WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.reltoastrelid <> 0
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND pg_relation_size(c.reltoastrelid) > ${WIDE_BYTES_MIN}`,
  );
  for (const { name, plain, stored, others } of tables) {
    const width = `${plain ?? 0} + ${others ?? 0}`;
    const atMost = `${plain ?? 0} + ${COMPRESSION_MAX} * (${stored ?? 0})`;
    const [mayBeWide] = await session.rows(
      z.boolean(),
      `SELECT to_json(coalesce(max(${atMost}) > ${ROW_TEXT_BYTES_MAX}, false)) FROM ONLY ${name} t`,
    );
    const isTooWide =
      mayBeWide === true &&
      (others === null || (await hasWide(target, io, name, { atMost, width })));
    if (isTooWide) tooWide.push(name);
  }
  if (tooWide.length === 0) return;
  io.log("rows of these tables are too wide to be dumped as text", { tables: tooWide });
  throw new AppError("ENGINE_UNSUPPORTED", "rows are too wide to be dumped as text", {
    detail: { textBytesMax: ROW_TEXT_BYTES_MAX, tables: tooWide.length },
  });
}

/** In a session of its own, for a single value that no text can hold ends it. */
async function hasWide(
  target: PostgresTarget,
  io: EngineIo,
  table: string,
  { atMost, width }: { readonly atMost: string; readonly width: string },
): Promise<boolean> {
  try {
    await using session = await connect(target, target.database, io);
    const [isWide] = await session.rows(
      z.boolean(),
      `SELECT to_json(EXISTS (SELECT FROM ONLY ${table} t
         WHERE CASE WHEN ${atMost} > ${ROW_TEXT_BYTES_MAX} THEN ${width} > ${ROW_TEXT_BYTES_MAX}
               ELSE false END))`,
    );
    return isWide === true;
  } catch (error) {
    // Whether it was such a value pg_dump will say: the server's words are not for us to read here.
    if (isAppError(error) && error.code !== "JOB_CANCELLED") return false;
    throw error;
  }
}
