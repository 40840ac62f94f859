import { createHash } from "node:crypto";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { Definition, type Sorted } from "../definition-changes.ts";
import type { SqlSession } from "../sql-session.ts";
import { inSchema, quoteIdent, quoteLiteral } from "./connect.ts";
import { tableParts } from "./definitions-of-tables.ts";
import { hashOf } from "./hash-of.ts";
import { isSchema, tablesOf } from "./objects.ts";

/** How a view, a trigger, a routine or an event is read, beside its own text. */
const READING = ["sql_mode", "character_set_client", "collation_connection"];

/**
 * What a schema defines beside its rows, but for events and sequences, sorted. The server writes the
 * schema's name into views: `as` is the one by which they are to be compared. Holds one at a time
 * where the client was told to (`--quick`).
 *
 * No rights: the server keeps them by name, and whatever is put in the place of a name has them.
 */
export async function* definitionsOf(
  session: SqlSession,
  schema: string,
  as = schema,
): AsyncGenerator<Sorted> {
  const objects = [...codeOf(schema, as), ...tableParts(schema)];
  const place = "MD5(CONCAT(kind, '|', name))";
  const lines = session.stream(
    `SELECT JSON_OBJECT('place', ${place}, 'kind', kind, 'name', name, 'of', part, 'hash', hash) FROM (
       ${objects.join(" UNION ALL ")}) defined ORDER BY ${place}, hash`,
  );
  for await (const line of lines) yield parsed(line);
}

/** Kind, name, what it is a part of, and a hash of all that defines it: so are all of these. */
function codeOf(schema: string, as: string): string[] {
  const [own, wanted] = [
    quoteLiteral(`${quoteIdent(schema)}.`),
    quoteLiteral(`${quoteIdent(as)}.`),
  ];
  const parameters = `(SELECT GROUP_CONCAT(CONCAT_WS(' ', p.ordinal_position, p.parameter_mode,
      QUOTE(p.parameter_name), p.dtd_identifier) ORDER BY p.ordinal_position SEPARATOR ',')
    FROM information_schema.parameters p WHERE ${isSchema("p.specific_schema", schema)}
      AND p.specific_name = r.specific_name AND p.routine_type = r.routine_type)`;
  return [
    `SELECT 'views' AS kind, table_name AS name, NULL AS part, ${hashOf([
      `REPLACE(view_definition, ${own}, ${wanted})`,
      ...["check_option", "definer", "security_type", "algorithm", ...READING.slice(1)],
    ])} AS hash FROM information_schema.views WHERE ${isSchema("table_schema", schema)}`,
    `SELECT 'triggers', CONCAT(trigger_name, ' ON ', event_object_table), event_object_table, ${hashOf(
      [
        ...["event_manipulation", "action_timing", "action_order", "action_statement", "definer"],
        ...READING,
      ],
    )} FROM information_schema.triggers WHERE ${isSchema("trigger_schema", schema)}`,
    `SELECT 'routines', CONCAT(LOWER(routine_type), ' ', routine_name), NULL, ${hashOf([
      ...["dtd_identifier", parameters, "routine_definition", "is_deterministic"],
      ...["sql_data_access", "security_type", "routine_comment", "definer", ...READING],
    ])} FROM information_schema.routines r WHERE ${isSchema("routine_schema", schema)}`,
  ];
}

const Line = Definition.extend({ place: z.string() });

/** The parser's own errors quote what they could not read. */
function parsed(line: string): Sorted {
  try {
    return Line.parse(JSON.parse(line));
  } catch {
    throw new AppError("INTERNAL", "a definition cannot be read");
  }
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
export async function sequencesOf(session: SqlSession, schema: string): Promise<Definition[]> {
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
