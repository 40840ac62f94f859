import { z } from "zod";
import type { SqlSession } from "../sql-session.ts";
import { hexLiteral } from "./connect.ts";
import { isSchema } from "./objects.ts";

/** One account's rights on one routine, as the server keeps them. */
export const RoutineRight = z.object({
  host: z.string(),
  user: z.string(),
  name: z.string(),
  kind: z.string(),
  grantor: z.string(),
  rights: z.string(),
});
export type RoutineRight = z.infer<typeof RoutineRight>;

/**
 * Who may run or change which routine. Other rights stay with the name of a schema or a table, whatever
 * becomes of it; these the server forgets together with the routine, and a restore makes routines anew.
 */
export function routineRightsOf(session: SqlSession, schema: string): Promise<RoutineRight[]> {
  return session.rows(
    RoutineRight,
    `SELECT JSON_OBJECT('host', Host, 'user', User, 'name', Routine_name, 'kind', Routine_type,
       'grantor', Grantor, 'rights', Proc_priv) FROM mysql.procs_priv WHERE ${isSchema("Db", schema)}`,
  );
}

/**
 * Gives them back on what is there now. Written as the server keeps them: to GRANT what others gave,
 * the agent would need the right to grant everything. Idempotent.
 */
export async function giveBack(
  session: SqlSession,
  schema: string,
  wanted: readonly RoutineRight[],
): Promise<void> {
  if (wanted.length === 0) return;
  const present = new Set(
    await session.rows(
      z.string(),
      `SELECT JSON_QUOTE(CONCAT(routine_type, ' ', LOWER(routine_name)))
       FROM information_schema.routines WHERE ${isSchema("routine_schema", schema)}`,
    ),
  );
  const rows = wanted
    .filter(({ kind, name }) => present.has(`${kind} ${name.toLowerCase()}`))
    .map(({ host, user, name, kind, grantor, rights }) =>
      [host, schema, user, name, kind, grantor, rights].map(hexLiteral).join(", "),
    );
  if (rows.length === 0) return;
  await session.ask(
    `INSERT IGNORE INTO mysql.procs_priv
       (Host, Db, User, Routine_name, Routine_type, Grantor, Proc_priv) VALUES (${rows.join("), (")})`,
  );
  await session.ask("FLUSH PRIVILEGES");
}
