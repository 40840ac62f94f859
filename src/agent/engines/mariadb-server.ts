import type { Engine } from "./engine.ts";
import { answerIn } from "./mariadb/answer.ts";
import { checkIn } from "./mariadb/check-physically.ts";
import { compare } from "./mariadb-server/compare.ts";
import { accountsReader, serverDigest } from "./mariadb-server/digest.ts";
import { dump } from "./mariadb-server/dump.ts";
import { inspect, preflight } from "./mariadb-server/inspect.ts";
import { loadSide } from "./mariadb-server/load.ts";
import { schemasOf } from "./mariadb-server/schemas.ts";
import { session as open, reachedBy, serverOf } from "./mariadb-server/server.ts";
import { serverEngine } from "./server-engine.ts";

const { on, onCopy, kept } = serverEngine(serverOf);

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
  ...kept,
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
};
