import { z } from "zod";
import type { SqlSession } from "../sql-session.ts";
import { quoteIdent, quoteLiteral } from "./connect.ts";

/** A role as `pg_dumpall --roles-only` would write it, but without its password's hash. */
export const RoleDefinition = z.object({
  name: z.string(),
  isSuperuser: z.boolean(),
  inherits: z.boolean(),
  mayCreateRoles: z.boolean(),
  mayCreateDatabases: z.boolean(),
  maySignIn: z.boolean(),
  mayReplicate: z.boolean(),
  bypassesRowSecurity: z.boolean(),
  connectionLimit: z.int(),
  validUntil: z.string().nullable(),
  memberOf: z.array(z.object({ role: z.string(), mayAdmin: z.boolean() })),
});
export type RoleDefinition = z.infer<typeof RoleDefinition>;

/**
 * The given roles, those they get rights from and those that get rights through them: all it takes to
 * let the same people do the same in the restored database.
 */
export function rolesAround(
  session: SqlSession,
  names: readonly string[],
): Promise<RoleDefinition[]> {
  return session.rows(
    RoleDefinition,
    `WITH RECURSIVE wanted AS (
       SELECT oid FROM pg_catalog.pg_roles WHERE rolname IN (
         SELECT json_array_elements_text(${quoteLiteral(JSON.stringify(names))}::json))
     ),
     above AS (
       SELECT oid FROM wanted
       UNION SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN above ON m.member = above.oid
     ),
     below AS (
       SELECT oid FROM wanted
       UNION SELECT m.member FROM pg_catalog.pg_auth_members m JOIN below ON m.roleid = below.oid
     )
     SELECT json_build_object(
       'name', rolname, 'isSuperuser', rolsuper, 'inherits', rolinherit,
       'mayCreateRoles', rolcreaterole, 'mayCreateDatabases', rolcreatedb,
       'maySignIn', rolcanlogin, 'mayReplicate', rolreplication,
       'bypassesRowSecurity', rolbypassrls, 'connectionLimit', rolconnlimit,
       'validUntil', rolvaliduntil::text,
       'memberOf', (
         SELECT coalesce(json_agg(DISTINCT jsonb_build_object(
           'role', pg_get_userbyid(m.roleid), 'mayAdmin', m.admin_option)), '[]')
         FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid))
     FROM pg_catalog.pg_roles r
     WHERE (oid IN (SELECT oid FROM above) OR oid IN (SELECT oid FROM below))
       AND rolname NOT LIKE 'pg\\_%'
     ORDER BY rolname`,
  );
}

/** Statements for the operator: what would make these roles, each with what it is a member of. */
export function roleStatements(roles: readonly RoleDefinition[]): string[] {
  const option = (isSet: boolean, name: string) => (isSet ? name : `NO${name}`);
  return [
    ...roles.map((role) =>
      [
        `CREATE ROLE ${quoteIdent(role.name)}`,
        option(role.isSuperuser, "SUPERUSER"),
        option(role.inherits, "INHERIT"),
        option(role.mayCreateRoles, "CREATEROLE"),
        option(role.mayCreateDatabases, "CREATEDB"),
        option(role.maySignIn, "LOGIN"),
        option(role.mayReplicate, "REPLICATION"),
        option(role.bypassesRowSecurity, "BYPASSRLS"),
        `CONNECTION LIMIT ${role.connectionLimit}`,
        ...(role.validUntil === null ? [] : [`VALID UNTIL ${quoteLiteral(role.validUntil)}`]),
      ].join(" "),
    ),
    ...roles.flatMap(({ name, memberOf }) =>
      memberOf.map(
        ({ role, mayAdmin }) =>
          `GRANT ${quoteIdent(role)} TO ${quoteIdent(name)}${mayAdmin ? " WITH ADMIN OPTION" : ""}`,
      ),
    ),
  ];
}
