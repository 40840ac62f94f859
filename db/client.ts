import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Client, createClient, type InStatement, type ResultSet } from "@libsql/client";
import { fillPlaceholders, type Query, type SQL } from "drizzle-orm";
import { drizzle, type LibSQLDatabase } from "drizzle-orm/libsql";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import * as schema from "./schema/index.ts";
import { shareCommits } from "./shared-commit.ts";

/** How long a statement waits for another process (the admin CLI) that holds the file. */
const BUSY_TIMEOUT_MS = 5_000;

/** Anything drizzle can turn into one statement. */
export type Statement = { toSQL(): Query } | SQL;

export type Orm = LibSQLDatabase<typeof schema>;

/**
 * The database as the services see it: single statements through `orm`, several at once through
 * `write`. There is no interactive transaction: with this driver a second one fails at once or
 * freezes the event loop, and a batch cannot interleave with anything.
 */
export interface Database {
  readonly orm: Orm;
  /** All or nothing, in one write transaction. */
  write(statements: readonly Statement[]): Promise<ResultSet[]>;
  /**
   * What `make` builds, built at the first call only: to make the text of a statement costs more than
   * to run it. For statements with placeholders that are asked again and again.
   */
  kept<T>(make: (orm: Orm) => T): T;
  /**
   * One statement that stands for itself, such as a compare-and-set. Answered after its commit, which
   * it shares with the others of the same turn; one that fails, fails alone. `make` as in `kept`.
   */
  writeShared(
    make: (orm: Orm) => { toSQL(): Query },
    values: Readonly<Record<string, unknown>>,
  ): Promise<ResultSet>;
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
  const orm = drizzle(client, { schema });
  const share = shareCommits(client);
  const made = new Map<unknown, unknown>();
  const once = <T>(key: unknown, make: () => T): T => {
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as T;
  };
  return {
    orm,
    kept: (make) => once(make, () => make(orm)),
    write: (statements) =>
      client.batch(
        statements.map((statement): InStatement => {
          const query = "toSQL" in statement ? statement.toSQL() : dialect.sqlToQuery(statement);
          return { sql: query.sql, args: query.params as never };
        }),
        "write",
      ),
    writeShared(make, values) {
      const { sql, params } = once(make, () => make(orm).toSQL());
      return share({ sql, args: fillPlaceholders(params, values) as never });
    },
    close: () => client.close(),
  };
}

function pathOf(url: string): string {
  return url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length);
}
