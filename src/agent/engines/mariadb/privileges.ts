import { AppError } from "#domain/errors.ts";
import type { SqlSession } from "../sql-session.ts";
import { quoteLiteral } from "./connect.ts";

/** Without one of these a dump ends well and lacks something: triggers, views, events, routines. */
const ON_SCHEMA = ["SELECT", "SHOW VIEW", "TRIGGER", "EVENT"];
/** To stop commits for the moment in which both snapshots begin, and to see that they did. */
const FOR_DUMP = ["RELOAD", "PROCESS"];
/** To make and swap schemas, keep users out, and give objects back to their definers. */
const FOR_RESTORE = [
  ...["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "REFERENCES"],
  ...["CREATE VIEW", "SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "TRIGGER", "EVENT"],
  ...["LOCK TABLES", "RELOAD", "PROCESS", "CONNECTION ADMIN", "SET USER"],
];

/**
 * Throws ENGINE_UNSUPPORTED where the account lacks a privilege. What it has through a role does not
 * count: the catalog lists only what was granted to the account itself.
 */
export async function assertMayDump(session: SqlSession, schema: string): Promise<void> {
  const globally = await granted(session, "user_privileges", "TRUE");
  const onSchema = await granted(
    session,
    "schema_privileges",
    `${quoteLiteral(schema)} LIKE table_schema`,
  );
  // Bodies of routines that others own are shown only to who may read the table they lie in.
  const onCode = new Set([
    ...(await granted(session, "schema_privileges", "'mysql' LIKE table_schema")),
    ...(await granted(
      session,
      "table_privileges",
      "table_schema = 'mysql' AND table_name = 'proc'",
    )),
  ]);
  const missing = [
    ...ON_SCHEMA.filter((name) => !globally.has(name) && !onSchema.has(name)),
    ...FOR_DUMP.filter((name) => !globally.has(name)),
    ...(globally.has("SELECT") || onCode.has("SELECT") || globally.has("SHOW CREATE ROUTINE")
      ? []
      : ["SELECT ON mysql.proc"]),
  ];
  refuse(missing);
}

export async function assertMayRestore(session: SqlSession): Promise<void> {
  const globally = await granted(session, "user_privileges", "TRUE");
  refuse(FOR_RESTORE.filter((name) => !globally.has(name)));
}

function refuse(missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new AppError("ENGINE_UNSUPPORTED", "the account lacks privileges", { detail: { missing } });
}

async function granted(session: SqlSession, view: string, where: string): Promise<Set<string>> {
  const me = `CONCAT(QUOTE(LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - 1
    - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))), '@',
    QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))`;
  return new Set(
    await session.ask(
      `SELECT privilege_type FROM information_schema.${view} WHERE grantee = ${me} AND ${where}`,
    ),
  );
}
