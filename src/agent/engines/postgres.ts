import type { Copy, Engine, EngineIo, SideNames } from "./engine.ts";
import { answerIn } from "./postgres/answer.ts";
import { checkIn } from "./postgres/check-physically.ts";
import { compare } from "./postgres/compare.ts";
import {
  connect,
  connectForAdministration,
  databasesOf,
  own,
  type PostgresTarget,
  quoteIdent,
} from "./postgres/connect.ts";
import { leftovers, presence } from "./postgres/databases.ts";
import { digestOf } from "./postgres/digest.ts";
import { dump } from "./postgres/dump.ts";
import { inspect } from "./postgres/inspect.ts";
import { loadSide } from "./postgres/load.ts";
import { preflight } from "./postgres/preflight.ts";
import { dropOld, dropSide, quiesce, reopen, rollback, swap, swapState } from "./postgres/swap.ts";

/** One database of a PostgreSQL server, dumped by pg_dump and restored beside the live one. */
export const postgres: Engine = {
  id: "postgres",
  inspect: (target, io) => inspect(own(target), io),
  dump: (target, fd, io) => dump(own(target), fd, io),
  preflight: (target, manifest, io) => preflight(own(target), manifest, io),
  loadSide: (target, names, manifest, fd, io) => loadSide(own(target), names, manifest, fd, io),
  digest: (target, copy, names, io) =>
    onCopy(own(target), copy, names, io, (database) => digestIn(own(target), database, io)),
  quiesce: (target, names, io) => quiesce(own(target), names, io),
  reopen: (target, names, io) => reopen(own(target), names, io),
  swap: (target, names, io) => swap(own(target), names, io),
  swapState: (target, names, io) => swapState(own(target), names, io),
  rollback: (target, names, io) => rollback(own(target), names, io),
  dropSide: (target, names, io) => dropSide(own(target), names, io),
  presence: (target, io) => presence(own(target), io),
  compare: (target, names, io) => compare(own(target), names, io),
  checkPhysically: (target, copy, names, io) =>
    onCopy(own(target), copy, names, io, (database) => checkIn(own(target), database, io)),
  answer: (target, copy, names, statement, io) =>
    onCopy(own(target), copy, names, io, (database) =>
      answerIn(own(target), database, statement, io),
    ),
  dropOld: (target, names, io) => dropOld(own(target), names, io),
  leftovers: (target, io) => leftovers(own(target), io),
  keptAs: (target, names) => `basis data ${databasesOf(own(target), names).old} (tertutup)`,
};

/**
 * Acts on a copy. The former one is shut to everybody; it is opened for this look only, its limit of
 * 0 connections still keeps users out.
 */
async function onCopy<Result>(
  target: PostgresTarget,
  copy: Copy,
  names: SideNames,
  io: EngineIo,
  act: (database: string) => Promise<Result>,
): Promise<Result> {
  const database = databasesOf(target, names)[copy];
  if (copy !== "old") return await act(database);
  await using administration = await connectForAdministration(target, io);
  const allow = (may: boolean) =>
    administration.ask(`ALTER DATABASE ${quoteIdent(database)} ALLOW_CONNECTIONS ${may}`);
  await allow(true);
  try {
    return await act(database);
  } finally {
    await allow(false);
  }
}

async function digestIn(target: PostgresTarget, database: string, io: EngineIo) {
  await using session = await connect(target, database, io);
  await session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return await digestOf(session);
}
