import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { SequenceBounds } from "../sequence-bounds.ts";
import type { SqlSession } from "../sql-session.ts";
import { quoteIdent, quoteLiteral } from "./connect.ts";
import { RoleDefinition, rolesAround } from "./roles.ts";
import { CONNECTION_LIMIT, OWN_SETTINGS } from "./settings.ts";

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z.string().transform((text, context) => {
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: "custom", message: "not readable" });
      return z.NEVER;
    }
  });

const Grant = z.object({
  /** Null is PUBLIC. */
  role: z.string().nullable(),
  privilege: z.enum(["CONNECT", "CREATE", "TEMPORARY"]),
  grantable: z.boolean(),
});

const Collation = z.object({
  /** Of one that came with the server and is known by its name there; null where the dump makes it. */
  name: z.string().nullable(),
  /** As of a database; d the database's own. */
  provider: z.string(),
  /** Names of the operating system's locales; "" where another provider has them. */
  collate: z.string(),
  ctype: z.string(),
});

/** What a dump leaves out and a restore needs: the database's own properties. Stored as strings. */
const Recreate = z.object({
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  /** c libc, i ICU, b builtin. */
  provider: z.string(),
  locale: z.string(),
  icuRules: z.string(),
  tablespace: z.string(),
  connectionLimit: z.string().regex(/^-?\d+$/),
  comment: json(z.string().nullable()),
  /** Null where the database has the default rights. */
  grants: json(z.array(Grant).nullable()),
  settings: json(z.array(z.object({ role: z.string().nullable(), setting: z.string() }))),
  /** Roles that own or may use something in it. */
  roles: json(z.array(z.string())),
  /** These, and those that they get rights from or give rights to. */
  roleDefinitions: json(z.array(RoleDefinition)),
  extensions: json(z.array(z.string())),
  tablespaces: json(z.array(z.string())),
  /** Those that users made, and those that something of theirs is sorted by. */
  collations: json(z.array(Collation)).default([]),
  sequences: json(SequenceBounds),
});
export type Recreate = z.infer<typeof Recreate>;

/** Reads them, but for the sequences. */
export async function recreateOf(session: SqlSession): Promise<Record<string, string>> {
  const [found] = await session.rows(
    z.record(z.string(), z.string()),
    `WITH db AS (
       SELECT d.*, to_jsonb(d.*) AS j FROM pg_catalog.pg_database d
       WHERE datname = current_database()
     ),
     setting AS (
       SELECT s.setrole, unnest(s.setconfig) AS setting
       FROM pg_catalog.pg_db_role_setting s JOIN db ON s.setdatabase = db.oid
     ),
     grants AS (SELECT (aclexplode(datacl)).* FROM db),
     named AS (
       -- The first superuser owns much without being listed as a dependency.
       SELECT 10::oid AS id
       UNION SELECT datdba FROM db
       UNION SELECT grantee FROM grants WHERE grantee <> 0
       UNION SELECT setrole FROM setting WHERE setrole <> 0
       UNION SELECT d.refobjid FROM pg_catalog.pg_shdepend d JOIN db ON d.dbid = db.oid
         WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass
     )
     SELECT json_build_object(
       'owner', pg_get_userbyid(datdba),
       'encoding', pg_encoding_to_char(encoding),
       'collate', datcollate,
       'ctype', datctype,
       'provider', coalesce(j ->> 'datlocprovider', 'c'),
       'locale', coalesce(j ->> 'datlocale', j ->> 'daticulocale', ''),
       'icuRules', coalesce(j ->> 'daticurules', ''),
       'tablespace', (SELECT spcname FROM pg_catalog.pg_tablespace t WHERE t.oid = dattablespace),
       'connectionLimit', coalesce(
         (SELECT substr(setting, ${CONNECTION_LIMIT.length + 2}) FROM setting
          WHERE starts_with(setting, '${CONNECTION_LIMIT}=')), datconnlimit::text),
       'comment', coalesce(to_json(shobj_description(oid, 'pg_database'))::text, 'null'),
       'grants', CASE WHEN datacl IS NULL THEN 'null' ELSE (
         SELECT coalesce(json_agg(json_build_object(
           'role', CASE WHEN grantee <> 0 THEN pg_get_userbyid(grantee) END,
           'privilege', privilege_type, 'grantable', is_grantable)), '[]')::text FROM grants) END,
       'settings', (
         SELECT coalesce(json_agg(json_build_object(
           'role', CASE WHEN setrole <> 0 THEN pg_get_userbyid(setrole) END,
           'setting', setting)), '[]')::text
         FROM setting WHERE NOT starts_with(setting, '${OWN_SETTINGS}')),
       'roles', (SELECT coalesce(json_agg(rolname), '[]')::text FROM pg_catalog.pg_roles
                 WHERE oid IN (SELECT id FROM named) AND rolname NOT LIKE 'pg\\_%'),
       'extensions', (SELECT coalesce(json_agg(extname), '[]')::text FROM pg_catalog.pg_extension),
       'tablespaces', (
         SELECT coalesce(json_agg(spcname), '[]')::text FROM pg_catalog.pg_tablespace
         WHERE oid IN (SELECT dattablespace FROM db UNION SELECT reltablespace FROM pg_catalog.pg_class)),
       'collations', (
         SELECT coalesce(json_agg(json_build_object(
           'name', CASE WHEN c.collnamespace = 'pg_catalog'::regnamespace THEN c.collname END,
           'provider', c.collprovider,
           'collate', CASE c.collprovider WHEN 'c' THEN c.collcollate ELSE '' END,
           'ctype', CASE c.collprovider WHEN 'c' THEN c.collctype ELSE '' END)), '[]')::text
         FROM pg_catalog.pg_collation c
         WHERE c.collnamespace <> 'pg_catalog'::regnamespace
           OR c.oid IN (SELECT refobjid FROM pg_catalog.pg_depend
                        WHERE refclassid = 'pg_catalog.pg_collation'::regclass)))
     FROM db`,
  );
  if (!found) throw new AppError("INTERNAL", "the database has no row");
  const names = z.array(z.string()).parse(JSON.parse(found.roles ?? "[]"));
  return { ...found, roleDefinitions: JSON.stringify(await rolesAround(session, names)) };
}

