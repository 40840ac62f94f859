import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { SqlSession } from "../sql-session.ts";
import { hexLiteral, quoteIdent } from "./connect.ts";
import { isSchema } from "./objects.ts";
import { RoutineRight } from "./routine-rights.ts";

/**
 * A swap takes several statements here, since schemas cannot be renamed. What is needed to finish or
 * undo it is written beforehand into a table in the schema that will hold the former data, so that
 * it is found again after a crash, by another process too.
 */
export const PLAN_TABLE = "pulih_restore";

const Scripts = z.object({
  /** By table. */
  triggers: z.record(z.string(), z.string()),
  views: z.string(),
  routines: z.string(),
});
export type Scripts = z.infer<typeof Scripts>;

export const SwapPlan = z.object({
  /** False where the live schema was gone before the restore. */
  liveExisted: z.boolean(),
  liveTables: z.array(z.string()),
  sideTables: z.array(z.string()),
  live: Scripts,
  liveEvents: z.string(),
  /** Of the live schema's routines. */
  routineRights: z.array(RoutineRight).default([]),
});
export type SwapPlan = z.infer<typeof SwapPlan>;

type Note = "events" | "scripts" | "plan" | "done";

function tableIn(schema: string): string {
  return `${quoteIdent(schema)}.${quoteIdent(PLAN_TABLE)}`;
}

/** Makes the schema for the former data with its empty table of notes. */
export async function makeNotes(session: SqlSession, schema: string): Promise<void> {
  await session.ask(`CREATE DATABASE IF NOT EXISTS ${quoteIdent(schema)}`);
  await session.ask(
    `CREATE TABLE IF NOT EXISTS ${tableIn(schema)} (
       name VARCHAR(20) PRIMARY KEY, text LONGTEXT NOT NULL)
     ENGINE = InnoDB CHARACTER SET utf8mb4`,
  );
}

export async function note(
  session: SqlSession,
  schema: string,
  name: Note,
  text: string,
): Promise<void> {
  await session.ask(`REPLACE INTO ${tableIn(schema)} VALUES ('${name}', ${hexLiteral(text)})`);
}

export async function removeNote(session: SqlSession, schema: string, name: Note): Promise<void> {
  await session.ask(`DELETE FROM ${tableIn(schema)} WHERE name = '${name}'`);
}

/** Null where it was never noted. */
export async function noted(
  session: SqlSession,
  schema: string,
  name: Note,
): Promise<string | null> {
  const table = await session.ask(
    `SELECT 1 FROM information_schema.tables
     WHERE ${isSchema("table_schema", schema)} AND table_name = '${PLAN_TABLE}'`,
  );
  if (table.length === 0) return null;
  const [text] = await session.rows(
    z.string(),
    `SELECT JSON_QUOTE(text) FROM ${tableIn(schema)} WHERE name = '${name}'`,
  );
  return text ?? null;
}

/** Of the side copy, as they were when it was loaded. */
export async function notedScripts(session: SqlSession, schema: string): Promise<Scripts> {
  const text = await noted(session, schema, "scripts");
  if (text === null) throw new AppError("ENGINE_SWAP_FAILED", "there is no side copy to swap in");
  return Scripts.parse(JSON.parse(text));
}

export async function notedPlan(session: SqlSession, schema: string): Promise<SwapPlan> {
  const text = await noted(session, schema, "plan");
  if (text === null) throw new AppError("ENGINE_NEEDS_HUMAN", "the plan of the swap is gone");
  return SwapPlan.parse(JSON.parse(text));
}
