import { AppError } from "#domain/errors.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import { givenName, type SqlSession } from "../sql-session.ts";
import { connect, type MariadbTarget, quoteIdent, schemasOf } from "./connect.ts";
import { dropLatch } from "./exchange.ts";
import { movable, schemaExists, tablesOf } from "./objects.ts";
import { noted, notedPlan, PLAN_TABLE } from "./plan.ts";

/** ENGINE_CONNECT where the server does not answer. */
export async function presence(target: MariadbTarget, io: EngineIo): Promise<"present" | "absent"> {
  await using session = await connect(target, io);
  return (await schemaExists(session, target.database)) ? "present" : "absent";
}

/**
 * Idempotent. In the middle of a swap that schema may hold the only copy of some data, and the plan
 * to bring it back.
 */
export async function dropOld(
  target: MariadbTarget,
  names: SideNames,
  io: EngineIo,
): Promise<void> {
  const { old } = schemasOf(target, names);
  await using session = await connect(target, io);
  const isCutShort =
    (await noted(session, old, "plan")) !== null && (await noted(session, old, "done")) === null;
  if (isCutShort) throw new AppError("ENGINE_NEEDS_HUMAN", "the swap was cut short");
  await dropLatch(session, old);
  await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(old)}`);
}

/**
 * Names of copies of this schema, of whatever restore. A schema with nothing but notes is no copy: it
 * tells how to undo a restore into an empty place, or belongs to a side copy and goes with it. Where
 * that one is gone it counts.
 */
export async function leftovers(target: MariadbTarget, io: EngineIo): Promise<string[]> {
  await using session = await connect(target, io);
  const schemas = await session.ask(
    "SELECT schema_name FROM information_schema.schemata WHERE schema_name REGEXP '^pulih_[a-z0-9_]+$' ORDER BY 1",
  );
  const copies: string[] = [];
  const forsaken: string[] = [];
  for (const schema of schemas) {
    const name = givenName(schema, target.database);
    if (name === null) continue;
    if (!(await holdsNotesOnly(session, schema))) copies.push(name);
    else if ((await noted(session, schema, "plan")) === null) forsaken.push(name);
  }
  return copies.length > 0 ? copies : forsaken;
}

async function holdsNotesOnly(session: SqlSession, schema: string): Promise<boolean> {
  const tables = movable(await tablesOf(session, schema));
  if (tables.length !== 1 || tables[0] !== PLAN_TABLE) return false;
  const isSwapped = (await noted(session, schema, "plan")) !== null;
  return !isSwapped || !(await notedPlan(session, schema)).liveExisted;
}
