import type { SideNames } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import {
  connect,
  type Io,
  inSchema,
  type MariadbTarget,
  quoteIdent,
  schemasOf,
} from "./connect.ts";
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

/** One connection each; beyond them triggers are made a moment later. */
const GUARDS_MAX = 32;

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
 * 4. for each table with triggers a guard waits for a WRITE lock behind RENAME
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
  moves: readonly Move[],
  triggers: Readonly<Record<string, string>>,
): Promise<void> {
  const { old } = schemasOf(target, names);
  await holdForReading(target, names, io);
  await using observer = await connect(target, io);
  const schemas = [...new Set([target.database, ...moves.flatMap(({ from, to }) => [from, to])])];
  const tables = (await Promise.all(schemas.map((schema) => lockable(observer, schema))))
    .flat()
    .filter((table) => !table.endsWith(`.${quoteIdent(PLAN_TABLE)}`));
  await makeLatch(observer, old);
  await using writer = await connect(target, io);
  await using latch = await connect(target, io);
  const mover = await connect(target, io);
  const snapshot = await connect(target, io);
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
    const late = new Map(Object.entries(triggers));
    const renames = moves.flatMap(({ from, to, tables: moved }) =>
      moved.map((table) => `${inSchema(from, table)} TO ${inSchema(to, table)}`),
    );
    if (renames.length > 0) {
      renames.push(
        `${inSchema(latchSchema(old), "closed")} TO ${inSchema(latchSchema(old), "open")}`,
      );
      await using guards = new AsyncDisposableStack();
      const renaming = begin(await connectionId(mover), () =>
        mover.ask(`RENAME TABLE ${renames.join(", ")}`),
      );
      await standsInQueue(observer, renaming);
      await endUsers(writer, target.database, "UNLOCK TABLES;");
      const guarding: Promise<void>[] = [];
      for (const [table, script] of [...late].slice(0, GUARDS_MAX)) {
        const live = inSchema(target.database, table);
        late.delete(table);
        const guard = guards.use(await connect(target, io));
        const behind = await lockBehind(observer, guard, live, renaming);
        const made = behind.done.then(() => makeTriggers(target, guard, script));
        made.catch(() => undefined);
        guarding.push(made);
      }
      await endUsers(latch, target.database, "UNLOCK TABLES;");
      await Promise.all([renaming.done, ...guarding]);
    } else {
      await writer.ask("UNLOCK TABLES");
      await latch.ask("UNLOCK TABLES");
    }
    await dropLatch(observer, old);
    for (const [table, script] of late) {
      await lock(mover, [inSchema(target.database, table)], "WRITE");
      await makeTriggers(target, mover, script);
    }
    const now = movable(await tablesOf(observer, target.database));
    await lock(
      mover,
      now.map((table) => inSchema(target.database, table)),
      "READ",
    );
    hold(target, names, { locks: mover, snapshot });
  } catch (error) {
    // What still waits for these is served or fails now, not after the failure was told.
    await writer[Symbol.asyncDispose]();
    await latch[Symbol.asyncDispose]();
    await mover[Symbol.asyncDispose]();
    await snapshot[Symbol.asyncDispose]();
    throw error;
  }
}

/** A WRITE lock that waits for RENAME to be through. */
async function lockBehind(
  observer: SqlSession,
  guard: SqlSession,
  table: string,
  renaming: Pending,
): Promise<Pending> {
  const id = await connectionId(guard);
  for (;;) {
    const locking = begin(id, () => lock(guard, [table], "WRITE"));
    if ((await standsInQueue(observer, locking)) || renaming.isOver()) return locking;
    await locking.done;
    // It came before RENAME, which now waits for it: out of the way, and once more.
    await guard.ask("UNLOCK TABLES");
  }
}

async function makeTriggers(
  target: MariadbTarget,
  session: SqlSession,
  script: string,
): Promise<void> {
  await session.ask(`USE ${quoteIdent(target.database)}`);
  await session.script(script);
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
