import { Definition, type Sorted, sorted } from "../definition-changes.ts";
import { owner } from "../postgres/definitions-of-tables.ts";
import type { SqlSession } from "../sql-session.ts";

/** Kind, name, what it is a part of, and what defines it, of all that belongs to no single database. */
const SHARED = [
  // What a database is like is told in itself.
  `SELECT 'databases' AS kind, quote_ident(datname) AS name, NULL AS part, '' AS text
   FROM pg_catalog.pg_database WHERE datallowconn`,
  // Roles that come with the server cannot be changed.
  `SELECT 'accounts', quote_ident(rolname), NULL,
     concat_ws('|', to_jsonb(a) - '{oid,rolname}'::text[], 'comment', shobj_description(oid, 'pg_authid'))
   FROM pg_catalog.pg_authid a WHERE rolname NOT LIKE 'pg\\_%'`,
  `SELECT 'grants', format('%s ON ROLE %I', member::regrole, pg_get_userbyid(roleid)), member::regrole::text,
     string_agg(DISTINCT (to_jsonb(m) - '{oid,roleid,member,grantor}'::text[])::text, '|')
   FROM pg_catalog.pg_auth_members m GROUP BY member, roleid`,
  `SELECT 'settings', format('%s OF %s', split_part(c, '=', 1),
       CASE setrole WHEN 0 THEN 'ALL' ELSE setrole::regrole::text END),
     CASE WHEN setrole <> 0 THEN setrole::regrole::text END, c
   FROM pg_catalog.pg_db_role_setting, unnest(setconfig) c WHERE setdatabase = 0`,
  // A copy has them in folders of its own.
  `SELECT 'tablespaces', quote_ident(spcname), NULL,
     concat_ws('|', ${owner("spcowner")}, spcacl::text, spcoptions::text)
   FROM pg_catalog.pg_tablespace`,
];

/**
 * Databases, roles with what they may and belong to, and settings: a whole cluster's go with its data
 * folder, so a restore changes them. Passwords do not leave the server, only a hash of the whole.
 */
export async function sharedDefinitions(session: SqlSession): Promise<Sorted[]> {
  const found = await session.rows(
    Definition,
    `SELECT json_build_object('kind', kind, 'name', name, 'of', part, 'hash', md5(text))
     FROM (${SHARED.join(" UNION ALL ")}) defined`,
  );
  return sorted(found);
}
