import { definitionChanges } from "../definition-changes.ts";
import type { SideNames, UnitChange } from "../engine.ts";
import { changesBetween } from "../postgres/compare.ts";
import { quoteIdent } from "../postgres/connect.ts";
import { isFilled } from "../server-folder.ts";
import { withCopy } from "../server-keeping.ts";
import { type Cluster, session as open } from "./cluster.ts";
import { sharedDefinitions } from "./definitions.ts";
import { clusterDigest, databasesOf, openAll, unloggedOf } from "./digest.ts";

/** Table by table through both servers, which run side by side meanwhile; only hashes leave them. */
export async function compare(cluster: Cluster, names: SideNames): Promise<readonly UnitChange[]> {
  const { target, io, keeping } = cluster;
  return await withCopy(keeping, "side", names, io, async (sideSocket) => {
    if (!(await isFilled(target.direktori, io))) return await everythingIn(cluster, sideSocket);
    return await withCopy(keeping, "live", names, io, async (liveSocket) => {
      await using here = await open(cluster, liveSocket);
      await using there = await open(cluster, sideSocket);
      const [mine, theirs] = [await databasesOf(here), await databasesOf(there)];
      const changes: UnitChange[] = [];
      for (const database of new Set([...mine, ...theirs])) {
        const inDatabase = (change: UnitChange) => ({
          ...change,
          name: `${quoteIdent(database)}.${change.name}`,
        });
        if (mine.includes(database) && theirs.includes(database)) {
          changes.push(
            ...(await changesOf(cluster, database, liveSocket, sideSocket)).map(inDatabase),
          );
        } else {
          changes.push(...(await wholeOf(cluster, database, mine, liveSocket, sideSocket)));
        }
      }
      const shared = await definitionChanges(
        await sharedDefinitions(here),
        await sharedDefinitions(there),
      );
      return [...changes, ...shared];
    });
  });
}

async function changesOf(
  cluster: Cluster,
  database: string,
  liveSocket: string | null,
  sideSocket: string | null,
): Promise<UnitChange[]> {
  await using live = await inSnapshot(cluster, database, liveSocket);
  await using side = await inSnapshot(cluster, database, sideSocket);
  const unlogged = await unloggedOf(live);
  return (await changesBetween(live, side)).filter(
    ({ name, kind }) => kind !== undefined || !unlogged.has(name),
  );
}

/** A database that only one of both has. */
async function wholeOf(
  cluster: Cluster,
  database: string,
  mine: readonly string[],
  liveSocket: string | null,
  sideSocket: string | null,
): Promise<UnitChange[]> {
  const isLost = mine.includes(database);
  await using session = await inSnapshot(cluster, database, isLost ? liveSocket : sideSocket);
  const { entries } = await clusterDigest([{ database, session }]);
  return entries
    .filter(({ name, count }) => count > 0 && !name.startsWith("("))
    .map(({ name, count }) => ({
      name,
      added: isLost ? 0 : count,
      changed: 0,
      lost: isLost ? count : 0,
    }));
}

async function everythingIn(cluster: Cluster, socket: string | null): Promise<UnitChange[]> {
  await using sessions = await openAll(cluster, socket);
  const { entries } = await clusterDigest(sessions.all);
  return entries
    .filter(({ name, count }) => count > 0 && !name.startsWith("("))
    .map(({ name, count }) => ({ name, added: count, changed: 0, lost: 0 }));
}

async function inSnapshot(cluster: Cluster, database: string, socket: string | null) {
  const session = await open(cluster, socket, database);
  await session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return session;
}
