import { owner } from "./definitions-of-tables.ts";

/** A list that the server keeps, less what came with it or with an extension, each with its full name. */
const usersOf = (catalog: string) => `(
  SELECT c.*, (pg_identify_object('pg_catalog.${catalog}'::regclass, c.oid, 0)).identity AS named
  FROM pg_catalog.${catalog} c WHERE c.oid >= 16384 AND NOT EXISTS (
    SELECT FROM member WHERE classid = 'pg_catalog.${catalog}'::regclass AND objid = c.oid)) o`;

/** Of all that is in the row but its name, and the numbers that another database has others for. */
const rowWithout = (...columns: string[]) =>
  `to_jsonb(o) - '{oid,named,${columns.join(",")}}'::text[]`;

/** Objects that few databases have: kind, name, what it is a part of, what defines it. */
export const OTHERS: readonly string[] = [
  `SELECT 'languages', named, NULL, concat_ws('|', ${owner("lanowner")}, lanpltrusted,
     lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc) FROM ${usersOf("pg_language")}`,
  `SELECT 'foreignDataWrappers', named, NULL, concat_ws('|', ${owner("fdwowner")},
     fdwhandler::regproc, fdwvalidator::regproc, fdwoptions::text) FROM ${usersOf("pg_foreign_data_wrapper")}`,
  `SELECT 'foreignServers', named, NULL, concat_ws('|', ${owner("srvowner")}, fdwname, srvtype,
     srvversion, md5(srvoptions::text))
   FROM ${usersOf("pg_foreign_server")} JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = srvfdw`,
  // Their options hold passwords.
  `SELECT 'userMappings', format('%I ON %I', usename, srvname), quote_ident(srvname), md5(umoptions::text)
   FROM pg_catalog.pg_user_mappings`,
  `SELECT 'collations', named, NULL, concat_ws('|', ${owner("collowner")},
     ${rowWithout("collnamespace", "collowner", "collversion")}) FROM ${usersOf("pg_collation")}`,
  `SELECT 'conversions', named, NULL, concat_ws('|', ${owner("conowner")},
     ${rowWithout("connamespace", "conowner")}) FROM ${usersOf("pg_conversion")}`,
  `SELECT 'casts', named, NULL, concat_ws('|', nullif(castfunc, 0)::regprocedure, castcontext, castmethod)
   FROM ${usersOf("pg_cast")}`,
  `SELECT 'transforms', named, NULL, concat_ws('|', trffromsql, trftosql) FROM ${usersOf("pg_transform")}`,
  `SELECT 'accessMethods', named, NULL, concat_ws('|', amhandler, amtype) FROM ${usersOf("pg_am")}`,
  `SELECT 'operators', named, NULL, concat_ws('|', ${owner("oprowner")}, oprcode::regprocedure,
     oprrest, oprjoin, oprcom::regoperator, oprnegate::regoperator, oprcanmerge, oprcanhash)
   FROM ${usersOf("pg_operator")}`,
  `SELECT 'operatorFamilies', named, NULL, concat_ws('|', ${owner("opfowner")},
     (SELECT string_agg(concat_ws(' ', amopstrategy, amopopr::regoperator, amoppurpose), ','
        ORDER BY amopstrategy, amopopr::regoperator::text)
      FROM pg_catalog.pg_amop WHERE amopfamily = o.oid),
     (SELECT string_agg(concat_ws(' ', amprocnum, amproc::regprocedure), ','
        ORDER BY amprocnum, amproc::regprocedure::text)
      FROM pg_catalog.pg_amproc WHERE amprocfamily = o.oid)) FROM ${usersOf("pg_opfamily")}`,
  `SELECT 'operatorClasses', named, NULL, concat_ws('|', ${owner("opcowner")},
     (pg_identify_object('pg_catalog.pg_opfamily'::regclass, opcfamily, 0)).identity,
     format_type(opcintype, NULL), format_type(nullif(opckeytype, 0), NULL), opcdefault)
   FROM ${usersOf("pg_opclass")}`,
  `SELECT 'textSearch', 'parser ' || named, NULL,
     concat_ws('|', prsstart, prstoken, prsend, prsheadline, prslextype) FROM ${usersOf("pg_ts_parser")}`,
  `SELECT 'textSearch', 'template ' || named, NULL, concat_ws('|', tmplinit, tmpllexize)
   FROM ${usersOf("pg_ts_template")}`,
  `SELECT 'textSearch', 'dictionary ' || named, NULL, concat_ws('|', ${owner("dictowner")},
     (pg_identify_object('pg_catalog.pg_ts_template'::regclass, dicttemplate, 0)).identity, dictinitoption)
   FROM ${usersOf("pg_ts_dict")}`,
  `SELECT 'textSearch', 'configuration ' || named, NULL, concat_ws('|', ${owner("cfgowner")},
     (pg_identify_object('pg_catalog.pg_ts_parser'::regclass, cfgparser, 0)).identity,
     (SELECT string_agg(concat_ws(' ', maptokentype, mapdict::regdictionary), ','
        ORDER BY maptokentype, mapseqno)
      FROM pg_catalog.pg_ts_config_map WHERE mapcfg = o.oid)) FROM ${usersOf("pg_ts_config")}`,
];
