import type { TargetConfig } from "../config.ts";
import type { Copy, Engine, EngineIo, SideNames } from "./engine.ts";
import { answerIn } from "./mariadb/answer.ts";
import { checkIn } from "./mariadb/check-physically.ts";
import { compare } from "./mariadb-server/compare.ts";
import { accountsReader, schemasOf, serverDigest } from "./mariadb-server/digest.ts";
import { dump } from "./mariadb-server/dump.ts";
import { inspect, preflight } from "./mariadb-server/inspect.ts";
import { loadSide } from "./mariadb-server/load.ts";
import { session as open, reachedBy, type Server, serverOf } from "./mariadb-server/server.ts";
import { copiesBeside, isFilled } from "./server-folder.ts";
import {
  dropOld,
  dropSide,
  quiesce,
  reopen,
  rollback,
  swap,
  swapState,
  withCopy,
} from "./server-keeping.ts";

/**
 * A whole MariaDB server by its files: mariabackup streams them while users write, and prepares them
 * in a folder beside at a restore.
 *
 * - what is compared is what users read: rows of all schemas, accounts with their rights. History rows
 *   of system-versioned tables come back with the files, but are not compared
 * - binary logs are not part of a backup
 * - side and kept copy lie beside the data folder; users are kept out as server-keeping.ts says
 */
export const mariadbServer: Engine = {
  id: "mariadb-server",
  inspect: (target, io) => on(target, io, inspect),
  dump: (target, fd, io) => on(target, io, (server) => dump(server, fd)),
  preflight: (target, manifest, io) => on(target, io, (server) => preflight(server, manifest)),
  loadSide: (target, names, manifest, fd, io) =>
    on(target, io, (server) => loadSide(server, names, manifest, fd)),
  digest: (target, copy, names, io) =>
    onCopy(target, copy, names, io, async (server, socket) => {
      await using session = await open(server, socket);
      // Outside of the transaction: their tables know no savepoints, which the digest uses.
      const accounts = await (await accountsReader(session))();
      await session.ask("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      await session.ask("START TRANSACTION WITH CONSISTENT SNAPSHOT");
      return await serverDigest(session, accounts);
    }),
  quiesce: (target, _names, io) => on(target, io, ({ keeping }) => quiesce(keeping, io)),
  reopen: (target, _names, io) => on(target, io, ({ keeping }) => reopen(keeping, io)),
  swap: (target, names, io) => on(target, io, ({ keeping }) => swap(keeping, names, io)),
  swapState: (target, names, io) => on(target, io, ({ keeping }) => swapState(keeping, names, io)),
  rollback: (target, names, io) => on(target, io, ({ keeping }) => rollback(keeping, names, io)),
  dropSide: (target, names, io) => on(target, io, ({ keeping }) => dropSide(keeping, names, io)),
  presence: (target, io) =>
    on(target, io, async ({ keeping }) =>
      (await isFilled(keeping.folder, io)) ? "present" : "absent",
    ),
  compare: (target, names, io) => on(target, io, (server) => compare(server, names)),
  checkPhysically: (target, copy, names, io) =>
    onCopy(target, copy, names, io, async (server, socket) => {
      await using session = await open(server, socket);
      for (const schema of await schemasOf(session)) {
        await checkIn(reachedBy(server, socket), schema, io);
      }
      return true;
    }),
  // Tables are named with their schema.
  answer: (target, copy, names, statement, io) =>
    onCopy(target, copy, names, io, (server, socket) =>
      answerIn(reachedBy(server, socket), "mysql", statement, io),
    ),
  dropOld: (target, names, io) => on(target, io, ({ keeping }) => dropOld(keeping, names, io)),
  leftovers: (target, io) => on(target, io, ({ keeping }) => copiesBeside(keeping.folder, io)),
  keptAs: (_target, names) => `folder berakhiran .${names.old} di samping folder data`,
};

async function on<Result>(
  target: TargetConfig,
  io: EngineIo,
  act: (server: Server) => Promise<Result>,
): Promise<Result> {
  return await act(await serverOf(target, io));
}

function onCopy<Result>(
  target: TargetConfig,
  copy: Copy,
  names: SideNames,
  io: EngineIo,
  act: (server: Server, socket: string | null) => Promise<Result>,
): Promise<Result> {
  return on(target, io, (server) =>
    withCopy(server.keeping, copy, names, io, (socket) => act(server, socket)),
  );
}
