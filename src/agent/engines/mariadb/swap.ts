import { AppError, isAppError } from "#domain/errors.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, type Io, type MariadbTarget, quoteIdent, schemasOf } from "./connect.ts";
import { openCrew } from "./crew.ts";
import { dropLatch, exchange, type Move } from "./exchange.ts";
import { type FormerObjects, formerObjectsOf } from "./former-objects.ts";
import { endStragglers, holdForReading, isHeld, type Ready, release, takeReady } from "./hold.ts";
import { dropViewsAndCode, isSchema, movable, schemaExists, shapeOf, tablesOf } from "./objects.ts";
import {
  note,
  noted,
  notedPlan,
  notedScripts,
  PLAN_TABLE,
  removeNote,
  type Scripts,
  type SwapPlan,
} from "./plan.ts";
import { giveBack, routineRightsOf } from "./routine-rights.ts";

/** Everything that takes its time is done first; then writers wait. */
export async function quiesce(
  target: MariadbTarget,
  names: SideNames,
  io: EngineIo,
): Promise<void> {
  if (isHeld(target, names)) return;
  let ready: Ready;
  {
    await using session = await connect(target, io);
    ready = await makeReady(target, session, names, io);
  }
  try {
    await holdForReading(target, names, io, ready);
  } catch (error) {
    await ready.crew[Symbol.asyncDispose]();
    throw error;
  }
}

export async function reopen(target: MariadbTarget, names: SideNames): Promise<void> {
  await release(target, names);
}

async function makeReady(
  target: MariadbTarget,
  session: SqlSession,
  names: SideNames,
  io: Io,
): Promise<Ready> {
  const { old } = schemasOf(target, names);
  const former = await formerObjectsOf(target, session, io);
  const isLoaded = (await noted(session, old, "scripts")) !== null;
  const { triggers } = isLoaded ? await notedScripts(session, old) : { triggers: {} };
  return { crew: await openCrew(target, Object.keys(triggers).length, io), former };
}

/**
 * Live tables go to `old` and those of the side copy to live in one RENAME TABLE; then views, code
 * and events of the side copy replace the live ones, behind locks that keep writers out until
 * `reopen`. The plan noted beforehand lets `rollback` undo it from any point.
 */
export async function swap(target: MariadbTarget, names: SideNames, io: EngineIo): Promise<void> {
  const { live, side, old } = schemasOf(target, names);
  await using stack = new AsyncDisposableStack();
  const ready = takeReady(target, names);
  if (ready) stack.use(ready.crew);
  const session = ready ? ready.crew.observer : stack.use(await connect(target, io));
  const state = await stateOf(session, old);
  if (state === "after") return;
  if (state === "between") {
    throw new AppError("ENGINE_SWAP_FAILED", "an earlier swap was cut short; roll it back first");
  }
  if (!(await schemaExists(session, side))) {
    throw new AppError("ENGINE_SWAP_FAILED", "there is no side copy to swap in");
  }
  const { crew, former: noticed } = ready ?? (await makeReady(target, session, names, io));
  if (!ready) stack.use(crew);
  await holdForReading(target, names, io);
  // Until the locks came, somebody may have changed a view or a trigger.
  const former =
    (await shapeOf(session, live)) === noticed.shape
      ? noticed
      : await formerObjectsOf(target, session, io);
  if (names.liveWasAbsent === true && former.existed) {
    throw new AppError("ENGINE_SWAP_FAILED", "a schema was made where there was none");
  }
  const scripts = await notedScripts(session, old);
  const plan: SwapPlan = {
    liveExisted: former.existed,
    liveTables: movable(await tablesOf(session, live)),
    sideTables: movable(await tablesOf(session, side)),
    live: former.scripts,
    liveEvents: former.events,
    routineRights: await routineRightsOf(session, live),
  };
  const events = (await noted(session, old, "events")) ?? "";
  await note(session, old, "plan", JSON.stringify(plan));
  try {
    if (!plan.liveExisted) await createLike(session, live, side);
    const moves: Move[] = [
      { from: live, to: old, tables: plan.liveTables },
      { from: side, to: live, tables: plan.sideTables },
    ];
    await exchange(target, names, io, crew, moves, scripts.triggers);
    await dropViewsAndCode(session, live);
    await run(session, live, [scripts.routines, scripts.views, events]);
    await giveBack(session, live, plan.routineRights);
    await keepFormerObjects(crew.latch, old, plan.live, io);
    await note(session, old, "done", "");
    await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(side)}`);
  } catch (error) {
    if (
      isAppError(error) &&
      error.code === "ENGINE_BUSY" &&
      (await undoNothing(target, old, former, io))
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
  await using stack = new AsyncDisposableStack();
  const ready = takeReady(target, names);
  if (ready) stack.use(ready.crew);
  const first = ready ? ready.crew.observer : stack.use(await connect(target, io));
  const plan = await planToUndo(first, old);
  if (plan === null) return;
  // A connection over SSH has few programs at a time.
  if (!ready) await first[Symbol.asyncDispose]();
  const guards = Object.keys(plan.live.triggers).length;
  const crew = ready?.crew ?? stack.use(await openCrew(target, guards, io));
  const session = crew.observer;
  if (await hasMoved(session, { live, side, old }, plan)) {
    if (!(await schemaExists(session, side))) await createLike(session, side, live);
    const now = movable(await tablesOf(session, live));
    const moves: Move[] = [
      { from: live, to: side, tables: now },
      { from: old, to: live, tables: plan.liveTables },
    ];
    await exchange(target, names, io, crew, moves, plan.live.triggers);
  } else {
    // Triggers may be gone while the tables are still in their place.
    const nothing = [{ from: live, to: live, tables: [] }];
    await exchange(target, names, io, crew, nothing, plan.live.triggers);
  }
  if (plan.liveExisted) {
    await dropViewsAndCode(session, live);
    await run(session, live, [plan.live.routines, plan.live.views, plan.liveEvents]);
    await giveBack(session, live, plan.routineRights);
  }
  await release(target, names);
  if (!plan.liveExisted) await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(live)}`);
  await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(side)}`);
  await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(old)}`);
}

/** What a swap noted, and nothing of it still under way; null where none has begun. */
async function planToUndo(session: SqlSession, old: string): Promise<SwapPlan | null> {
  if ((await stateOf(session, old)) === "before") return null;
  const plan = await notedPlan(session, old);
  await endStragglers(session, old);
  return plan;
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
  session: SqlSession,
  old: string,
  scripts: Scripts,
  io: Io,
): Promise<void> {
  try {
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
  former: FormerObjects,
  io: Io,
): Promise<boolean> {
  await using session = await connect(target, io);
  if (!former.existed || (await shapeOf(session, target.database)) !== former.shape) return false;
  await removeNote(session, old, "plan");
  return true;
}
