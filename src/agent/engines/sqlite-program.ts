/**
 * A program of its own, since one statement may take minutes: in the agent's process it would hold
 * up leases and could not be called off.
 *
 *   node sqlite-program.ts whole   <file>          0: pages, indexes and the size are in order
 *   node sqlite-program.ts sound   <file> [live]   as `whole`, and no foreign key leads nowhere
 *   node sqlite-program.ts compare <live> <side>   prints the changes, one JSON object a line
 *   node sqlite-program.ts answer  <file> [live]   runs the statement of stdin, prints its rows
 *
 * Ends with 1 where the database is damaged or the statement fails, with 2 where it cannot be read.
 * `live` reads as other readers do; without it nobody else may write the file.
 */
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { answerOf } from "./sqlite-answer.ts";
import { changesBetween } from "./sqlite-compare.ts";
import { isDamage, openSqlite, readingSqlite } from "./sqlite-connection.ts";

const [verb = "", file = "", second = ""] = process.argv.slice(2);
try {
  process.exitCode = await run();
} catch (error) {
  process.exitCode = isDamage(error) ? 1 : 2;
}

async function run(): Promise<number> {
  if (verb === "whole") return reading(async (db) => (isWhole(db, file) ? 0 : 1));
  if (verb === "sound") return reading(async (db) => (isSound(db) ? 0 : 1));
  if (verb === "compare") {
    return readingSqlite(file, async (db) => {
      for await (const change of changesBetween(db, second)) {
        process.stdout.write(`${JSON.stringify(change)}\n`);
      }
      return 0;
    });
  }
  const statement = await text(process.stdin);
  return reading(async (db) => {
    const answer = answerOf(db, statement);
    if (answer === null) return 1;
    process.stdout.write(answer);
    return 0;
  });
}

async function reading(act: (db: DatabaseSync) => Promise<number>): Promise<number> {
  if (second === "live") return readingSqlite(file, act);
  const db = openSqlite(file, "immutable");
  try {
    return await act(db);
  } finally {
    db.close();
  }
}

function isSound(db: DatabaseSync): boolean {
  const findings = db.prepare("PRAGMA integrity_check(1)").all();
  if (findings.length !== 1 || findings[0]?.integrity_check !== "ok") return false;
  return db.prepare("PRAGMA foreign_key_check").get() === undefined;
}

/** As a file that was just written: SQLite itself does not mind what lies behind the last page. */
function isWhole(db: DatabaseSync, path: string): boolean {
  const findings = db.prepare("PRAGMA integrity_check(1)").all();
  const pages = Number(db.prepare("PRAGMA page_count").get()?.page_count);
  const pageSize = Number(db.prepare("PRAGMA page_size").get()?.page_size);
  const isSized = pages > 0 && statSync(path).size === pages * pageSize;
  return findings.length === 1 && findings[0]?.integrity_check === "ok" && isSized;
}
