import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { SequenceBounds } from "../sequence-bounds.ts";
import type { SqlSession } from "../sql-session.ts";
import { quoteIdent, quoteLiteral } from "./connect.ts";
import { isSchema } from "./objects.ts";

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z.string().transform((text, context) => {
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: "custom", message: "not readable" });
      return z.NEVER;
    }
  });

/** What a dump leaves out and a restore needs. Stored as strings. */
const Recreate = z.object({
  charset: z.string(),
  collation: z.string(),
  comment: z.string(),
  /** Decides whether two names that differ in case are two tables. */
  lowerCaseTableNames: z.string(),
  /** Accounts in whose name views, triggers and code run. */
  definers: json(z.array(z.string())),
  /** Script that makes the events; kept out of the dump, lest they run in the side copy. */
  events: z.string(),
  /** Script that makes all views, where the dump could not hold them in an order that loads. */
  views: z.string().default(""),
  /** Views that could not be dumped because their tables are gone. */
  brokenViews: json(z.array(z.string())),
  widestRowBytes: z.string().regex(/^\d+$/),
  sequences: json(SequenceBounds),
});
export type Recreate = z.infer<typeof Recreate>;

/** Reads the schema's own properties and its definers. */
export async function recreateOf(
  session: SqlSession,
  schema: string,
): Promise<Record<string, string>> {
  const [properties] = await session.rows(
    z.record(z.string(), z.string()),
    `SELECT JSON_OBJECT('charset', default_character_set_name, 'collation', default_collation_name,
       'comment', schema_comment, 'lowerCaseTableNames', CAST(@@lower_case_table_names AS CHAR))
     FROM information_schema.schemata WHERE ${isSchema("schema_name", schema)}`,
  );
  if (!properties) throw new AppError("ENGINE_CONNECT", "there is no such schema");
  const definers = await session.rows(
    z.string(),
    `SELECT JSON_QUOTE(definer) FROM information_schema.views WHERE ${isSchema("table_schema", schema)}
     UNION SELECT JSON_QUOTE(definer) FROM information_schema.triggers
       WHERE ${isSchema("trigger_schema", schema)}
     UNION SELECT JSON_QUOTE(definer) FROM information_schema.routines
       WHERE ${isSchema("routine_schema", schema)}
     UNION SELECT JSON_QUOTE(definer) FROM information_schema.events
       WHERE ${isSchema("event_schema", schema)}`,
  );
  return { ...properties, definers: JSON.stringify(definers) };
}

/** Throws VAULT_MANIFEST where a manifest does not hold what this engine writes. */
export function parseRecreate(stored: Readonly<Record<string, string>>): Recreate {
  const parsed = Recreate.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new AppError("VAULT_MANIFEST", "manifest does not tell how to make the schema anew");
}

export function createStatement(
  name: string,
  from: Pick<Recreate, "charset" | "collation" | "comment">,
): string {
  return [
    `CREATE DATABASE ${quoteIdent(name)}`,
    `CHARACTER SET ${quoteLiteral(from.charset)} COLLATE ${quoteLiteral(from.collation)}`,
    ...(from.comment === "" ? [] : [`COMMENT ${quoteLiteral(from.comment)}`]),
  ].join(" ");
}
