import { createHash } from "node:crypto";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { Definition, type Sorted } from "../definition-changes.ts";
import type { SqlSession } from "../sql-session.ts";
import { lettingGo } from "./connect.ts";
import { DATABASE } from "./definitions-of-database.ts";
import { GRANTS } from "./definitions-of-grants.ts";
import { OTHERS } from "./definitions-of-others.ts";
import { owner, TABLES } from "./definitions-of-tables.ts";
import { USER } from "./inventory.ts";
import { settled } from "./settled.ts";

/** Kind, name, what it is a part of, and what defines it, each under its kind's name of the inventory. */
const OBJECTS: readonly string[] = [
  `SELECT 'schemas', quote_ident(nspname), NULL, ${owner("nspowner")} FROM space`,
  `SELECT CASE relkind WHEN 'v' THEN 'views' ELSE 'materializedViews' END,
     oid::regclass::text, NULL, concat_ws('|', ${owner("relowner")}, reloptions::text, pg_get_viewdef(oid))
   FROM relation WHERE relkind IN ('v', 'm')`,
  // Aggregates have no text of their own.
  `SELECT 'routines', p.oid::regprocedure::text, NULL, concat_ws('|', ${owner("proowner")},
     CASE WHEN prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE (
       SELECT concat_ws('|', aggkind, aggtransfn, aggfinalfn, aggcombinefn, aggserialfn,
         aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn, aggsortop::regoperator,
         aggtranstype::regtype, coalesce(agginitval, 'NULL'), coalesce(aggminitval, 'NULL'), proparallel)
       FROM pg_catalog.pg_aggregate WHERE aggfnoid = p.oid) END)
   FROM routine p`,
  // Those of a partition follow from its parent's; where they do not, that is told of the partition.
  `SELECT 'triggers', format('%I ON %s', tgname, tgrelid::regclass), tgrelid::regclass::text,
     concat_ws('|', tgenabled, pg_get_triggerdef(oid))
   FROM pg_catalog.pg_trigger
   WHERE tgrelid IN (SELECT oid FROM relation) AND NOT tgisinternal AND tgparentid = 0`,
  `SELECT 'rules', format('%I ON %s', rulename, ev_class::regclass), ev_class::regclass::text,
     concat_ws('|', ev_enabled, pg_get_ruledef(oid))
   FROM pg_catalog.pg_rewrite
   WHERE ev_class IN (SELECT oid FROM relation) AND rulename <> '_RETURN'`,
  `SELECT 'policies', format('%I ON %s', polname, polrelid::regclass), polrelid::regclass::text,
     concat_ws('|', polcmd, polpermissive, pg_get_expr(polqual, polrelid), 'check',
     pg_get_expr(polwithcheck, polrelid),
     (SELECT string_agg(r.rolname, ',' ORDER BY r.rolname) FROM pg_catalog.pg_roles r WHERE r.oid = ANY (polroles)))
   FROM pg_catalog.pg_policy WHERE polrelid IN (SELECT oid FROM relation)`,
  // A range brings its multirange along.
  `SELECT 'types', format_type(t.oid, NULL), NULL, concat_ws('|', ${owner("typowner")}, typtype,
     format_type(nullif(typbasetype, 0), typtypmod), typnotnull, coalesce(typdefault, 'NULL'),
     (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder)
      FROM pg_catalog.pg_enum WHERE enumtypid = t.oid),
     (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ',' ORDER BY attnum)
      FROM pg_catalog.pg_attribute WHERE attrelid = nullif(typrelid, 0) AND NOT attisdropped),
     (SELECT string_agg(conname || pg_get_constraintdef(oid), ',' ORDER BY conname)
      FROM pg_catalog.pg_constraint WHERE contypid = t.oid),
     (SELECT concat_ws('|', rngsubtype::regtype, rngcanonical, rngsubdiff)
      FROM pg_catalog.pg_range WHERE rngtypid = t.oid))
   FROM kind t WHERE typtype <> 'm'`,
  // Where it stands is no part of it: that moves with every number taken.
  `SELECT 'sequences', seqrelid::regclass::text, NULL, concat_ws('|', format_type(seqtypid, NULL),
     seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle)
   FROM pg_catalog.pg_sequence WHERE seqrelid IN (SELECT oid FROM relation)`,
  `SELECT 'eventTriggers', quote_ident(evtname), NULL, concat_ws('|', ${owner("evtowner")}, evtevent,
     evtfoid::regproc, evtenabled, evttags::text)
   FROM pg_catalog.pg_event_trigger
   WHERE oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_catalog.pg_event_trigger'::regclass)`,
  // A dump names no version: what is loaded gets the one that the server would install today.
  `SELECT 'extensions', quote_ident(extname), NULL, concat_ws('|', extversion, extnamespace::regnamespace)
   FROM pg_catalog.pg_extension`,
];

/** Never in what is told of an object: JSON escapes them, so that no line needs quoting. */
const AS_LINES = String.raw`(FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')`;

const Line = Definition.omit({ hash: true }).extend({ place: z.string(), text: z.string() });

/** What the database defines beside its rows, as the session sees it, sorted. Holds one at a time. */
export async function* definitionsOf(session: SqlSession): AsyncGenerator<Sorted> {
  const lines = session.stream(
    // To compile a query of so many parts takes the server far longer than to answer it.
    lettingGo(`SET LOCAL jit = off;
      COPY (
      WITH ${USER} SELECT json_build_object('place', md5(kind || '|' || name), 'kind', kind,
        'name', name, 'of', part, 'text', coalesce(text, ''))
      FROM (${[...OBJECTS, ...TABLES, ...GRANTS, ...DATABASE, ...OTHERS].join(" UNION ALL ")}) defined (kind, name, part, text)
      ORDER BY md5(kind || '|' || name) COLLATE "C") TO STDOUT ${AS_LINES}`),
  );
  for await (const line of lines) {
    const { text, ...known } = parsed(line);
    const hash = createHash("md5").update(settled(text)).digest("hex");
    yield { ...known, hash };
  }
}

/** The parser's own errors quote what they could not read. */
function parsed(line: string): z.infer<typeof Line> {
  try {
    return Line.parse(JSON.parse(line));
  } catch {
    throw new AppError("INTERNAL", "a definition cannot be read");
  }
}
