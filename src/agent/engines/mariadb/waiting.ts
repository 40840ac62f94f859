import { setTimeout as delay } from "node:timers/promises";
import type { SqlSession } from "../sql-session.ts";

/** Longer than any session waits for a lock. */
const WAIT_MS_MAX = 30_000;
const LOOK_EVERY_MS = 10;

/** A statement under way that may have to wait for locks. */
export interface Pending {
  readonly connection: number;
  /** Settles with the statement. */
  readonly done: Promise<unknown>;
  isOver(): boolean;
}

export async function connectionId(session: SqlSession): Promise<number> {
  const [id] = await session.ask("SELECT CONNECTION_ID()");
  return Number(id);
}

/** Starts a statement on the session of that connection; a failure waits in `done` to be awaited. */
export function begin(connection: number, statement: () => Promise<unknown>): Pending {
  let isOver = false;
  const done = statement().finally(() => {
    isOver = true;
  });
  done.catch(() => undefined);
  return { connection, done, isOver: () => isOver };
}

/** True once the statement stands in the queue for a lock; false where it was served instead. */
export async function standsInQueue(observer: SqlSession, pending: Pending): Promise<boolean> {
  const deadline = performance.now() + WAIT_MS_MAX;
  while (!pending.isOver() && performance.now() < deadline) {
    const [state] = await observer.ask(
      `SELECT IFNULL(state, '') FROM information_schema.processlist WHERE id = ${pending.connection}`,
    );
    if (state?.startsWith("Waiting for table")) return true;
    await delay(LOOK_EVERY_MS);
  }
  return false;
}
