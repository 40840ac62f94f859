/**
 * One instant that both the digest and the restored cluster stand for.
 *
 * A restored cluster is replayed to a named restore point in the WAL; a digest is read in a snapshot.
 * They mean the same state if no transaction became visible between the two:
 *
 * 1. every database's session takes its snapshot, then the restore point is written
 * 2. nobody had a transaction number meanwhile, and a snapshot taken afterwards is still the same one.
 *    Then nothing was committed, nor is a commit half done (its record in the WAL, not yet visible)
 *
 * Where writers never pause long enough, all user tables are locked against writing (SHARE) for the
 * few milliseconds of step 1: whoever holds such a lock knows that no writer is under way.
 */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { quoteLiteral } from "../postgres/connect.ts";
import type { SqlSession } from "../sql-session.ts";
import { type Cluster, session as open } from "./cluster.ts";
import type { DatabaseSession } from "./digest.ts";

const QUIET_ATTEMPTS = 20;
const PAUSE_MS = 50;
const LOCK_ATTEMPTS = 5;
/** Writers wait behind us as long as we wait for a lock. */
const LOCK_TIMEOUT = "2s";
/** A segment that waits longer is not waited for. */
export const ARCHIVED_MS_MAX = 15 * 60 * 1000;

export interface RestorePoint {
  readonly name: string;
  /** WAL segment that holds it. */
  readonly segment: string;
}

/** Writes a restore point; afterwards each session reads its database as of that point. */
export async function markRestorePoint(
  cluster: Cluster,
  socket: string | null,
  control: SqlSession,
  sessions: readonly DatabaseSession[],
  name: string,
): Promise<RestorePoint> {
  for (let attempt = 1; attempt <= QUIET_ATTEMPTS; attempt += 1) {
    // One that turns out not to count keeps its name: recovery stops at the first of a name.
    const point = await markWhileQuiet(control, sessions, `${name}_${attempt}`);
    if (point !== null) return point;
    await delay(PAUSE_MS);
  }
  for (let attempt = 1; ; attempt += 1) {
    await using locks = new AsyncDisposableStack();
    try {
      for (const { database } of sessions) {
        await lockAll(locks.use(await open(cluster, socket, database)));
      }
    } catch (error) {
      if (attempt < LOCK_ATTEMPTS) continue;
      throw new AppError("ENGINE_BUSY", "writers never pause", { cause: error });
    }
    await begin(sessions);
    return await mark(control, `${name}_locked`);
  }
}

async function markWhileQuiet(
  control: SqlSession,
  sessions: readonly DatabaseSession[],
  name: string,
): Promise<RestorePoint | null> {
  if (!(await isQuiet(control))) return null;
  const snapshots = await begin(sessions);
  const point = await mark(control, name);
  const wasQuiet = await isQuiet(control);
  snapshots.add(await snapshotNow(control));
  return wasQuiet && snapshots.size === 1 ? point : null;
}

async function mark(control: SqlSession, name: string): Promise<RestorePoint> {
  const [segment = ""] = await control.ask(
    `SELECT pg_walfile_name(pg_create_restore_point(${quoteLiteral(name)}))`,
  );
  return { name, segment };
}

/** Starts the transactions anew; their snapshots. */
async function begin(sessions: readonly DatabaseSession[]): Promise<Set<string>> {
  const snapshots = new Set<string>();
  for (const { session } of sessions) {
    await session.ask("ROLLBACK");
    await session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    snapshots.add(await snapshotNow(session));
  }
  return snapshots;
}

async function snapshotNow(session: SqlSession): Promise<string> {
  const [snapshot = ""] = await session.ask("SELECT pg_current_snapshot()");
  return snapshot;
}

async function isQuiet(control: SqlSession): Promise<boolean> {
  await control.ask("SELECT pg_stat_clear_snapshot()");
  const [writers] = await control.ask(
    `SELECT (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_xid IS NOT NULL)
       + (SELECT count(*) FROM pg_catalog.pg_prepared_xacts)`,
  );
  return writers === "0";
}

async function lockAll(session: SqlSession): Promise<void> {
  await session.ask("BEGIN");
  await session.ask(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  const tables = await session.rows(
    z.string(),
    `SELECT to_json(format('%I.%I', n.nspname, c.relname)) FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence = 'p'
       AND (c.oid = 'pg_catalog.pg_largeobject'::regclass
            OR (n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'))
     ORDER BY c.oid`,
  );
  if (tables.length > 0)
    await session.ask(`LOCK TABLE ONLY ${tables.join(", ONLY ")} IN SHARE MODE`);
}

/** Closes the WAL segment with the restore point in it and waits until it lies in the archive. */
export async function awaitArchived(
  control: SqlSession,
  { segment }: RestorePoint,
  signal: AbortSignal,
): Promise<void> {
  await control.ask("SELECT pg_switch_wal()");
  const deadline = performance.now() + ARCHIVED_MS_MAX;
  for (;;) {
    if (signal.aborted) throw new AppError("JOB_CANCELLED", "called off");
    const [isDone] = await control.ask(
      `SELECT EXISTS (SELECT FROM pg_ls_archive_statusdir() WHERE name = '${segment}.done')
         OR coalesce(last_archived_wal >= '${segment}' AND length(last_archived_wal) = 24, false)
       FROM pg_catalog.pg_stat_archiver`,
    );
    if (isDone === "t") return;
    if (performance.now() > deadline) {
      throw new AppError("ENGINE_DUMP_INCOMPLETE", "the WAL did not reach the archive");
    }
    await delay(PAUSE_MS);
  }
}
