import { type SQL, sql } from "drizzle-orm";

/**
 * Compare-and-set inside a batch: a statement that fails the whole batch unless the condition
 * holds, since an UPDATE that matches no row fails nothing. json() of text that is no JSON is the
 * one failure that every SQLite has as an expression.
 */
export function guard(condition: SQL): SQL {
  return sql`SELECT CASE WHEN (${condition}) THEN 1 ELSE json('guard') END`;
}

/** Which of the batch's promises was broken, if one was. */
export function brokenPromise(error: unknown): "guard" | "unique" | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (/malformed JSON/i.test(cause.message)) return "guard";
    if (/UNIQUE constraint failed/i.test(cause.message)) return "unique";
  }
  return null;
}
