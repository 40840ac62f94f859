/**
 * A program of its own: `node sqlite-integrity.ts <file>`. SQLite's check of a large database is one
 * call of minutes; in the agent's process it would hold up leases and could not be called off.
 * Ends with 0 where the database is whole: pages, indexes, and as many pages as its header says.
 */
import { statSync } from "node:fs";
import { openSqlite } from "./sqlite-connection.ts";

const [path = ""] = process.argv.slice(2);
const db = openSqlite(path, "immutable");
const findings = db.prepare("PRAGMA integrity_check(1)").all();
const pages = Number(db.prepare("PRAGMA page_count").get()?.page_count);
const pageSize = Number(db.prepare("PRAGMA page_size").get()?.page_size);
db.close();
const isWhole =
  findings.length === 1 &&
  findings[0]?.integrity_check === "ok" &&
  pages > 0 &&
  statSync(path).size === pages * pageSize;
process.exitCode = isWhole ? 0 : 1;
