import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { definitionChanges, sorted } from "./definition-changes.ts";
import type { UnitChange } from "./engine.ts";
import { definitionsOf } from "./sqlite-definitions.ts";

/**
 * Rows that only one of two databases has, and rows of one key with other content, per table, by
 * SQLite itself: both are read through their own trees, so no row is held and nothing is sorted.
 *
 * - a row is known by its declared primary key, else by its rowid
 * - values are equal as the digest means it: storage class and bytes, whatever the collation
 * - SQLite's own bookkeeping (sequences, statistics) is no content of people
 */
export async function* changesBetween(
  live: DatabaseSync,
  sidePath: string,
): AsyncGenerator<UnitChange> {
  const side = pathToFileURL(sidePath);
  side.search = "mode=ro&immutable=1";
  live.prepare("ATTACH ? AS side").run(side.href);
  live.exec("BEGIN");
  const here = new Set(tablesOf(live, "main"));
  const there = new Set(tablesOf(live, "side"));
  for (const table of [...new Set([...here, ...there])].sort()) {
    const change = changeOf(live, table, here.has(table), there.has(table));
    if (change.added + change.changed + change.lost > 0) yield change;
  }
  const [mine, theirs] = [definitionsOf(live, "main"), definitionsOf(live, "side")];
  yield* await definitionChanges(sorted(mine), sorted(theirs));
}

type Schema = "main" | "side";

interface Column {
  readonly name: string;
  /** Place in the declared primary key, from 1; 0 outside of it. */
  readonly pk: number;
}

function changeOf(db: DatabaseSync, name: string, isLive: boolean, isSide: boolean): UnitChange {
  const all = (schema: Schema) => count(db, `SELECT count(*) AS n FROM ${schema}.${quoted(name)}`);
  if (!isLive) return { name, added: all("side"), changed: 0, lost: 0 };
  if (!isSide) return { name, added: 0, changed: 0, lost: all("main") };
  const mine = columnsOf(db, "main", name);
  const theirs = columnsOf(db, "side", name);
  const key = keyOf(db, name, mine, theirs);
  if (key === null) return { name, added: all("side"), changed: 0, lost: all("main") };
  const match = key.map((column) => `l.${quoted(column)} IS s.${quoted(column)}`).join(" AND ");
  const only = (one: string, other: string) =>
    count(
      db,
      `SELECT count(*) AS n FROM ${one} WHERE NOT EXISTS (SELECT 1 FROM ${other} WHERE ${match})`,
    );
  const liveRows = `main.${quoted(name)} AS l`;
  const sideRows = `side.${quoted(name)} AS s`;
  return {
    name,
    added: only(sideRows, liveRows),
    changed: changedRows(db, `${liveRows} JOIN ${sideRows} ON ${match}`, [
      mine.map((column) => column.name),
      theirs.map((column) => column.name),
    ]),
    lost: only(liveRows, sideRows),
  };
}

function changedRows(
  db: DatabaseSync,
  joined: string,
  [mine, theirs]: readonly [readonly string[], readonly string[]],
): number {
  // Rows of another form have other content, all of them.
  if (JSON.stringify(mine) !== JSON.stringify(theirs)) {
    return count(db, `SELECT count(*) AS n FROM ${joined}`);
  }
  // Bytes, since a collation may call different texts equal.
  const differs = mine.map((column) => {
    const [l, s] = [`l.${quoted(column)}`, `s.${quoted(column)}`];
    return `typeof(${l}) <> typeof(${s}) OR ${l} IS NOT ${s} COLLATE BINARY`;
  });
  // SQLite allows expressions 1,000 deep; a balanced tree of ORs stays flat however wide the table is.
  return count(db, `SELECT count(*) AS n FROM ${joined} WHERE ${eitherOf(differs)}`);
}

function eitherOf(conditions: readonly string[]): string {
  if (conditions.length <= 1) return conditions[0] ?? "0";
  const half = conditions.length >> 1;
  return `(${eitherOf(conditions.slice(0, half))} OR ${eitherOf(conditions.slice(half))})`;
}

/** Names by which a row is known in both; null where there is none. */
function keyOf(
  db: DatabaseSync,
  table: string,
  mine: readonly Column[],
  theirs: readonly Column[],
): string[] | null {
  const declared = declaredKeyOf(mine);
  if (JSON.stringify(declared) !== JSON.stringify(declaredKeyOf(theirs))) return null;
  // SQLite lets a declared key be NULL, in any number of rows.
  const isNull = declared.map((name) => `${quoted(name)} IS NULL`).join(" OR ");
  const hasNull = (schema: Schema) =>
    count(db, `SELECT count(*) AS n FROM ${schema}.${quoted(table)} WHERE ${isNull}`) > 0;
  if (declared.length > 0 && !hasNull("main") && !hasNull("side")) return declared;
  const taken = new Set([...mine, ...theirs].map(({ name }) => name.toLowerCase()));
  const rowid = ["rowid", "_rowid_", "oid"].find((name) => !taken.has(name));
  return rowid === undefined ? null : [rowid];
}

function declaredKeyOf(columns: readonly Column[]): string[] {
  return columns
    .filter(({ pk }) => pk > 0)
    .sort((one, other) => one.pk - other.pk)
    .map(({ name }) => name);
}

/** Columns that are stored; virtual generated ones follow from the others. */
function columnsOf(db: DatabaseSync, schema: Schema, table: string): Column[] {
  return db
    .prepare("SELECT name, pk FROM pragma_table_xinfo(?, ?) WHERE hidden IN (0, 3) ORDER BY cid")
    .all(table, schema)
    .map((row) => ({ name: String(row.name), pk: Number(row.pk) }));
}

function tablesOf(db: DatabaseSync, schema: Schema): string[] {
  return db
    .prepare(
      `SELECT name FROM pragma_table_list
       WHERE schema = ? AND type IN ('table', 'shadow') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .all(schema)
    .map((row) => String(row.name));
}

function count(db: DatabaseSync, sql: string): number {
  return Number(db.prepare(sql).get()?.n ?? 0);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
