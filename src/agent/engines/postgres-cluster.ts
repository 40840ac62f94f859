import type { TargetConfig } from "../config.ts";
import type { Copy, Engine, EngineIo, SideNames } from "./engine.ts";
import { answerIn } from "./postgres/answer.ts";
import { checkIn } from "./postgres/check-physically.ts";
import { type Cluster, clusterOf, session as open, reachedBy } from "./postgres-cluster/cluster.ts";
import { compare } from "./postgres-cluster/compare.ts";
import { clusterDigest, databasesOf, openAll } from "./postgres-cluster/digest.ts";
import { dump } from "./postgres-cluster/dump.ts";
import { inspect, preflight } from "./postgres-cluster/inspect.ts";
import { loadSide } from "./postgres-cluster/load.ts";
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
 * A whole PostgreSQL cluster by its files: pgBackRest copies them into its own repository, encrypted
 * and incremental, and brings them back into a folder beside; the server replays its WAL to the very
 * point of which the content digest was taken.
 *
 * - needs WAL archiving through pgBackRest: without the WAL of its making a copy of a running server
 *   cannot be made consistent, and no exact point could be named
 * - what is compared after a restore is what users read: rows of all databases, roles, properties.
 *   Single files are not: a server changes them by being started
 * - side and kept copy lie beside the data folder; users are kept out as server-keeping.ts says
 */
export const postgresCluster: Engine = {
  id: "postgres-cluster",
  inspect: (target, io) => on(target, io, inspect),
  dump: (target, fd, io) => on(target, io, (cluster) => dump(cluster, fd)),
  preflight: (target, manifest, io) => on(target, io, (cluster) => preflight(cluster, manifest)),
  loadSide: (target, names, manifest, fd, io) =>
    on(target, io, (cluster) => loadSide(cluster, names, manifest, fd)),
  digest: (target, copy, names, io) =>
    onCopy(target, copy, names, io, async (cluster, socket) => {
      await using sessions = await openAll(cluster, socket);
      return await clusterDigest(sessions.all);
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
  compare: (target, names, io) => on(target, io, (cluster) => compare(cluster, names)),
  checkPhysically: (target, copy, names, io) =>
    onCopy(target, copy, names, io, async (cluster, socket) => {
      await using session = await open(cluster, socket);
      let isChecked = true;
      for (const database of await databasesOf(session)) {
        const { at, within } = reachedBy(cluster, socket, database);
        isChecked = (await checkIn(at, database, within)) && isChecked;
      }
      return isChecked;
    }),
  answer: (target, copy, names, statement, io) =>
    onCopy(target, copy, names, io, async (cluster, socket) => {
      const { database, question } = addressed(statement);
      const { at, within } = reachedBy(cluster, socket, database);
      return await answerIn(at, database, question, within);
    }),
  dropOld: (target, names, io) => on(target, io, ({ keeping }) => dropOld(keeping, names, io)),
  leftovers: (target, io) => on(target, io, ({ keeping }) => copiesBeside(keeping.folder, io)),
  keptAs: (_target, names) => `folder berakhiran .${names.old} di samping folder data`,
};

async function on<Result>(
  target: TargetConfig,
  io: EngineIo,
  act: (cluster: Cluster) => Promise<Result>,
): Promise<Result> {
  return await act(await clusterOf(target, io));
}

function onCopy<Result>(
  target: TargetConfig,
  copy: Copy,
  names: SideNames,
  io: EngineIo,
  act: (cluster: Cluster, socket: string | null) => Promise<Result>,
): Promise<Result> {
  return on(target, io, (cluster) =>
    withCopy(cluster.keeping, copy, names, io, (socket) => act(cluster, socket)),
  );
}

/** A question may begin with a line `-- basis data: <nama>`; else it is of the database `postgres`. */
function addressed(statement: string): { database: string; question: string } {
  const found = /^\s*--\s*basis data:\s*(\S.*?)\s*\n/.exec(statement);
  return {
    database: found?.[1] ?? "postgres",
    question: found ? statement.slice(found[0].length) : statement,
  };
}
