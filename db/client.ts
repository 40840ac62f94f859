import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Client, createClient, type InStatement, type ResultSet } from "@libsql/client";
import type { Query, SQL } from "drizzle-orm";
import { drizzle, type LibSQLDatabase } from "drizzle-orm/libsql";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import * as schema from "./schema/index.ts";

/** How long a statement waits for another process (the admin CLI) that holds the file. */
const BUSY_TIMEOUT_MS = 5_000;

/** Anything drizzle can turn into one statement. */
export type Statement = { toSQL(): Query } | SQL;

/**
 * The database as the services see it: single statements through `orm`, several at once through
 * `write`. There is no interactive transaction: with this driver a second one fails at once or
 * freezes the event loop, and a batch cannot interleave with anything.
 */
export interface Database {
  readonly orm: LibSQLDatabase<typeof schema>;
  /** All or nothing, in one write transaction. */
  write(statements: readonly Statement[]): Promise<ResultSet[]>;
  close(): void;
}

/**
 * Opens a libSQL file (`file:…`) or server. One process owns the file; the admin CLI may join it
 * for single statements. synchronous is FULL and foreign_keys ON by default in every connection of
 * the pool, where a PRAGMA would reach only one of them; journal_mode stays in the file.
 */
export async function openDatabase(input: {
  readonly url: string;
  readonly authToken?: string | undefined;
}): Promise<Database> {
  const local = input.url.startsWith("file:");
  if (local && !input.url.includes(":memory:")) {
    await mkdir(dirname(pathOf(input.url)), { recursive: true, mode: 0o700 });
  }
  const client: Client = createClient({
    url: input.url,
    ...(input.authToken === undefined ? {} : { authToken: input.authToken }),
    ...(local ? { timeout: BUSY_TIMEOUT_MS } : {}),
  });
  if (local) await client.execute("PRAGMA journal_mode = WAL");
  const dialect = new SQLiteSyncDialect();
  return {
    orm: drizzle(client, { schema }),
    write: (statements) =>
      client.batch(
        statements.map((statement): InStatement => {
          const query = "toSQL" in statement ? statement.toSQL() : dialect.sqlToQuery(statement);
          return { sql: query.sql, args: query.params as never };
        }),
        "write",
      ),
    close: () => client.close(),
  };
}

function pathOf(url: string): string {
  return url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length);
}
