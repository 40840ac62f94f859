import { AppError, isAppError } from "#domain/errors.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import {
  connectForAdministration,
  databasesOf,
  type PostgresTarget,
  quoteIdent,
} from "./connect.ts";
import {
  closeStatements,
  type Database,
  dropDatabase,
  dropSideDatabase,
  findDatabase,
  openStatements,
  terminateOthers,
} from "./databases.ts";
import { assertNoPreparedTransactions } from "./preflight.ts";

/** Somebody may slip in between the ending of sessions and the renaming, even several times. */
const RENAME_ATTEMPTS = 5;

/**
 * Keeps users out, first stage: a limit of 0 connections binds all but superusers, so that the agent
 * can still take the safety backup. The limit that was there is remembered at the database.
 */
export async function quiesce(
  target: PostgresTarget,
  _names: SideNames,
  io: EngineIo,
): Promise<void> {
  await using session = await connectForAdministration(target, io);
  const live = await findDatabase(session, target.database);
  if (live === null) return;
  await assertNoPreparedTransactions(session, target.database);
  await inTransaction(session, closeStatements(live));
  await terminateOthers(session, target.database);
}

export async function reopen(
  target: PostgresTarget,
  _names: SideNames,
  io: EngineIo,
): Promise<void> {
  await using session = await connectForAdministration(target, io);
  await open(session, target.database);
}

/**
 * Both renamings in one transaction: the name stands for the old database or the new one, never for
 * none. The new one has a limit of 0 connections since it was made; `reopen` lets users in.
 */
export async function swap(target: PostgresTarget, names: SideNames, io: EngineIo): Promise<void> {
  const { live: liveName, side: sideName, old: oldName } = databasesOf(target, names);
  await using session = await connectForAdministration(target, io);
  const live = await findDatabase(session, liveName);
  if (isAfter(live, sideName)) return;
  if (names.liveWasAbsent === true && live !== null) {
    throw new AppError("ENGINE_SWAP_FAILED", "a database was made where there was none");
  }
  const side = await findDatabase(session, sideName);
  if (side === null) throw new AppError("ENGINE_SWAP_FAILED", "there is no side copy to swap in");
  const rename = [
    ...(live === null
      ? []
      : [
          ...closeStatements(live),
          `ALTER DATABASE ${quoteIdent(liveName)} RENAME TO ${quoteIdent(oldName)}`,
        ]),
    `ALTER DATABASE ${quoteIdent(sideName)} RENAME TO ${quoteIdent(liveName)}`,
    `ALTER DATABASE ${quoteIdent(liveName)} ALLOW_CONNECTIONS true`,
  ];
  await exchange(target, io, live === null ? [sideName] : [liveName, sideName], rename);
}

/** Names and settings say it all; the renaming is one transaction, so there is no "between". */
export async function swapState(
  target: PostgresTarget,
  names: SideNames,
  io: EngineIo,
): Promise<"before" | "after"> {
  await using session = await connectForAdministration(target, io);
  const live = await findDatabase(session, target.database);
  return isAfter(live, databasesOf(target, names).side) ? "after" : "before";
}

export async function rollback(
  target: PostgresTarget,
  names: SideNames,
  io: EngineIo,
): Promise<void> {
  const { live: liveName, side: sideName, old: oldName } = databasesOf(target, names);
  {
    await using session = await connectForAdministration(target, io);
    const live = await findDatabase(session, liveName);
    if (!isAfter(live, sideName)) return;
    const old = names.liveWasAbsent === true ? null : await findDatabase(session, oldName);
    if (old === null && names.liveWasAbsent !== true) {
      throw new AppError("ENGINE_KEPT_GONE", "the former database is gone");
    }
    const rename = [
      `ALTER DATABASE ${quoteIdent(liveName)} RENAME TO ${quoteIdent(sideName)}`,
      ...(old === null
        ? []
        : [
            `ALTER DATABASE ${quoteIdent(oldName)} RENAME TO ${quoteIdent(liveName)}`,
            `ALTER DATABASE ${quoteIdent(liveName)} ALLOW_CONNECTIONS true`,
          ]),
    ];
    await exchange(target, io, old === null ? [liveName] : [liveName, oldName], rename);
  }
  await dropSide(target, names, io);
}

export async function dropSide(
  target: PostgresTarget,
  names: SideNames,
  io: EngineIo,
): Promise<void> {
  await dropSideDatabase(target, databasesOf(target, names).side, io);
}

/** Idempotent. What is live now has another name, whatever became of the restore. */
export async function dropOld(
  target: PostgresTarget,
  names: SideNames,
  io: EngineIo,
): Promise<void> {
  await using session = await connectForAdministration(target, io);
  await dropDatabase(session, databasesOf(target, names).old);
}

function isAfter(live: Database | null, sideName: string): boolean {
  return live?.restoredAs === sideName;
}

async function open(session: SqlSession, name: string): Promise<void> {
  const database = await findDatabase(session, name);
  if (database !== null) await inTransaction(session, openStatements(database));
}

/**
 * Second stage and the renaming: nobody at all may connect to the databases, whoever is still in
 * them is ended, then the statements run as one transaction. A session of psql ends with the first
 * failing statement, hence one session an attempt.
 */
async function exchange(
  target: PostgresTarget,
  io: EngineIo,
  closed: readonly string[],
  statements: readonly string[],
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await using session = await connectForAdministration(target, io);
      for (const name of closed) {
        await session.ask(`ALTER DATABASE ${quoteIdent(name)} ALLOW_CONNECTIONS false`);
        await terminateOthers(session, name);
      }
      await inTransaction(session, statements);
      return;
    } catch (error) {
      const isBusy = isAppError(error) && error.code === "ENGINE_BUSY";
      if (isBusy && attempt < RENAME_ATTEMPTS) continue;
      // The database that users know is the first; it must not stay shut after a failure.
      await reopenAfterFailure(target, io, closed[0]);
      if (isBusy || (isAppError(error) && error.code === "JOB_CANCELLED")) throw error;
      throw new AppError("ENGINE_SWAP_FAILED", "databases could not be renamed", { cause: error });
    }
  }
}

async function reopenAfterFailure(
  target: PostgresTarget,
  io: EngineIo,
  name: string | undefined,
): Promise<void> {
  try {
    await using session = await connectForAdministration(target, {
      ...io,
      signal: AbortSignal.timeout(60_000),
    });
    if (name === target.database) await open(session, name);
  } catch {
    io.log("database could not be opened again; reopen does it later");
  }
}

async function inTransaction(session: SqlSession, statements: readonly string[]): Promise<void> {
  await session.ask(["BEGIN", ...statements, "COMMIT"].join(";\n"));
}
