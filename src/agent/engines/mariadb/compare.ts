import { type Definition, definitionChanges, sorted } from "../definition-changes.ts";
import type { EngineIo, SideNames, UnitChange } from "../engine.ts";
import { countChanges } from "../row-changes.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, inSchema, type MariadbTarget, schemasOf } from "./connect.ts";
import { definitionsOf, eventsIn, eventsOf, sequencesOf } from "./definitions.ts";
import { type Column, columnsOf, digestOf, rowHash } from "./digest.ts";
import { schemaExists } from "./objects.ts";
import { noted } from "./plan.ts";
import { scriptOf } from "./script-of.ts";

/**
 * Counts rows by the server's own hashes of key and row, so that no value leaves the server. Only
 * tables whose digests differ are read once more.
 */
export async function compare(
  target: MariadbTarget,
  names: SideNames,
  io: EngineIo,
): Promise<readonly UnitChange[]> {
  const schemas = schemasOf(target, names);
  await using side = await openSnapshot(target, io);
  if (!(await schemaExists(side, schemas.live))) {
    const { content } = await digestOf(side, schemas.side);
    return content.entries
      .filter(({ count }) => count > 0)
      .map(({ name, count }) => ({ name, added: count, changed: 0, lost: 0 }));
  }
  await using live = await openSnapshot(target, io);
  // The events of the side copy are a script that nobody has run; so are the others for once.
  const events = {
    live: eventsIn(await scriptOf(target, live, schemas.live, "events", io)),
    side: eventsIn((await noted(side, schemas.old, "events")) ?? ""),
  };
  return await changesBetween(
    { session: live, schema: schemas.live, events: events.live },
    { session: side, schema: schemas.side, events: events.side },
  );
}

interface Place {
  readonly session: SqlSession;
  readonly schema: string;
  /** As they are there where nothing else is said. */
  readonly events?: readonly Definition[];
}

/** Units that differ between two schemas, each read in its session's snapshot, and definitions. */
export async function changesBetween(live: Place, side: Place): Promise<readonly UnitChange[]> {
  const [here, there] = await Promise.all([
    contentOf(live.session, live.schema),
    contentOf(side.session, side.schema),
  ]);
  const changes: UnitChange[] = [];
  for (const name of new Set([...here.entries.keys(), ...there.entries.keys()])) {
    const [mine, theirs] = [here.entries.get(name), there.entries.get(name)];
    if (mine?.digest === theirs?.digest && mine?.count === theirs?.count) continue;
    const found =
      mine && theirs
        ? await rowChanges(name, here, there)
        : { added: theirs?.count ?? 0, changed: 0, lost: mine?.count ?? 0 };
    // An empty table more or less has no row to lose.
    if (found.added + found.changed + found.lost > 0) changes.push({ name, ...found });
  }
  return [
    ...changes,
    ...(await definitionChanges(
      definitionsOf(live.session, live.schema),
      definitionsOf(side.session, side.schema, live.schema),
    )),
    ...(await definitionChanges(sorted(await apartIn(live)), sorted(await apartIn(side)))),
  ];
}

/** What the catalog does not list beside the others. */
async function apartIn({ session, schema, events }: Place): Promise<Definition[]> {
  return [
    ...(await sequencesOf(session, schema)),
    ...(events ?? (await eventsOf(session, schema))),
  ];
}

async function openSnapshot(target: MariadbTarget, io: EngineIo): Promise<SqlSession> {
  // Rows come as the server finds them; the client would hold all of an answer otherwise.
  const session = await connect(target, io, ["--quick"]);
  await session.ask("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  await session.ask("START TRANSACTION WITH CONSISTENT SNAPSHOT");
  return session;
}

interface Content {
  readonly session: SqlSession;
  readonly schema: string;
  readonly entries: ReadonlyMap<string, { readonly count: number; readonly digest: string }>;
  readonly columns: ReadonlyMap<string, readonly Column[]>;
}

async function contentOf(session: SqlSession, schema: string): Promise<Content> {
  const { content } = await digestOf(session, schema);
  return {
    session,
    schema,
    entries: new Map(content.entries.map((entry) => [entry.name, entry])),
    columns: await columnsOf(session, schema),
  };
}

function rowChanges(table: string, live: Content, side: Content) {
  const keyOf = ({ columns }: Content) =>
    (columns.get(table) ?? []).filter(({ isKey }) => isKey).map((column) => ({ ...column }));
  // A row is known by its key only where both have the same.
  const isKeyed =
    keyOf(live).length > 0 && JSON.stringify(keyOf(live)) === JSON.stringify(keyOf(side));
  const rows = (content: Content) => {
    const columns = content.columns.get(table) ?? [];
    const known = rowHash(isKeyed ? columns.filter(({ isKey }) => isKey) : columns);
    const hashes = isKeyed ? `CONCAT(${known}, ' ', ${rowHash(columns)})` : known;
    return content.session.stream(
      `SELECT ${hashes} AS hashes FROM ${inSchema(content.schema, table)} ORDER BY hashes`,
    );
  };
  return countChanges(rows(live), rows(side));
}
