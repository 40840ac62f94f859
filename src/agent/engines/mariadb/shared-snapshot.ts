import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "#domain/errors.ts";
import type { Running } from "../../process/host.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, failed, type Io, type MariadbTarget } from "./connect.ts";
import { isSchema } from "./objects.ts";

/** Commits wait this long at most for the two transactions to begin. */
const BEGIN_MS_MAX = 15_000;
const LOOK_EVERY_MS = 20;
/** The server keeps its list of transactions for 100 ms after each look at it. */
const TRANSACTIONS_RENEWED_MS = 130;

export interface Begun {
  readonly producer: Running;
  /** Connections that the dump had when it began; none where it has ended already. */
  readonly connections: readonly string[];
}

/**
 * Begins the session's transaction and that of a dump at the same instant: a snapshot cannot be
 * handed on in MariaDB, so commits are held back server-wide (BACKUP STAGE BLOCK_COMMIT: reads and
 * changes go on) until both have begun, a fraction of a second as a rule.
 */
export async function startTogether(
  target: MariadbTarget,
  session: SqlSession,
  io: Io,
  start: () => Promise<Running>,
): Promise<Begun> {
  // Closing the session ends the stage, whatever happens.
  await using coordinator = await connect(target, io);
  await coordinator.ask("BACKUP STAGE START");
  const present = await coordinator.ask("SELECT id FROM information_schema.processlist");
  await coordinator.ask("BACKUP STAGE BLOCK_COMMIT");
  await session.ask("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  await session.ask("START TRANSACTION WITH CONSISTENT SNAPSHOT");
  const producer = await start();
  let ended = false;
  void producer.exit.then(() => {
    ended = true;
  });
  const itsConnection = `SELECT id FROM information_schema.processlist p
    WHERE p.id NOT IN (${present.join(", ")}) AND p.user = SUBSTRING_INDEX(SESSION_USER(), '@', 1)
      AND ${isSchema("p.db", target.database)}`;
  const deadline = performance.now() + BEGIN_MS_MAX;
  let connections: readonly string[] = [];
  for (;;) {
    // The tool begins its transaction before it turns to the schema; the list of transactions is the
    // proof. That list is looked at rarely: the server renews it only when it was left alone a while.
    connections = await coordinator.ask(itsConnection);
    if (connections.length > 0 && (await haveBegun(coordinator, connections))) break;
    if (ended) {
      const ending = await producer.exit;
      if (ending.code !== 0) throw failed("mariadb-dump", ending, "ENGINE_DUMP_FAILED", io);
      // Begun and ended between two looks, while nothing could be committed.
      break;
    }
    if (performance.now() > deadline) {
      producer.kill();
      throw new AppError("ENGINE_DUMP_FAILED", "the dump's transaction did not begin in time");
    }
    const pause = connections.length > 0 ? TRANSACTIONS_RENEWED_MS : LOOK_EVERY_MS;
    await delay(pause, undefined, { signal: io.signal }).catch(() => undefined);
  }
  await coordinator.ask("BACKUP STAGE END");
  return { producer, connections };
}

async function haveBegun(coordinator: SqlSession, ids: readonly string[]): Promise<boolean> {
  const [count] = await coordinator.ask(
    `SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id IN (${ids.join(", ")})`,
  );
  return Number(count) > 0;
}
