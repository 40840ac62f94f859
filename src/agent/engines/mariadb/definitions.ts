import { createHash } from "node:crypto";
import { Definition } from "../definition-changes.ts";
import type { SqlSession } from "../sql-session.ts";
import { inSchema, quoteIdent, quoteLiteral } from "./connect.ts";
import { isSchema, tablesOf } from "./objects.ts";

/** How a view, a trigger, a routine or an event is read, beside its own text. */
const READING = ["sql_mode", "character_set_client", "collation_connection"];

/** A NULL is another value than an empty one, and no value runs into the next. */
function hashOf(columns: readonly string[]): string {
  return `MD5(CONCAT_WS('|', ${columns.map((column) => `IFNULL(QUOTE(${column}), 'N')`).join(", ")}))`;
}

/**
 * What a schema defines beside its tables, but for its events. The server writes the schema's name
 * into views: `as` is the one by which they are to be compared.
 */
export async function definitionsOf(
  session: SqlSession,
  schema: string,
  as = schema,
): Promise<Definition[]> {
  const [own, wanted] = [
    quoteLiteral(`${quoteIdent(schema)}.`),
    quoteLiteral(`${quoteIdent(as)}.`),
  ];
  const parameters = `(SELECT GROUP_CONCAT(CONCAT_WS(' ', p.ordinal_position, p.parameter_mode,
      QUOTE(p.parameter_name), p.dtd_identifier) ORDER BY p.ordinal_position SEPARATOR ',')
    FROM information_schema.parameters p WHERE ${isSchema("p.specific_schema", schema)}
      AND p.specific_name = r.specific_name AND p.routine_type = r.routine_type)`;
  const found = await session.rows(
    Definition,
    [
      `SELECT JSON_OBJECT('kind', 'views', 'name', table_name, 'hash', ${hashOf([
        `REPLACE(view_definition, ${own}, ${wanted})`,
        ...["check_option", "definer", "security_type", "algorithm", ...READING.slice(1)],
      ])}) FROM information_schema.views WHERE ${isSchema("table_schema", schema)}`,
      `SELECT JSON_OBJECT('kind', 'triggers', 'name', CONCAT(trigger_name, ' ON ', event_object_table),
         'hash', ${hashOf([
           ...[
             "event_manipulation",
             "action_timing",
             "action_order",
             "action_statement",
             "definer",
           ],
           ...READING,
         ])}) FROM information_schema.triggers WHERE ${isSchema("trigger_schema", schema)}`,
      `SELECT JSON_OBJECT('kind', 'routines', 'name', CONCAT(LOWER(routine_type), ' ', routine_name),
         'hash', ${hashOf([
           ...["dtd_identifier", parameters, "routine_definition", "is_deterministic"],
           ...["sql_data_access", "security_type", "routine_comment", "definer", ...READING],
         ])}) FROM information_schema.routines r WHERE ${isSchema("routine_schema", schema)}`,
    ].join(" UNION ALL "),
  );
  return [...found, ...(await sequencesOf(session, schema))];
}

/** Of a schema whose events are there: a side copy beside live data holds none. */
export function eventsOf(session: SqlSession, schema: string): Promise<Definition[]> {
  return session.rows(
    Definition,
    `SELECT JSON_OBJECT('kind', 'events', 'name', event_name, 'hash', ${hashOf([
      ...["event_definition", "event_type", "execute_at", "interval_value", "interval_field"],
      ...["starts", "ends", "status", "on_completion", "event_comment", "time_zone", "definer"],
      ...READING,
    ])}) FROM information_schema.events WHERE ${isSchema("event_schema", schema)}`,
  );
}

/** How mariadb-dump begins with an event, and with what follows its text. */
const BEGIN = /^\/\*!50106 DROP EVENT IF EXISTS `((?:[^`]|``)+)` \*\/;+$/gm;
const END = "/*!50003 SET time_zone             = @saved_time_zone";

/** The same, from the script that would make them: all there is of events where none may run. */
export function eventsIn(script: string): Definition[] {
  const [, ...parts] = script.split(BEGIN);
  return parts.flatMap((quoted, index) => {
    if (index % 2 !== 0) return [];
    const [text = ""] = (parts[index + 1] ?? "").split(END, 1);
    // What ends a statement is said anew where that changes only.
    const own = text.replace(/^DELIMITER .*$/gm, "").trim();
    const hash = createHash("md5").update(own).digest("hex");
    return [{ kind: "events", name: quoted.replaceAll("``", "`"), hash }];
  });
}

/** Where a sequence stands is no part of it: that moves with every number taken. */
async function sequencesOf(session: SqlSession, schema: string): Promise<Definition[]> {
  const found: Definition[] = [];
  for (const { name, kind } of await tablesOf(session, schema)) {
    if (kind !== "SEQUENCE") continue;
    const [hash] = await session.ask(
      `SELECT ${hashOf(["minimum_value", "maximum_value", "start_value", "increment", "cache_size", "cycle_option"])}
       FROM ${inSchema(schema, name)}`,
    );
    found.push({ kind: "sequences", name, hash: hash ?? "" });
  }
  return found;
}
