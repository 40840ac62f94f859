const grantee = "CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END";

/** Sorted, whoever gave them: a dump brings back who has what, in an order of its own. */
const privileges = `string_agg(DISTINCT privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ','
  ORDER BY privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END)`;

/**
 * Who may do what: kind, name, what it is a part of, what defines it. Spelled out or left at the
 * default, the same rights count the same: a dump drops the difference.
 */
export const GRANTS: readonly string[] = [
  `SELECT 'grants', format('%s ON %s', ${grantee}, object), part, ${privileges}
   FROM (
     SELECT oid::regclass::text, oid::regclass::text,
         coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
       FROM relation WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     UNION ALL SELECT format('%s (%I)', attrelid::regclass, attname), attrelid::regclass::text, attacl
       FROM pg_catalog.pg_attribute WHERE attacl IS NOT NULL AND attrelid IN (SELECT oid FROM relation)
     UNION ALL SELECT oid::regprocedure::text, oid::regprocedure::text,
         coalesce(proacl, acldefault('f', proowner)) FROM routine
     UNION ALL SELECT quote_ident(nspname), quote_ident(nspname),
         coalesce(nspacl, acldefault('n', nspowner)) FROM space
     UNION ALL SELECT 'TYPE ' || format_type(oid, NULL), format_type(oid, NULL),
         coalesce(typacl, acldefault('T', typowner)) FROM kind WHERE typtype <> 'm'
     UNION ALL SELECT 'LANGUAGE ' || quote_ident(lanname), quote_ident(lanname),
         coalesce(lanacl, acldefault('l', lanowner)) FROM pg_catalog.pg_language
     UNION ALL SELECT 'FOREIGN DATA WRAPPER ' || quote_ident(fdwname), quote_ident(fdwname),
         coalesce(fdwacl, acldefault('F', fdwowner)) FROM pg_catalog.pg_foreign_data_wrapper
     UNION ALL SELECT 'FOREIGN SERVER ' || quote_ident(srvname), quote_ident(srvname),
         coalesce(srvacl, acldefault('S', srvowner)) FROM pg_catalog.pg_foreign_server
     -- There may be millions that only their owner may use.
     UNION ALL SELECT 'LARGE OBJECT ' || oid, NULL, lomacl
       FROM pg_catalog.pg_largeobject_metadata WHERE lomacl IS NOT NULL
     UNION ALL SELECT 'DATABASE', NULL, coalesce(datacl, acldefault('d', datdba))
       FROM pg_catalog.pg_database WHERE datname = current_database()
   ) held (object, part, acl), LATERAL aclexplode(acl)
   GROUP BY grantee, object, part`,
  // What whoever makes an object gives others by itself.
  `SELECT 'defaultGrants', format('%s ON %s OF %I%s', ${grantee},
       CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES'
         WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE defaclobjtype::text END,
       pg_get_userbyid(defaclrole), ' IN ' || nullif(defaclnamespace, 0)::regnamespace),
     NULL, ${privileges}
   FROM pg_catalog.pg_default_acl, LATERAL aclexplode(defaclacl)
   GROUP BY grantee, defaclobjtype, defaclrole, defaclnamespace`,
];
