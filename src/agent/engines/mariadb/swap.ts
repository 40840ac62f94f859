import { AppError, isAppError } from "#domain/errors.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, type Io, type MariadbTarget, quoteIdent, schemasOf } from "./connect.ts";
import { dropLatch, exchange, type Move } from "./exchange.ts";
import { endStragglers, holdForReading, release } from "./hold.ts";
import { dropViewsAndCode, isSchema, movable, schemaExists, tablesOf } from "./objects.ts";
import {
  makeNotes,
  note,
  noted,
  notedPlan,
  PLAN_TABLE,
  removeNote,
  type Scripts,
  type SwapPlan,
} from "./plan.ts";
import { scriptOf, triggerScripts } from "./script-of.ts";

export async function quiesce(
  target: MariadbTarget,
  names: SideNames,
  io: EngineIo,
): Promise<void> {
  await holdForReading(target, names, io);
}

export async function reopen(target: MariadbTarget, names: SideNames): Promise<void> {
  await release(target, names);
}

/**
 * Live tables go to `old` and those of the side copy to live in one RENAME TABLE; then views, code
 * and events of the side copy replace the live ones, behind locks that keep writers out until
 * `reopen`. The plan noted beforehand lets `rollback` undo it from any point.
 */
export async function swap(target: MariadbTarget, names: SideNames, io: EngineIo): Promise<void> {
  const { live, side, old } = schemasOf(target, names);
  await using session = await connect(target, io);
  const state = await stateOf(session, old);
  if (state === "after") return;
  if (state === "between") {
    throw new AppError("ENGINE_SWAP_FAILED", "an earlier swap was cut short; roll it back first");
  }
  if (!(await schemaExists(session, side))) {
    throw new AppError("ENGINE_SWAP_FAILED", "there is no side copy to swap in");
  }
  await holdForReading(target, names, io);
  const { plan, scripts } = await planOf(target, session, { live, side }, io);
  const events = (await noted(session, old, "events")) ?? "";
  await makeNotes(session, old);
  await note(session, old, "plan", JSON.stringify(plan));
  try {
    if (!plan.liveExisted) await createLike(session, live, side);
    const moves: Move[] = [
      { from: live, to: old, tables: plan.liveTables },
      { from: side, to: live, tables: plan.sideTables },
    ];
    await exchange(target, names, io, moves, scripts.triggers);
    await dropViewsAndCode(session, live);
    await run(session, live, [scripts.routines, scripts.views, events]);
    await keepFormerObjects(target, old, plan.live, io);
    await note(session, old, "done", "");
    await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(side)}`);
  } catch (error) {
    if (
      isAppError(error) &&
      error.code === "ENGINE_BUSY" &&
      (await undoNothing(target, old, plan, io))
    ) {
      throw error;
    }
    throw isAppError(error) && error.code === "JOB_CANCELLED"
      ? error
      : new AppError("ENGINE_SWAP_FAILED", "tables could not be swapped", { cause: error });
  }
}

export async function swapState(
  target: MariadbTarget,
  names: SideNames,
  io: EngineIo,
): Promise<"before" | "after" | "between"> {
  await using session = await connect(target, io);
  return await stateOf(session, schemasOf(target, names).old);
}

/** Tables back in one RENAME TABLE if they had moved, then everything else from the plan. */
export async function rollback(
  target: MariadbTarget,
  names: SideNames,
  io: EngineIo,
): Promise<void> {
  const { live, side, old } = schemasOf(target, names);
  await using session = await connect(target, io);
  if ((await stateOf(session, old)) === "before") return;
  const plan = await notedPlan(session, old);
  await endStragglers(session, old);
  if (await hasMoved(session, { live, side, old }, plan)) {
    if (!(await schemaExists(session, side))) await createLike(session, side, live);
    const now = movable(await tablesOf(session, live));
    const moves: Move[] = [
      { from: live, to: side, tables: now },
      { from: old, to: live, tables: plan.liveTables },
    ];
    await exchange(target, names, io, moves, plan.live.triggers);
  } else {
    // Triggers may be gone while the tables are still in their place.
    await exchange(target, names, io, [{ from: live, to: live, tables: [] }], plan.live.triggers);
  }
  if (plan.liveExisted) {
    await dropViewsAndCode(session, live);
    await run(session, live, [plan.live.routines, plan.live.views, plan.liveEvents]);
  }
  await release(target, names);
  if (!plan.liveExisted) await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(live)}`);
  await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(side)}`);
  await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(old)}`);
}

