import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Definition } from "./definition-changes.ts";

const KINDS: Readonly<Record<string, string>> = {
  table: "tables",
  virtual: "virtualTables",
  index: "indexes",
  view: "views",
  trigger: "triggers",
};

/**
 * What one of the attached databases defines, as SQLite itself keeps it: in the words of whoever made
 * it. What it makes by itself (indexes of keys, shadows of virtual tables, statistics) follows from that.
 */
export function definitionsOf(db: DatabaseSync, schema: "main" | "side"): Definition[] {
  const rows = db
    .prepare(
      `SELECT coalesce(l.type, s.type) AS kind, s.type, s.name, s.tbl_name, s.sql
       FROM ${schema}.sqlite_schema s
       LEFT JOIN pragma_table_list l ON l.schema = ? AND l.name = s.name AND s.type = 'table'
       WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND coalesce(l.type, '') <> 'shadow'`,
    )
    .all(schema);
  return rows.map((row) => {
    const [name, table] = [String(row.name), String(row.tbl_name)];
    const kind = KINDS[String(row.kind)] ?? String(row.kind);
    const hash = createHash("md5").update(String(row.sql)).digest("hex");
    const isPart = row.type === "index" || row.type === "trigger";
    return isPart ? { kind, name: `${name} ON ${table}`, hash, of: table } : { kind, name, hash };
  });
}
