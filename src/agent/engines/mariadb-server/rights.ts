import { z } from "zod";
import { Definition, type Sorted, sorted } from "../definition-changes.ts";
import { quoteIdent } from "../mariadb/connect.ts";
import type { SqlSession } from "../sql-session.ts";

/** Where a server keeps who may do what, and how each row is told: all of them, accounts first. */
const TOLD: Readonly<Record<string, string>> = {
  global_priv: "''",
  db: "CONCAT(' ON ', Db, '.*')",
  tables_priv: "CONCAT(' ON ', Db, '.', Table_name)",
  columns_priv: "CONCAT(' ON ', Db, '.', Table_name, ' (', Column_name, ')')",
  procs_priv: "CONCAT(' ON ', LOWER(Routine_type), ' ', Db, '.', Routine_name)",
  roles_mapping: "CONCAT(' ON ROLE ', Role)",
};

export const RIGHTS_TABLES = Object.keys(TOLD);

/**
 * Accounts and their rights. The whole server's go with its data folder, so a restore changes them.
 * Read from the tables themselves: a copy is opened without asking for accounts, and lists no rights.
 */
export async function rightsOf(session: SqlSession): Promise<Sorted[]> {
  const selects: string[] = [];
  for (const [table, of] of Object.entries(TOLD)) {
    const hash = await rightHash(session, table);
    selects.push(
      `SELECT JSON_OBJECT('kind', '${table === "global_priv" ? "accounts" : "grants"}',
         'name', CONCAT(User, '@', Host, ${of}), 'hash', ${hash}) FROM mysql.${table}`,
    );
  }
  const found = await session.rows(Definition, selects.join(" UNION ALL "));
  const accounts = found.filter(({ kind }) => kind === "accounts").map(({ name }) => name);
  // Of an account that comes or goes its rights are not told one by one.
  return sorted(
    found.map((one) =>
      one.kind === "accounts"
        ? one
        : { ...one, of: accounts.find((account) => one.name.startsWith(`${account} ON `)) },
    ),
  );
}

/** SQL for the hash of one row of such a table: of all of it but when it was written. */
export async function rightHash(session: SqlSession, table: string): Promise<string> {
  const columns = await session.rows(
    z.string(),
    `SELECT JSON_QUOTE(column_name) FROM information_schema.columns
     WHERE table_schema = 'mysql' AND table_name = '${table}' AND column_name <> 'Timestamp'
     ORDER BY ordinal_position`,
  );
  const row = columns.map((name) => `IFNULL(MD5(${quoteIdent(name)}), 'N')`).join(", ");
  return `MD5(CONCAT_WS('|', ${row}))`;
}
