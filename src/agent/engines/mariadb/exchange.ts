import type { SideNames } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { type Io, inSchema, type MariadbTarget, quoteIdent, schemasOf } from "./connect.ts";
import type { Crew } from "./crew.ts";
import { endUsers, hold, holdForReading, lock, lockable, release } from "./hold.ts";
import { movable, tablesOf, triggersOf } from "./objects.ts";
import { PLAN_TABLE } from "./plan.ts";
import { begin, connectionId, type Pending, standsInQueue } from "./waiting.ts";

export interface Move {
  readonly from: string;
  readonly to: string;
  /** Names without schema. */
  readonly tables: readonly string[];
}

/**
 * Moves tables between schemas in one RENAME TABLE, which is atomic, and gives the live ones their
 * triggers before anybody can write to them.
 *
 * RENAME TABLE refuses to run under LOCK TABLES, and refuses tables with triggers. So locks are
 * handed on in a chain in which the next one always waits already when the one before lets go; the
 * server serves who waits for a stronger lock before any writer:
 *
 * 1. READ locks, since quiesce
 * 2. WRITE locks on all tables; triggers go
 * 3. RENAME waits; the locks go; now it has all tables but `latch`, an empty one of our own whose
 *    name the server locks last, and which is moved along
 * 4. for each table with triggers a guard waits for a WRITE lock behind RENAME; where there are fewer
 *    guards than tables, each waits for the first of its share and has the others a moment later
 * 5. users that wait are ended, `latch` opens, RENAME runs, guards make the triggers
 * 6. READ locks until reopen
 *
 * A user who connects in an instant between 2 and 3 may still write to what becomes the former data,
 * which are kept; one who connects in an instant between 5 and 6 writes to the new ones.
 */
export async function exchange(
  target: MariadbTarget,
  names: SideNames,
  io: Io,
  crew: Crew,
  moves: readonly Move[],
  triggers: Readonly<Record<string, string>>,
): Promise<void> {
  const { old } = schemasOf(target, names);
  const { observer, writer, latch, mover, snapshot } = crew;
  await holdForReading(target, names, io);
  const schemas = [...new Set([target.database, ...moves.flatMap(({ from, to }) => [from, to])])];
  const tables = (await Promise.all(schemas.map((schema) => lockable(observer, schema))))
    .flat()
    .filter((table) => !table.endsWith(`.${quoteIdent(PLAN_TABLE)}`));
  await makeLatch(observer, old);
  try {
    await snapshot.ask("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    await snapshot.ask("START TRANSACTION WITH CONSISTENT SNAPSHOT");
    await lock(latch, [inSchema(latchSchema(old), "closed")], "WRITE");
    const locking = begin(await connectionId(writer), () => lock(writer, tables, "WRITE"));
    await standsInQueue(observer, locking);
    await endUsers(observer, target.database);
    await release(target, names);
    await locking.done;
    for (const schema of schemas) {
      for (const { name } of await triggersOf(observer, schema)) {
        await writer.ask(`DROP TRIGGER ${inSchema(schema, name)}`);
      }
    }
    const renames = moves.flatMap(({ from, to, tables: moved }) =>
      moved.map((table) => `${inSchema(from, table)} TO ${inSchema(to, table)}`),
    );
    if (renames.length > 0) {
      renames.push(
        `${inSchema(latchSchema(old), "closed")} TO ${inSchema(latchSchema(old), "open")}`,
      );
      const renaming = begin(await connectionId(mover), () =>
        mover.ask(`RENAME TABLE ${renames.join(", ")}`),
      );
      await standsInQueue(observer, renaming);
      await endUsers(writer, target.database, "UNLOCK TABLES;");
      const guarding: Promise<void>[] = [];
      for (const [guard, share] of sharesOf(crew.guards, Object.entries(triggers))) {
        const live = share.map(([table]) => inSchema(target.database, table));
        const behind = await lockBehind(observer, guard, live, renaming);
        const made = behind.done.then(() => makeTriggers(target, guard, share));
        made.catch(() => undefined);
        guarding.push(made);
      }
      await endUsers(latch, target.database, "UNLOCK TABLES;");
      await Promise.all([renaming.done, ...guarding]);
    } else {
      await writer.ask("UNLOCK TABLES");
      await latch.ask("UNLOCK TABLES");
    }
    if (renames.length === 0 || crew.guards.length === 0) {
      const live = Object.keys(triggers).map((table) => inSchema(target.database, table));
      await lock(mover, live, "WRITE");
      await makeTriggers(target, mover, Object.entries(triggers));
    }
    await dropLatch(observer, old);
    const now = movable(await tablesOf(observer, target.database));
    await lock(
      mover,
      now.map((table) => inSchema(target.database, table)),
      "READ",
    );
    crew.handOver(mover, snapshot);
    hold(target, names, { locks: mover, snapshot, ready: null });
  } catch (error) {
    // What still waits for these is served or fails now, not after the failure was told.
    await crew[Symbol.asyncDispose]();
    throw error;
  }
}

/** Tables dealt out to those who will guard them; who has none is left out. */
function sharesOf<Table>(
  guards: readonly SqlSession[],
  tables: readonly Table[],
): (readonly [SqlSession, readonly Table[]])[] {
  return guards
    .map((guard, first) => [guard, tables.filter((_, n) => n % guards.length === first)] as const)
    .filter(([, share]) => share.length > 0);
}

/** WRITE locks that wait for RENAME to be through. */
async function lockBehind(
  observer: SqlSession,
  guard: SqlSession,
  tables: readonly string[],
  renaming: Pending,
): Promise<Pending> {
  const id = await connectionId(guard);
  for (;;) {
    const locking = begin(id, () => lock(guard, tables, "WRITE"));
    if ((await standsInQueue(observer, locking)) || renaming.isOver()) return locking;
    await locking.done;
    // It came before RENAME, which now waits for it: out of the way, and once more.
    await guard.ask("UNLOCK TABLES");
  }
}

async function makeTriggers(
  target: MariadbTarget,
  session: SqlSession,
  scripts: readonly (readonly [table: string, script: string])[],
): Promise<void> {
  if (scripts.length === 0) return;
  await session.ask(`USE ${quoteIdent(target.database)}`);
  for (const [, script] of scripts) await session.script(script);
  // A session with this default schema would be taken for a user's.
  await session.ask("USE information_schema");
  await session.ask("UNLOCK TABLES");
}

/**
 * The server locks tables in the order of the bytes of schema and name, so this one comes last. A
 * schema of its own, since no foreign key or trigger may lead from the tables to the latch.
 */
function latchSchema(old: string): string {
  return `\uffee${old}`;
}

async function makeLatch(session: SqlSession, old: string): Promise<void> {
  await dropLatch(session, old);
  await session.ask(`CREATE DATABASE ${quoteIdent(latchSchema(old))}`);
  await session.ask(`CREATE TABLE ${inSchema(latchSchema(old), "closed")} (x INT) ENGINE = InnoDB`);
}

/** Idempotent; after a crash too. */
export async function dropLatch(session: SqlSession, old: string): Promise<void> {
  await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(latchSchema(old))}`);
}
