import type { Engine } from "./engine.ts";
import { answerIn } from "./postgres/answer.ts";
import { checkIn } from "./postgres/check-physically.ts";
import { clusterOf, session as open, reachedBy } from "./postgres-cluster/cluster.ts";
import { compare } from "./postgres-cluster/compare.ts";
import { clusterDigest, databasesOf, openAll } from "./postgres-cluster/digest.ts";
import { dump } from "./postgres-cluster/dump.ts";
import { inspect, preflight } from "./postgres-cluster/inspect.ts";
import { loadSide } from "./postgres-cluster/load.ts";
import { serverEngine } from "./server-engine.ts";

const { on, onCopy, kept } = serverEngine(clusterOf);

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
  ...kept,
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
};

/** A question may begin with a line `-- basis data: <nama>`; else it is of the database `postgres`. */
function addressed(statement: string): { database: string; question: string } {
  const found = /^\s*--\s*basis data:\s*(\S.*?)\s*\n/.exec(statement);
  return {
    database: found?.[1] ?? "postgres",
    question: found ? statement.slice(found[0].length) : statement,
  };
}