/** Throws VAULT_MANIFEST where a manifest does not hold what this engine writes. */
export function parseRecreate(stored: Readonly<Record<string, string>>): Recreate {
  const parsed = Recreate.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new AppError("VAULT_MANIFEST", "manifest does not tell how to make the database anew");
}

/** The statement that makes an empty database like the one that was backed up, closed to users. */
export function createStatement(name: string, from: Recreate): string {
  const provider = { i: "icu", b: "builtin" }[from.provider];
  return [
    `CREATE DATABASE ${quoteIdent(name)} OWNER ${quoteIdent(from.owner)} TEMPLATE template0`,
    `ENCODING ${quoteLiteral(from.encoding)}`,
    `LC_COLLATE ${quoteLiteral(from.collate)} LC_CTYPE ${quoteLiteral(from.ctype)}`,
    ...(provider === undefined ? [] : [`LOCALE_PROVIDER ${provider}`]),
    ...(provider === "icu" ? [`ICU_LOCALE ${quoteLiteral(from.locale)}`] : []),
    ...(provider === "builtin" ? [`BUILTIN_LOCALE ${quoteLiteral(from.locale)}`] : []),
    ...(from.icuRules === "" ? [] : [`ICU_RULES ${quoteLiteral(from.icuRules)}`]),
    `TABLESPACE ${quoteIdent(from.tablespace)} CONNECTION LIMIT 0`,
  ].join(" ");
}

/** Statements that give the database `name` the comment, rights and settings of the original. */
export function propertyStatements(name: string, from: Recreate): string[] {
  const database = quoteIdent(name);
  const statements: string[] = [];
  if (from.comment !== null) {
    statements.push(`COMMENT ON DATABASE ${database} IS ${quoteLiteral(from.comment)}`);
  }
  if (from.grants !== null) {
    statements.push(
      `REVOKE ALL ON DATABASE ${database} FROM PUBLIC, ${quoteIdent(from.owner)}`,
      ...from.grants.map(
        ({ role, privilege, grantable }) =>
          `GRANT ${privilege} ON DATABASE ${database} TO ${role === null ? "PUBLIC" : quoteIdent(role)}` +
          (grantable ? " WITH GRANT OPTION" : ""),
      ),
    );
  }
  for (const { role, setting } of from.settings) {
    const at = setting.indexOf("=");
    const parameter = setting.slice(0, at);
    const whom = role === null ? "" : `ROLE ${quoteIdent(role)} IN `;
    statements.push(
      `ALTER ${whom}DATABASE ${database} SET ${quoteParameter(parameter)} TO ` +
        writtenValue(parameter, setting.slice(at + 1)),
    );
  }
  return statements;
}

function quoteParameter(parameter: string): string {
  return parameter.split(".").map(quoteIdent).join(".");
}

/** Parameters that hold lists of names; the server stores them quoted item by item. */
const LISTS = new Set([
  ...["local_preload_libraries", "search_path", "session_preload_libraries"],
  ...["shared_preload_libraries", "temp_tablespaces", "unix_socket_directories"],
]);

function writtenValue(parameter: string, value: string): string {
  if (!LISTS.has(parameter.toLowerCase())) return quoteLiteral(value);
  const items = value.match(/"(?:[^"]|"")*"|[^,\s][^,]*/g) ?? [];
  const names = items.map((item) =>
    item.startsWith('"') ? item.slice(1, -1).replaceAll('""', '"') : item.trim(),
  );
  return names.length === 0 ? "''" : names.map(quoteLiteral).join(", ");
}
