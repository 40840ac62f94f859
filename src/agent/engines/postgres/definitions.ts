import { Definition } from "../definition-changes.ts";
import type { SqlSession } from "../sql-session.ts";
import { USER } from "./inventory.ts";

/**
 * The server writes a list of varchar literals in one of two ways, according to whether it was read
 * from people or from a dump of itself; both are brought to one, or an untouched view would differ.
 */
const settled = (definition: string) => `
  regexp_replace(regexp_replace(${definition},
    $$\\(('(?:[^']|'')*'::character varying(?:\\(\\d+\\))?)\\)::text$$, '\\1', 'g'),
    $$\\((ARRAY\\[[^\\]]*\\])\\)::text\\[\\]$$, '\\1', 'g')`;

const owner = (column: string) => `pg_get_userbyid(${column})`;

/** Kind, name and what defines it, each under its kind's name of the inventory. */
const DEFINITIONS: readonly string[] = [
  `SELECT CASE relkind WHEN 'v' THEN 'views' ELSE 'materializedViews' END,
     oid::regclass::text, concat_ws('|', ${owner("relowner")}, reloptions::text, ${settled("pg_get_viewdef(oid)")})
   FROM relation WHERE relkind IN ('v', 'm')`,
  // Aggregates have no text of their own.
  `SELECT 'routines', p.oid::regprocedure::text, concat_ws('|', ${owner("proowner")},
     CASE WHEN prokind <> 'a' THEN ${settled("pg_get_functiondef(p.oid)")} ELSE (
       SELECT concat_ws('|', aggkind, aggtransfn, aggfinalfn, aggcombinefn, aggserialfn,
         aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn, aggsortop::regoperator,
         aggtranstype::regtype, coalesce(agginitval, 'NULL'), coalesce(aggminitval, 'NULL'), proparallel)
       FROM pg_catalog.pg_aggregate WHERE aggfnoid = p.oid) END)
   FROM routine p`,
  // Those of a partition follow from its parent's.
  `SELECT 'triggers', format('%I ON %s', tgname, tgrelid::regclass),
     concat_ws('|', tgenabled, pg_get_triggerdef(oid))
   FROM pg_catalog.pg_trigger
   WHERE tgrelid IN (SELECT oid FROM relation) AND NOT tgisinternal AND tgparentid = 0`,
  `SELECT 'rules', format('%I ON %s', rulename, ev_class::regclass),
     concat_ws('|', ev_enabled, ${settled("pg_get_ruledef(oid)")})
   FROM pg_catalog.pg_rewrite
   WHERE ev_class IN (SELECT oid FROM relation) AND rulename <> '_RETURN'`,
  `SELECT 'policies', format('%I ON %s', polname, polrelid::regclass), concat_ws('|',
     polcmd, polpermissive, ${settled("pg_get_expr(polqual, polrelid)")}, 'check',
     ${settled("pg_get_expr(polwithcheck, polrelid)")},
     (SELECT string_agg(r.rolname, ',' ORDER BY r.rolname) FROM pg_catalog.pg_roles r WHERE r.oid = ANY (polroles)))
   FROM pg_catalog.pg_policy WHERE polrelid IN (SELECT oid FROM relation)`,
  // A range brings its multirange along.
  `SELECT 'types', format_type(t.oid, NULL), concat_ws('|', ${owner("typowner")}, typtype,
     format_type(nullif(typbasetype, 0), typtypmod), typnotnull, coalesce(typdefault, 'NULL'),
     (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder)
      FROM pg_catalog.pg_enum WHERE enumtypid = t.oid),
     (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ',' ORDER BY attnum)
      FROM pg_catalog.pg_attribute WHERE attrelid = nullif(typrelid, 0) AND NOT attisdropped),
     (SELECT string_agg(conname || ${settled("pg_get_constraintdef(oid)")}, ',' ORDER BY conname)
      FROM pg_catalog.pg_constraint WHERE contypid = t.oid),
     (SELECT concat_ws('|', rngsubtype::regtype, rngcanonical, rngsubdiff)
      FROM pg_catalog.pg_range WHERE rngtypid = t.oid))
   FROM kind t WHERE typtype <> 'm'`,
  // Where it stands is no part of it: that moves with every number taken.
  `SELECT 'sequences', seqrelid::regclass::text, concat_ws('|', format_type(seqtypid, NULL),
     seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle)
   FROM pg_catalog.pg_sequence WHERE seqrelid IN (SELECT oid FROM relation)`,
  `SELECT 'eventTriggers', quote_ident(evtname), concat_ws('|', ${owner("evtowner")}, evtevent,
     evtfoid::regproc, evtenabled, evttags::text)
   FROM pg_catalog.pg_event_trigger
   WHERE oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_catalog.pg_event_trigger'::regclass)`,
];

/** What the database defines beside its tables, as the session sees it. */
export function definitionsOf(session: SqlSession): Promise<Definition[]> {
  return session.rows(
    Definition,
    `WITH ${USER} SELECT json_build_object('kind', kind, 'name', name, 'hash', md5(text))
     FROM (${DEFINITIONS.join(" UNION ALL ")}) defined (kind, name, text)`,
  );
}
