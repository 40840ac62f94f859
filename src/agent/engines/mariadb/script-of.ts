import { AppError } from "#domain/errors.ts";
import type { SqlSession } from "../sql-session.ts";
import { client, failed, type Io, type MariadbTarget } from "./connect.ts";
import { isSchema, tablesOf, triggersOf, viewsOf } from "./objects.ts";
import { viewOrder } from "./view-order.ts";

export type ScriptPart = "views" | "routines" | "events";

/**
 * SQL that makes one kind of a schema's objects anew, written by mariadb-dump, which knows what
 * belongs to each: definer, SQL mode, character sets, time zone. "" where there are none.
 *
 * The script names tables without their schema, unless the object itself does: run in another
 * schema it means that one's tables.
 */
export async function scriptOf(
  target: MariadbTarget,
  session: SqlSession,
  schema: string,
  part: ScriptPart,
  io: Io,
): Promise<string> {
  if (part === "views") {
    const { names } = await viewOrder(session, schema);
    if (names.length === 0) return "";
    return await write(target, io, ["--skip-triggers", "--skip-add-drop-table"], schema, names);
  }
  if ((await countOf(session, schema, part)) === 0) return "";
  if (part === "events") await assertEventsDumpable(session, schema);
  const ignored = viewsOf(await tablesOf(session, schema), { broken: true });
  const options = [
    ...["--skip-triggers", "--no-create-info", `--${part}`],
    ...ignored.map((view) => `--ignore-table=${schema}.${view}`),
  ];
  return await write(target, io, options, schema, []);
}

/** The triggers of each table that has some, so that each can be made under its own table's lock. */
export async function triggerScripts(
  target: MariadbTarget,
  session: SqlSession,
  schema: string,
  io: Io,
): Promise<Record<string, string>> {
  const tables = new Set((await triggersOf(session, schema)).map(({ table }) => table));
  const scripts: Record<string, string> = {};
  for (const table of tables) {
    scripts[table] = await write(target, io, ["--triggers", "--no-create-info"], schema, [table]);
  }
  return scripts;
}

async function write(
  target: MariadbTarget,
  io: Io,
  options: readonly string[],
  schema: string,
  objects: readonly string[],
): Promise<string> {
  const ending = await io.host.run(
    [
      ...client("mariadb-dump", target),
      ...["--single-transaction", "--no-data", "--no-tablespaces", "--skip-dump-date"],
      ...options,
      ...["--", schema, ...objects],
    ],
    { signal: io.signal, timeoutMs: 300_000, stdoutBytesMax: 64 * 1024 * 1024 },
  );
  if (ending.code !== 0) throw failed("mariadb-dump", ending, "ENGINE_DUMP_FAILED", io);
  return ending.stdout;
}

async function countOf(
  session: SqlSession,
  schema: string,
  part: "routines" | "events",
): Promise<number> {
  const column = { routines: "routine", events: "event" }[part];
  const [count] = await session.ask(
    `SELECT COUNT(*) FROM information_schema.${part} WHERE ${isSchema(`${column}_schema`, schema)}`,
  );
  return Number(count);
}

/**
 * mariadb-dump 10.11 looks for the wrong schema where it holds events and a quote in its name, and
 * where an event holds two semicolons in a row it looks without end for another mark to close it.
 */
export async function assertEventsDumpable(session: SqlSession, schema: string): Promise<void> {
  if ((await countOf(session, schema, "events")) === 0) return;
  if (/['"\\]/.test(schema)) {
    throw new AppError("ENGINE_UNSUPPORTED", "events in a schema with a quote in its name");
  }
  const [count] = await session.ask(
    `SELECT COUNT(*) FROM information_schema.events WHERE ${isSchema("event_schema", schema)}
       AND CONCAT_WS(' ', event_name, definer, event_comment, event_definition) LIKE '%;;%'`,
  );
  if (count !== "0") {
    throw new AppError("ENGINE_UNSUPPORTED", "events with two semicolons in a row", {
      detail: { count: Number(count) },
    });
  }
}
