/**
 * One instant that both the digest and the backup stand for.
 *
 * mariabackup copies files while users write, then holds commits back for a moment (BACKUP STAGE
 * BLOCK_COMMIT) in which it takes the last of the redo log: the restored server is as of that moment.
 * A snapshot that begins within it reads the same state. Whether it did is counted, not guessed: the
 * server counts the stages (Com_backup) of one backup — START, FLUSH, BLOCK_DDL, BLOCK_COMMIT, END.
 * Before the snapshot the fourth must have been granted, after it the fifth not yet begun. The server
 * itself waits for the moment and begins the snapshot, since a client may come too late.
 *
 * Tables that know no snapshot (MyISAM, Aria, CSV) take no writes from BLOCK_DDL on; they are locked
 * for reading before END, and until they are digested.
 */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { inSchema } from "../mariadb/connect.ts";
import type { SqlSession } from "../sql-session.ts";

const BLOCK_DDL = 3;
const BLOCK_COMMIT = 4;
export const STAGES = 5;
const LOOK_EVERY_MS = 20;
const LOCK_SECONDS = 5;
/** The server waits so long at a time; in between it is seen whether the backup still runs. */
const WAIT_SECONDS = 3;

export interface Watched {
  /** Locks the tables without snapshots. */
  readonly locker: SqlSession;
  /** Begins its transaction in the instant. */
  readonly reader: SqlSession;
  /** Stages that were counted before mariabackup came. */
  readonly before: number;
  isOver(): boolean;
}

export async function stagesCounted(session: SqlSession): Promise<number> {
  const [count] = await session.ask(
    "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'COM_BACKUP'",
  );
  return Number(count);
}

/**
 * Waits for the instant and begins the reader's snapshot in it. ENGINE_DUMP_FAILED, to be tried
 * again, where it was missed.
 */
export async function awaitInstant(watched: Watched, signal: AbortSignal): Promise<void> {
  await Promise.all([beginReading(watched, signal), lockOthers(watched, signal)]);
}

async function beginReading(watched: Watched, signal: AbortSignal): Promise<void> {
  const { reader, before } = watched;
  await reader.ask("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  for (;;) {
    assertGoesOn(watched, signal);
    await reader.script(waitAndBegin(before));
    const [stage] = await reader.ask("SELECT @pulih_stage");
    if (stage === String(BLOCK_COMMIT)) return;
    if (Number(stage) > BLOCK_COMMIT) throw missed();
  }
}

/** Leaves the stage at which the snapshot had begun in a variable; a smaller one: not yet. */
function waitAndBegin(before: number): string {
  const stage = `(SELECT variable_value - ${before} FROM information_schema.global_status
      WHERE variable_name = 'COM_BACKUP')`;
  // Granted once the statement that asks for it has ended.
  const asking = `(SELECT COUNT(*) FROM information_schema.processlist
      WHERE info LIKE 'BACKUP STAGE%')`;
  return `DELIMITER //
BEGIN NOT ATOMIC
  DECLARE until_then DATETIME(3) DEFAULT SYSDATE(3) + INTERVAL ${WAIT_SECONDS} SECOND;
  DECLARE is_there BOOL DEFAULT FALSE;
  REPEAT
    SET @pulih_stage = ${stage};
    IF @pulih_stage = ${BLOCK_COMMIT} THEN SET is_there = ${asking} = 0; END IF;
    IF NOT is_there THEN DO SLEEP(IF(@pulih_stage < ${BLOCK_DDL}, 0.02, 0.001)); END IF;
  UNTIL is_there OR @pulih_stage > ${BLOCK_COMMIT} OR SYSDATE(3) > until_then END REPEAT;
  IF is_there THEN
    START TRANSACTION WITH CONSISTENT SNAPSHOT;
    SET @pulih_stage = ${stage};
  ELSEIF @pulih_stage = ${BLOCK_COMMIT} THEN
    SET @pulih_stage = ${BLOCK_DDL};
  END IF;
END//
DELIMITER ;
`;
}

async function lockOthers(watched: Watched, signal: AbortSignal): Promise<void> {
  const { locker, before } = watched;
  await locker.ask(`SET SESSION lock_wait_timeout = ${LOCK_SECONDS}`);
  const stage = async () => (await stagesCounted(locker)) - before;
  while ((await stage()) < BLOCK_DDL) {
    assertGoesOn(watched, signal);
    await delay(LOOK_EVERY_MS);
  }
  const unfit = await withoutSnapshot(locker);
  if (unfit.length === 0) return;
  const lock = `LOCK TABLES ${unfit.map((table) => `${table} READ`).join(", ")}`;
  await locker.ask(lock).catch((error: unknown) => {
    throw missed(error);
  });
  if ((await stage()) > BLOCK_COMMIT) throw missed();
}

async function withoutSnapshot(session: SqlSession): Promise<string[]> {
  const tables = await session.rows(
    z.tuple([z.string(), z.string()]),
    `SELECT JSON_ARRAY(table_schema, table_name) FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND IFNULL(engine, '') <> 'InnoDB'
       AND table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')`,
  );
  return tables.map(([schema, name]) => inSchema(schema, name));
}

function assertGoesOn({ isOver }: Watched, signal: AbortSignal): void {
  if (signal.aborted) throw new AppError("JOB_CANCELLED", "called off");
  if (isOver()) throw missed();
}

function missed(cause?: unknown): AppError {
  return new AppError("ENGINE_DUMP_FAILED", "the backup's instant was missed", {
    detail: { changedWhileRead: true },
    cause,
  });
}