/** Before a swap the schema for the former data holds notes only, and goes as well. */
export async function dropSide(
  target: MariadbTarget,
  names: SideNames,
  io: EngineIo,
): Promise<void> {
  const { side, old } = schemasOf(target, names);
  await using session = await connect(target, io);
  const state = await stateOf(session, old);
  if (state === "between") return;
  await dropLatch(session, old);
  await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(side)}`);
  if (state === "before") await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(old)}`);
}

async function stateOf(session: SqlSession, old: string): Promise<"before" | "after" | "between"> {
  if ((await noted(session, old, "plan")) === null) return "before";
  return (await noted(session, old, "done")) === null ? "between" : "after";
}

async function planOf(
  target: MariadbTarget,
  session: SqlSession,
  { live, side }: { readonly live: string; readonly side: string },
  io: Io,
): Promise<{ plan: SwapPlan; scripts: Scripts }> {
  const scriptsOf = async (schema: string): Promise<Scripts> => ({
    triggers: await triggerScripts(target, session, schema, io),
    views: await scriptOf(target, session, schema, "views", io),
    routines: await scriptOf(target, session, schema, "routines", io),
  });
  const liveExisted = await schemaExists(session, live);
  const plan: SwapPlan = {
    liveExisted,
    liveTables: movable(await tablesOf(session, live)),
    sideTables: movable(await tablesOf(session, side)),
    live: liveExisted ? await scriptsOf(live) : { triggers: {}, views: "", routines: "" },
    liveEvents: liveExisted ? await scriptOf(target, session, live, "events", io) : "",
  };
  return { plan, scripts: await scriptsOf(side) };
}

/** RENAME TABLE is atomic: one table in its new place means all are. */
async function hasMoved(
  session: SqlSession,
  { live, side, old }: { readonly live: string; readonly side: string; readonly old: string },
  plan: SwapPlan,
): Promise<boolean> {
  if (!(await schemaExists(session, live))) return false;
  const former = movable(await tablesOf(session, old)).filter((name) => name !== PLAN_TABLE);
  if (plan.liveTables.length > 0) return former.length > 0;
  return plan.sideTables.length > 0 && movable(await tablesOf(session, side)).length === 0;
}

/**
 * Views and code of the former schema beside its tables, for the operator. No events: they would
 * run. What cannot be made there is no reason to give up the swap; the plan holds it in any case.
 */
async function keepFormerObjects(
  target: MariadbTarget,
  old: string,
  scripts: Scripts,
  io: Io,
): Promise<void> {
  try {
    await using session = await connect(target, io);
    await run(session, old, [...Object.values(scripts.triggers), scripts.routines, scripts.views]);
  } catch (error) {
    if (io.signal.aborted) throw error;
    io.log("views or code of the former schema could not be kept beside its tables");
  }
}

async function run(session: SqlSession, schema: string, scripts: readonly string[]): Promise<void> {
  await session.ask(`USE ${quoteIdent(schema)}`);
  for (const script of scripts) if (script !== "") await session.script(script);
  // A session with this default schema would be taken for a user's.
  await session.ask("USE information_schema");
}

async function createLike(session: SqlSession, schema: string, model: string): Promise<void> {
  const [properties] = await session.ask(
    `SELECT CONCAT('CHARACTER SET ', default_character_set_name, ' COLLATE ', default_collation_name)
     FROM information_schema.schemata WHERE ${isSchema("schema_name", model)}`,
  );
  await session.ask(`CREATE DATABASE IF NOT EXISTS ${quoteIdent(schema)} ${properties ?? ""}`);
}

/** True where locks could not be had before anything was changed: then the plan is void. */
async function undoNothing(
  target: MariadbTarget,
  old: string,
  plan: SwapPlan,
  io: Io,
): Promise<boolean> {
  await using session = await connect(target, io);
  const triggers = await triggerScripts(target, session, target.database, io);
  const planned = JSON.stringify(plan.live.triggers);
  if (!plan.liveExisted || JSON.stringify(triggers) !== planned) return false;
  const tables = movable(await tablesOf(session, target.database));
  if (tables.join("\0") !== plan.liveTables.join("\0")) return false;
  await removeNote(session, old, "plan");
  return true;
}
