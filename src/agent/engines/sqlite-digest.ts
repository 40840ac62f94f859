import { createHash, type Hash } from "node:crypto";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ContentDigest, ContentEntry } from "#protocol/manifest.ts";
import { contentDigest } from "./content-digest.ts";

/**
 * sqlite-rows-1: per table SHA-256 over all rows in the order of the table's own tree (rowid, or
 * primary key of WITHOUT ROWID), each value with its storage class, so that 1, 1.0 and '1' differ;
 * plus the schema's own text. Page layout, free pages and the journal mode do not count.
 */
export const SQLITE_DIGEST = "sqlite-rows-1";

/** SQLite allows 2,000 result columns; each column of a table takes two. */
const COLUMNS_PER_PASS = 800;
/** The agent must go on renewing leases while a large table is read. */
const TURN_MS = 20;

/** Digest of what the connection sees, in one read transaction. */
export async function digestSqlite(db: DatabaseSync, signal: AbortSignal): Promise<ContentDigest> {
  db.exec("BEGIN");
  try {
    const entries: ContentEntry[] = [schemaEntry(db)];
    for (const table of tablesOf(db)) entries.push(await tableEntry(db, table, signal));
    return await contentDigest({
      algorithm: SQLITE_DIGEST,
      inventory: inventoryOf(db),
      entries,
    });
  } finally {
    db.exec("ROLLBACK");
  }
}

function inventoryOf(db: DatabaseSync): Record<string, number> {
  const count = (sql: string) => Number(db.prepare(sql).get()?.n ?? 0);
  const ofType = (type: string) =>
    count(`SELECT count(*) AS n FROM sqlite_schema WHERE type = '${type}'`);
  return {
    tables: ofType("table"),
    virtualTables: count(
      "SELECT count(*) AS n FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual'",
    ),
    indexes: ofType("index"),
    views: ofType("view"),
    triggers: ofType("trigger"),
  };
}

function schemaEntry(db: DatabaseSync): ContentEntry {
  const hash = createHash("sha256");
  for (const pragma of ["encoding", "user_version", "application_id"]) {
    hashRow(hash, Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {}), () => false);
  }
  const rows = db
    .prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name, tbl_name")
    .all();
  for (const row of rows) hashRow(hash, Object.values(row), () => false);
  return { name: "schema", count: rows.length, digest: hash.digest("hex") };
}

/** Every table that has rows of its own; the rows of a virtual one lie in its shadow tables. */
function tablesOf(db: DatabaseSync): string[] {
  return db
    .prepare(
      `SELECT name FROM pragma_table_list
       WHERE schema = 'main' AND type IN ('table', 'shadow') AND name <> 'sqlite_schema'`,
    )
    .all()
    .map((row) => String(row.name));
}

async function tableEntry(
  db: DatabaseSync,
  table: string,
  signal: AbortSignal,
): Promise<ContentEntry> {
  const hash = createHash("sha256");
  const columns = storedColumns(db, table);
  let count = 0;
  let turnEnds = performance.now() + TURN_MS;
  for (let from = 0; from < Math.max(columns.length, 1); from += COLUMNS_PER_PASS) {
    count = 0;
    for (const row of rowsOf(db, table, columns.slice(from, from + COLUMNS_PER_PASS))) {
      hashRow(hash, row.filter(isValue), (index) => row[index * 2] === 1n);
      count += 1;
      if (count % 64 === 0 && performance.now() > turnEnds) {
        await nextTurn(undefined, { signal });
        turnEnds = performance.now() + TURN_MS;
      }
    }
  }
  signal.throwIfAborted();
  return { name: `table ${table}`, count, digest: hash.digest("hex") };
}

/** Columns that are stored; virtual generated ones follow from the others. */
function storedColumns(db: DatabaseSync, table: string): string[] {
  return db
    .prepare("SELECT name FROM pragma_table_xinfo(?) WHERE hidden IN (0, 3) ORDER BY cid")
    .all(table)
    .map((row) => String(row.name));
}

/**
 * Per column whether it is text, then its value. Text comes as its bytes: JavaScript would mend what
 * is not valid in the database's encoding, and two different values would look the same.
 */
function rowsOf(
  db: DatabaseSync,
  table: string,
  columns: readonly string[],
): Iterable<readonly SQLOutputValue[]> {
  const list = columns.flatMap((column) => {
    const name = quoted(column);
    return [
      `typeof(${name}) = 'text'`,
      `CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END`,
    ];
  });
  const rows = db.prepare(`SELECT ${list.join(", ") || "0, 0"} FROM ${quoted(table)} NOT INDEXED`);
  rows.setReadBigInts(true);
  rows.setReturnArrays(true);
  return rows.iterate() as unknown as Iterable<readonly SQLOutputValue[]>;
}

function isValue(_: SQLOutputValue, index: number): boolean {
  return index % 2 === 1;
}

function hashRow(
  hash: Hash,
  values: readonly SQLOutputValue[],
  isText: (index: number) => boolean,
): void {
  values.forEach((value, index) => {
    if (value === null) hash.update("n;");
    else if (typeof value === "bigint") hash.update(`i${value};`);
    else if (typeof value === "number") hash.update(`r${doubleHex(value)};`);
    else {
      const bytes = typeof value === "string" ? Buffer.from(value) : value;
      hash.update(`${isText(index) ? "t" : "b"}${bytes.byteLength};`);
      hash.update(bytes);
    }
  });
  hash.update("\n");
}

function doubleHex(value: number): string {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
