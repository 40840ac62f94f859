export const owner = (column: string) => `pg_get_userbyid(${column})::text`;

/** Kinds of relations whose columns and constraints are told one by one. */
const HELD = `relation WHERE relkind IN ('r', 'p', 'f')`;

/** Servers keep marks of their own among a column's options. */
const options = (column: string) =>
  `(SELECT string_agg(o, ',' ORDER BY o) FROM unnest(${column}) o WHERE o NOT LIKE 'pg\\_%')`;

/** In what the columns and triggers that a table has from its parents are not as they are there. */
const DEVIATIONS = `
  (SELECT string_agg(DISTINCT concat_ws('|', quote_ident(own.attname), own.attnotnull, own.attstorage,
     own.attcompression, ${options("own.attoptions")}, pg_get_expr(mine.adbin, mine.adrelid)), ',')
   FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_attribute own ON own.attrelid = inhrelid
   JOIN pg_catalog.pg_attribute parents ON parents.attrelid = inhparent AND parents.attname = own.attname
   LEFT JOIN pg_catalog.pg_attrdef mine ON mine.adrelid = own.attrelid AND mine.adnum = own.attnum
   LEFT JOIN pg_catalog.pg_attrdef theirs ON theirs.adrelid = parents.attrelid AND theirs.adnum = parents.attnum
   WHERE inhrelid = c.oid AND own.attnum > 0 AND NOT own.attisdropped AND own.attinhcount > 0
     AND (own.attnotnull, own.attstorage, own.attcompression, ${options("own.attoptions")},
       pg_get_expr(mine.adbin, mine.adrelid)) IS DISTINCT FROM
       (parents.attnotnull, parents.attstorage, parents.attcompression, ${options("parents.attoptions")},
       pg_get_expr(theirs.adbin, theirs.adrelid))),
  (SELECT string_agg(format('%I %s', own.tgname, own.tgenabled), ',' ORDER BY own.tgname)
   FROM pg_catalog.pg_trigger own JOIN pg_catalog.pg_trigger parents ON parents.oid = own.tgparentid
   WHERE own.tgrelid = c.oid AND own.tgenabled <> parents.tgenabled)`;

/**
 * Tables and their parts: kind, name, what it is a part of, what defines it. What a partition or an
 * heir has from its parent is told of the parent only; where it deviates, that is of itself. Neither the places of columns nor the flags of
 * inheritance count: a dump that is read again may set them anew.
 */
export const TABLES: readonly string[] = [
  `SELECT CASE relkind WHEN 'f' THEN 'foreignTables' ELSE 'tables' END, c.oid::regclass::text, NULL,
     concat_ws('|', ${owner("relowner")}, relpersistence, reloptions::text, relrowsecurity,
       relforcerowsecurity, relreplident, (SELECT amname FROM pg_catalog.pg_am a WHERE a.oid = relam),
       (SELECT spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = reltablespace),
       CASE relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END, pg_get_expr(relpartbound, c.oid),
       (SELECT string_agg(inhparent::regclass::text, ',' ORDER BY inhseqno)
        FROM pg_catalog.pg_inherits WHERE inhrelid = c.oid),
       nullif(reloftype, 0)::regtype,
       (SELECT concat_ws('|', srvname, ftoptions::text) FROM pg_catalog.pg_foreign_table
        JOIN pg_catalog.pg_foreign_server s ON s.oid = ftserver WHERE ftrelid = c.oid),
       ${DEVIATIONS})
   FROM relation c WHERE relkind IN ('r', 'p', 'f')`,
  `SELECT 'columns', format('%I ON %s', attname, attrelid::regclass), attrelid::regclass::text,
     concat_ws('|', format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
       attstorage, attcompression, attfdwoptions::text,
       ${options("attoptions")},
       CASE WHEN attcollation <> typcollation THEN attcollation::regcollation::text END,
       'default', pg_get_expr(adbin, adrelid))
   FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = atttypid
   LEFT JOIN pg_catalog.pg_attrdef ON adrelid = attrelid AND adnum = attnum
   WHERE attrelid IN (SELECT oid FROM ${HELD}) AND attnum > 0 AND NOT attisdropped AND attinhcount = 0`,
  // Whether a column may be empty is told of the column, in all versions.
  `SELECT 'constraints', format('%I ON %s', conname, conrelid::regclass), conrelid::regclass::text,
     pg_get_constraintdef(oid)
   FROM pg_catalog.pg_constraint
   WHERE conrelid IN (SELECT oid FROM ${HELD}) AND contype IN ('c', 'f', 'p', 'u', 'x')
     AND conparentid = 0 AND coninhcount = 0`,
  // Those of constraints are told as such.
  `SELECT 'indexes', format('%I ON %s', c.relname, indrelid::regclass), indrelid::regclass::text,
     concat_ws('|', pg_get_indexdef(indexrelid), indisclustered, indisreplident,
       (SELECT spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = reltablespace))
   FROM pg_catalog.pg_index JOIN relation c ON c.oid = indexrelid
   WHERE NOT relispartition AND NOT EXISTS (
     SELECT FROM pg_catalog.pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))`,
  `SELECT 'statistics', format('%s.%I ON %s', stxnamespace::regnamespace, stxname, stxrelid::regclass), stxrelid::regclass::text,
     concat_ws('|', ${owner("stxowner")}, pg_get_statisticsobjdef(s.oid))
   FROM pg_catalog.pg_statistic_ext s WHERE stxrelid IN (SELECT oid FROM relation)`,
];
