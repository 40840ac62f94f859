import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { migrate as applyMigrations } from "drizzle-orm/libsql/migrator";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { AppError } from "#domain/errors.ts";
import type { Database } from "./client.ts";

export const MIGRATIONS = fileURLToPath(new URL("./migrations", import.meta.url));
const LEDGER = "__drizzle_migrations";

/**
 * Brings the schema to what this program knows. Throws DB_MIGRATION where the file was written by a
 * newer program: an old one must not guess what the new columns mean.
 */
export async function migrate(database: Database): Promise<{ readonly applied: number }> {
  const known = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  const before = await ledger(database);
  const newest = known.at(-1)?.folderMillis ?? 0;
  if (before.some((when) => when > newest)) {
    throw new AppError(
      "DB_MIGRATION",
      `ledger holds ${before.length} migrations, program knows ${known.length}`,
    );
  }
  await applyMigrations(database.orm, { migrationsFolder: MIGRATIONS, migrationsTable: LEDGER });
  return { applied: known.length - before.length };
}

async function ledger(database: Database): Promise<number[]> {
  const found = await database.orm.all<{ name: string }>(
    sql`SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ${LEDGER}`,
  );
  if (found.length === 0) return [];
  const rows = await database.orm.all<{ created_at: number }>(
    sql`SELECT created_at FROM ${sql.identifier(LEDGER)} ORDER BY created_at`,
  );
  return rows.map((row) => Number(row.created_at));
}
