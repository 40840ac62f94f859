import { owner } from "./definitions-of-tables.ts";
import { CONNECTION_LIMIT, OWN_SETTINGS } from "./settings.ts";

/** What is in force in the database that the session is in, for all roles and for single ones. */
const SETTING = `(
  SELECT setrole, split_part(c, '=', 1) AS parameter, substr(c, strpos(c, '=') + 1) AS value
  FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase,
    unnest(s.setconfig) c
  WHERE datname = current_database())`;

/** What a comment is a part of, as that is named among the definitions. */
const COMMENTED = `CASE c.classoid
  WHEN 'pg_catalog.pg_class'::regclass THEN coalesce((
    SELECT indrelid FROM pg_catalog.pg_index WHERE indexrelid = objoid), objoid)::regclass::text
  WHEN 'pg_catalog.pg_constraint'::regclass THEN (
    SELECT conrelid::regclass::text FROM pg_catalog.pg_constraint WHERE oid = objoid)
  WHEN 'pg_catalog.pg_trigger'::regclass THEN (
    SELECT tgrelid::regclass::text FROM pg_catalog.pg_trigger WHERE oid = objoid)
  WHEN 'pg_catalog.pg_proc'::regclass THEN objoid::regprocedure::text
  WHEN 'pg_catalog.pg_type'::regclass THEN format_type(objoid, NULL)
  ELSE identity END`;

/** The database itself and what concerns it as a whole: kind, name, what it is a part of, what defines it. */
export const DATABASE: readonly string[] = [
  // A copy keeps its users out by the limit, and remembers the one it is to have.
  `SELECT 'databases', 'DATABASE', NULL, concat_ws('|', ${owner("datdba")},
     pg_encoding_to_char(encoding), datcollate, datctype, to_jsonb(d) -> 'datlocprovider',
     coalesce(to_jsonb(d) -> 'datlocale', to_jsonb(d) -> 'daticulocale'),
     (SELECT spcname FROM pg_catalog.pg_tablespace t WHERE t.oid = dattablespace),
     coalesce((SELECT value FROM ${SETTING} s WHERE parameter = '${CONNECTION_LIMIT}'), datconnlimit::text),
     'comment', shobj_description(oid, 'pg_database'))
   FROM pg_catalog.pg_database d WHERE datname = current_database()`,
  `SELECT 'settings', concat(parameter, CASE WHEN setrole <> 0 THEN format(' OF %I', pg_get_userbyid(setrole)) END),
     NULL, value
   FROM ${SETTING} s WHERE NOT starts_with(parameter, '${OWN_SETTINGS}')`,
  // What came with the server has a number below; the schema "public" counts as a user's.
  `SELECT 'comments', concat_ws(' ', type, identity), ${COMMENTED}, description
   FROM pg_catalog.pg_description c, pg_identify_object(c.classoid, objoid, objsubid)
   WHERE (objoid >= 16384 OR (c.classoid = 'pg_catalog.pg_namespace'::regclass AND identity = 'public'))
     AND NOT EXISTS (SELECT FROM member m WHERE m.classid = c.classoid AND m.objid = objoid)`,
  `SELECT 'publications', quote_ident(pubname), NULL, concat_ws('|', ${owner("pubowner")},
     to_jsonb(p) - '{oid,pubname,pubowner}'::text[],
     (SELECT string_agg(to_jsonb(t)::text, ',' ORDER BY schemaname, tablename)
      FROM pg_catalog.pg_publication_tables t WHERE t.pubname = p.pubname))
   FROM pg_catalog.pg_publication p`,
  // No restore brings them back: a copy would take over the place of the original.
  `SELECT 'subscriptions', quote_ident(subname), NULL, concat_ws('|', ${owner("subowner")}, subenabled)
   FROM pg_catalog.pg_subscription JOIN pg_catalog.pg_database d ON d.oid = subdbid
   WHERE datname = current_database()`,
];
