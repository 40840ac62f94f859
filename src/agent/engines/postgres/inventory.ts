import { z } from "zod";
import type { SqlSession } from "../sql-session.ts";

/**
 * Objects that users made: not the system's, not temporary ones, not members of an extension, which
 * another version of that extension may have in another number.
 */
const USER_SCHEMAS = `(nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema')`;
export const USER = `
  member AS (SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'),
  space AS (
    SELECT n.* FROM pg_catalog.pg_namespace n
    WHERE ${USER_SCHEMAS}
      AND NOT EXISTS (SELECT FROM member
                      WHERE classid = 'pg_catalog.pg_namespace'::regclass AND objid = n.oid)
  ),
  relation AS (
    SELECT c.* FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE ${USER_SCHEMAS} AND c.relpersistence <> 't'
      AND NOT EXISTS (SELECT FROM member
                      WHERE classid = 'pg_catalog.pg_class'::regclass AND objid = c.oid)
  ),
  routine AS (
    SELECT p.* FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE ${USER_SCHEMAS}
      AND NOT EXISTS (SELECT FROM member
                      WHERE classid = 'pg_catalog.pg_proc'::regclass AND objid = p.oid)
  ),
  kind AS (
    SELECT t.* FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE ${USER_SCHEMAS} AND t.typcategory <> 'A'
      AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_catalog.pg_class c
                                     WHERE c.oid = t.typrelid AND c.relkind = 'c'))
      AND NOT EXISTS (SELECT FROM member
                      WHERE classid = 'pg_catalog.pg_type'::regclass AND objid = t.oid)
  ),
  -- Spelled out or left at the default, the same rights count the same: a dump drops the difference.
  granted AS (
    SELECT 'r' || oid AS object, a.grantee, a.privilege_type
      FROM relation, aclexplode(coalesce(relacl, acldefault('r', relowner))) a
      WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
    UNION SELECT 's' || oid, a.grantee, a.privilege_type
      FROM relation, aclexplode(coalesce(relacl, acldefault('s', relowner))) a WHERE relkind = 'S'
    UNION SELECT 'c' || attrelid || '.' || attnum, a.grantee, a.privilege_type
      FROM pg_catalog.pg_attribute, aclexplode(attacl) a
      WHERE attrelid IN (SELECT oid FROM relation)
    UNION SELECT 'f' || oid, a.grantee, a.privilege_type
      FROM routine, aclexplode(coalesce(proacl, acldefault('f', proowner))) a
    UNION SELECT 'n' || oid, a.grantee, a.privilege_type
      FROM space, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
  )`;

const KINDS: Readonly<Record<string, string>> = {
  schemas: "SELECT count(*) FROM space",
  tables: "SELECT count(*) FROM relation WHERE relkind IN ('r', 'p')",
  columns: `SELECT count(*) FROM pg_catalog.pg_attribute
    WHERE attrelid IN (SELECT oid FROM relation WHERE relkind IN ('r', 'p'))
      AND attnum > 0 AND NOT attisdropped`,
  foreignTables: "SELECT count(*) FROM relation WHERE relkind = 'f'",
  views: "SELECT count(*) FROM relation WHERE relkind = 'v'",
  materializedViews: "SELECT count(*) FROM relation WHERE relkind = 'm'",
  // One whose making failed is of no use, and a dump leaves it out.
  indexes: `SELECT count(*) FROM relation JOIN pg_catalog.pg_index ON indexrelid = oid
    WHERE relkind = 'I' OR (indisvalid AND indisready)`,
  sequences: "SELECT count(*) FROM relation WHERE relkind = 'S'",
  constraints: `SELECT count(*) FROM pg_catalog.pg_constraint
    WHERE conrelid IN (SELECT oid FROM relation) OR contypid IN (SELECT oid FROM kind)`,
  constraintsNotValid: `SELECT count(*) FROM pg_catalog.pg_constraint
    WHERE conrelid IN (SELECT oid FROM relation) AND NOT convalidated`,
  triggers: `SELECT count(*) FROM pg_catalog.pg_trigger
    WHERE tgrelid IN (SELECT oid FROM relation) AND NOT tgisinternal`,
  rules: `SELECT count(*) FROM pg_catalog.pg_rewrite
    WHERE ev_class IN (SELECT oid FROM relation) AND rulename <> '_RETURN'`,
  policies:
    "SELECT count(*) FROM pg_catalog.pg_policy WHERE polrelid IN (SELECT oid FROM relation)",
  tablesWithRowSecurity: "SELECT count(*) FROM relation WHERE relrowsecurity",
  statistics: `SELECT count(*) FROM pg_catalog.pg_statistic_ext
    WHERE stxrelid IN (SELECT oid FROM relation)`,
  routines: "SELECT count(*) FROM routine",
  types: "SELECT count(*) FROM kind",
  extensions: "SELECT count(*) FROM pg_catalog.pg_extension",
  eventTriggers: "SELECT count(*) FROM pg_catalog.pg_event_trigger",
  publications: "SELECT count(*) FROM pg_catalog.pg_publication",
  largeObjects: "SELECT count(*) FROM pg_catalog.pg_largeobject_metadata",
  grants: "SELECT count(*) FROM granted",
};

/** Counts the objects that are not rows, by kind, in the session's snapshot. */
export async function inventoryOf(session: SqlSession): Promise<Record<string, number>> {
  const pairs = Object.entries(KINDS).map(([kind, query]) => `'${kind}', (${query})`);
  const [counts] = await session.rows(
    z.record(z.string(), z.int().nonnegative()),
    `WITH ${USER} SELECT json_build_object(${pairs.join(", ")})`,
  );
  return counts ?? {};
}
