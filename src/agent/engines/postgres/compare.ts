import { definitionChanges } from "../definition-changes.ts";
import type { EngineIo, SideNames, UnitChange } from "../engine.ts";
import { countChanges } from "../row-changes.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, databasesOf, lettingGo, type PostgresTarget } from "./connect.ts";
import { presence } from "./databases.ts";
import { definitionsOf } from "./definitions.ts";
import { digestOf, LARGE_OBJECT_PAGES, LARGE_OBJECTS, type Table, tablesOf } from "./digest.ts";

/**
 * Counts rows by the server's own hashes of key and row: 128 bits stand for a key, 64 for what it
 * holds, so that no value leaves the server. Only tables whose digests differ are read once more.
 */
export async function compare(
  target: PostgresTarget,
  names: SideNames,
  io: EngineIo,
): Promise<readonly UnitChange[]> {
  const databases = databasesOf(target, names);
  await using side = await openSnapshot(target, databases.side, io);
  if ((await presence(target, io)) === "absent") {
    const { entries } = await digestOf(side);
    return entries
      .filter(({ count }) => count > 0)
      .map(({ name, count }) => ({ name, added: count, changed: 0, lost: 0 }));
  }
  await using live = await openSnapshot(target, databases.live, io);
  return await changesBetween(live, side);
}

/** Units that differ between two databases, and what is defined beside them, each read in its session's snapshot. */
export async function changesBetween(
  live: SqlSession,
  side: SqlSession,
): Promise<readonly UnitChange[]> {
  const [here, there] = await Promise.all([contentOf(live), contentOf(side)]);
  const changes: UnitChange[] = [];
  for (const name of new Set([...here.entries.keys(), ...there.entries.keys()])) {
    const [mine, theirs] = [here.entries.get(name), there.entries.get(name)];
    if (mine?.digest === theirs?.digest && mine?.count === theirs?.count) continue;
    const found =
      (mine && theirs) || name === LARGE_OBJECTS
        ? await rowChanges(
            { session: live, table: here.tables.get(name) },
            { session: side, table: there.tables.get(name) },
          )
        : { added: theirs?.count ?? 0, changed: 0, lost: mine?.count ?? 0 };
    // An empty table more or less has no row to lose.
    if (found.added + found.changed + found.lost > 0) changes.push({ name, ...found });
  }
  return [...changes, ...(await definitionChanges(definitionsOf(live), definitionsOf(side)))];
}

async function openSnapshot(target: PostgresTarget, database: string, io: EngineIo) {
  const session = await connect(target, database, io);
  await session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return session;
}

async function contentOf(session: SqlSession) {
  const { entries } = await digestOf(session);
  const tables = await tablesOf(session);
  return {
    entries: new Map(entries.map((entry) => [entry.name, entry])),
    tables: new Map(tables.map((table) => [table.name, table])),
  };
}

interface Rows {
  readonly session: SqlSession;
  /** Undefined for the large objects. */
  readonly table: Table | undefined;
}

function rowChanges(live: Rows, side: Rows) {
  // A row is known by its key only where both have the same.
  const isKeyed = live.table?.key === side.table?.key && live.table?.key !== "";
  const rows = ({ session, table }: Rows) =>
    session.stream(
      lettingGo(
        `COPY (${table ? hashesOf(table, isKeyed) : LARGE_OBJECT_HASHES} ORDER BY 1) TO STDOUT`,
      ),
    );
  return countChanges(rows(live), rows(side));
}

/** As many digits for any number, and in the same order as text. */
const digits = (hash: string) =>
  `lpad(to_hex(${hash} # ('-9223372036854775808')::int8), 16, '0') COLLATE "C"`;

function hashesOf({ name, filter, row, key }: Table, isKeyed: boolean): string {
  const hash = (columns: string, seed: number) =>
    digits(`hash_record_extended(ROW(${columns}), ${seed})`);
  const known = isKeyed ? key : row;
  const rest = isKeyed ? ` || ' ' || ${hash(row, 0)}` : "";
  return `SELECT ${hash(known, 0)} || ${hash(known, 1)}${rest} FROM ONLY ${name} t ${filter}`;
}

const LARGE_OBJECT_HASHES = `
  SELECT lpad(oid::text, 10, '0') COLLATE "C" || ' ' || sum(h)
  FROM (${LARGE_OBJECT_PAGES}) pages GROUP BY oid`;
