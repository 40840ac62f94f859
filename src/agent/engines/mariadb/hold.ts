import { AppError, isAppError } from "#domain/errors.ts";
import type { SideNames } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, type Io, inSchema, type MariadbTarget } from "./connect.ts";
import type { Crew } from "./crew.ts";
import type { FormerObjects } from "./former-objects.ts";
import { isSchema, movable, schemaExists, tablesOf } from "./objects.ts";

/**
 * Keeping users out. Accounts and rights stay as they are; a session of the agent holds table locks
 * instead, which a crash of the agent lets go of by itself. READ locks make writers wait while the
 * agent's own dump, and users, still read.
 */
interface Held {
  readonly locks: SqlSession;
  /**
   * After a swap: a snapshot from just before it. What it reads under the live names is what was
   * swapped in, whatever a user may have written since.
   */
  readonly snapshot: SqlSession | null;
  /** Before a swap: what it needs, made ready while users were not waiting yet. */
  readonly ready: Ready | null;
}

export interface Ready {
  readonly crew: Crew;
  readonly former: FormerObjects;
}
const held = new Map<string, Held>();

const LOCK_ATTEMPTS = 3;
const STRAGGLERS_MS_MAX = 30_000;

function keyOf(target: MariadbTarget, names: SideNames): string {
  return `${target.alias}\0${target.database}\0${names.side}`;
}

/** From now on these sessions keep users out, until `release`. */
export function hold(target: MariadbTarget, names: SideNames, sessions: Held): void {
  held.set(keyOf(target, names), sessions);
}

/** Whoever takes it has to dispose of the crew. */
export function takeReady(target: MariadbTarget, names: SideNames): Ready | null {
  const sessions = held.get(keyOf(target, names));
  if (!sessions) return null;
  held.set(keyOf(target, names), { ...sessions, ready: null });
  return sessions.ready;
}

export function isHeld(target: MariadbTarget, names: SideNames): boolean {
  return held.has(keyOf(target, names));
}

export function heldSnapshot(target: MariadbTarget, names: SideNames): SqlSession | null {
  return held.get(keyOf(target, names))?.snapshot ?? null;
}

/** Lets go of the locks, if any. */
export async function release(target: MariadbTarget, names: SideNames): Promise<void> {
  const sessions = held.get(keyOf(target, names));
  held.delete(keyOf(target, names));
  await sessions?.locks[Symbol.asyncDispose]();
  await sessions?.snapshot?.[Symbol.asyncDispose]();
  await sessions?.ready?.crew[Symbol.asyncDispose]();
}

/** Makes all writers of the live schema wait. ENGINE_BUSY where a lock cannot be had. */
export async function holdForReading(
  target: MariadbTarget,
  names: SideNames,
  io: Io,
  ready: Ready | null = null,
): Promise<void> {
  if (isHeld(target, names)) return;
  for (let attempt = 1; ; attempt += 1) {
    const session = await connect(target, io);
    try {
      await endUsers(session, target.database);
      if (await schemaExists(session, target.database)) {
        await lock(session, await lockable(session, target.database), "READ");
      }
      hold(target, names, { locks: session, snapshot: null, ready });
      return;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      const isBusy = isAppError(error) && error.code === "ENGINE_BUSY";
      if (!isBusy || attempt === LOCK_ATTEMPTS) throw error;
    }
  }
}

/** Tables and sequences of a schema as LOCK TABLES and RENAME TABLE name them. */
export async function lockable(session: SqlSession, schema: string): Promise<string[]> {
  return movable(await tablesOf(session, schema)).map((name) => inSchema(schema, name));
}

export async function lock(
  session: SqlSession,
  tables: readonly string[],
  mode: "READ" | "WRITE",
): Promise<void> {
  if (tables.length === 0) return;
  await session.ask(`LOCK TABLES ${tables.map((table) => `${table} ${mode}`).join(", ")}`);
}

/**
 * Ends the connections that have the live schema as their default, above all those that wait: a
 * statement meant for the old data must not run on the new. The agent's own have another default.
 */
export async function endUsers(
  session: SqlSession,
  database: string,
  andThen: "" | "UNLOCK TABLES;" = "",
): Promise<void> {
  const where = `${isSchema("db", database)} AND command NOT IN ('Daemon', 'Binlog Dump')`;
  // In one go with what follows: whoever comes in between is not ended.
  await session.script(`${killStatement(where)}${andThen}`);
}

/**
 * Ends a RENAME of this restore whose client is gone but which still waits on the server: it must
 * not run after the state was looked at.
 */
export async function endStragglers(session: SqlSession, old: string): Promise<void> {
  const where = `info LIKE 'RENAME TABLE%${old}%'`;
  const deadline = performance.now() + STRAGGLERS_MS_MAX;
  for (;;) {
    await session.script(killStatement(where));
    const left = await session.ask(`SELECT id FROM information_schema.processlist WHERE ${where}`);
    if (left.length === 0) return;
    if (performance.now() > deadline) {
      throw new AppError("ENGINE_BUSY", "an earlier RENAME is still under way");
    }
  }
}

/**
 * Kills until nobody is left, for a second at most. One that has gone meanwhile is no failure; one
 * that was killed while it waited for a lock could still be given it, so its end is waited for.
 */
function killStatement(where: string): string {
  const others = `information_schema.processlist WHERE id <> CONNECTION_ID() AND ${where}`;
  return `DELIMITER //
BEGIN NOT ATOMIC
  DECLARE left_over, tries INT DEFAULT 0;
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;
  REPEAT
    FOR user IN (SELECT id FROM ${others} AND command <> 'Killed') DO
      KILL user.id;
    END FOR;
    SELECT COUNT(*) INTO left_over FROM ${others};
    SET tries = tries + 1;
    IF left_over > 0 THEN DO SLEEP(0.002); END IF;
  UNTIL left_over = 0 OR tries >= 500 END REPEAT;
END//
DELIMITER ;
`;
}
