import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { orAgain } from "../busy-source.ts";
import type { DumpReport, EngineIo } from "../engine.ts";
import { boundsOf } from "../sequence-bounds.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, connectionEnv, failed, type PostgresTarget, toolVersion } from "./connect.ts";
import { digestOf } from "./digest.ts";
import { assertSupported } from "./inspect.ts";
import { recreateOf } from "./recreate.ts";
import { assertNotRewritten } from "./rewritten.ts";
import { positionsOf } from "./sequences.ts";

/** A text form of 1 GiB is the server's limit; rows that come near it cannot be dumped as text. */
const ROW_TEXT_BYTES_MAX = 900_000_000;
/** Tables whose out-of-line part is smaller than this cannot hold such a row, however compressed. */
const WIDE_BYTES_MIN = 2 * 1024 * 1024;

/**
 * How the custom format ends the data of each table, the last one too. Rows hold no zero bytes, so a
 * cut anywhere but between two tables is seen at once; that one a restore sees.
 */
const DATA_END = "\0\0\0\0\0";

/**
 * Dumps in custom format, uncompressed (the store compresses), straight into the descriptor, and
 * takes the content digest meanwhile in the very same snapshot.
 *
 * The exit code 0 of pg_dump is the end mark: it writes the archive's end only after every row came,
 * and unlike plain SQL a custom archive that is cut cannot be read to its end.
 */
export async function dump(target: PostgresTarget, fd: number, io: EngineIo): Promise<DumpReport> {
  const stop = new AbortController();
  const signal = AbortSignal.any([io.signal, stop.signal]);
  const within = { ...io, signal };
  await using session = await connect(target, target.database, within);
  const tool = await toolVersion("pg_dump", io.host);
  const server = await assertSupported(session, tool);
  await assertRowsFit(session, io);

  await session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const [snapshot] = await session.rows(z.string(), "SELECT to_json(pg_export_snapshot())");
  if (snapshot === undefined) throw new AppError("INTERNAL", "no snapshot was exported");
  const recreate = await recreateOf(session);
  const before = await positionsOf(session);

  // By which the server lists the session of pg_dump, and no other.
  const application = `pulih ${snapshot}`;
  const producer = await io.host.spawn(
    [
      ...["pg_dump", "--format=custom", "--compress=0", "--no-password"],
      // Waits behind a lock only so long, for whoever wants to change a table waits behind us.
      ...[`--snapshot=${snapshot}`, "--lock-wait-timeout=60s"],
    ],
    {
      env: { ...connectionEnv(target, target.database), PGAPPNAME: application },
      signal,
      stdin: "none",
      stdout: { fd },
    },
  );
  // A session that is lost takes the snapshot along, and a dump that failed needs no digest: the
  // first failure ends the other side, and is the one that is told.
  const stopOnFailure = (error: unknown): never => {
    stop.abort();
    throw error;
  };
  let hasEnded = false;
  const produced = producer.exit.then((ending) => {
    hasEnded = true;
    if (ending.code !== 0)
      stopOnFailure(orAgain(failed("pg_dump", ending, "ENGINE_DUMP_FAILED", io)));
  });
  const digested = digestOf(session)
    .then(async (digest) => {
      await assertNotRewritten(session, application, () => hasEnded);
      return digest;
    })
    .catch((error: unknown) => stopOnFailure(orAgain(error)));
  const [first] = await Promise.allSettled([Promise.all([digested, produced]), digested, produced]);
  if (first.status === "rejected") throw cancelledOr(first.reason, io);
  const [content] = first.value;

  const after = await positionsOf(session);
  await session.ask("COMMIT");
  return {
    content,
    recreate: { ...recreate, sequences: JSON.stringify(boundsOf(before, after)) },
    tools: { pg_dump: tool.text, postgresql: server.text },
    ...(content.entries.length > 0 ? { endsWith: DATA_END } : {}),
  };
}

function cancelledOr(error: unknown, io: EngineIo): unknown {
  return io.signal.aborted ? new AppError("JOB_CANCELLED", "dump was called off") : error;
}

/** Looks at lengths only, which are stored beside the rows: wide values themselves are not read. */
async function assertRowsFit(session: SqlSession, io: EngineIo): Promise<void> {
  const tooWide: string[] = [];
  const wide = await session.rows(
    z.object({ name: z.string(), width: z.string() }),
    `SELECT json_build_object('name', format('%I.%I', n.nspname, c.relname), 'width', (
       SELECT string_agg(format(
         CASE a.atttypid WHEN 'bytea'::regtype THEN 'coalesce(2 * octet_length(t.%I)::int8, 0)'
                         ELSE 'coalesce(octet_length(t.%I)::int8, 0)' END, a.attname), ' + ')
       FROM pg_catalog.pg_attribute a
       WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         AND a.atttypid IN ('bytea'::regtype, 'text'::regtype, 'varchar'::regtype)))
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.reltoastrelid <> 0
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND pg_relation_size(c.reltoastrelid) > ${WIDE_BYTES_MIN}
       AND EXISTS (SELECT FROM pg_catalog.pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     AND a.atttypid IN ('bytea'::regtype, 'text'::regtype, 'varchar'::regtype))`,
  );
  for (const { name, width } of wide) {
    const [fits] = await session.rows(
      z.boolean(),
      `SELECT to_json(NOT EXISTS (SELECT FROM ONLY ${name} t WHERE ${width} > ${ROW_TEXT_BYTES_MAX}))`,
    );
    if (!fits) tooWide.push(name);
  }
  if (tooWide.length === 0) return;
  io.log("rows of these tables are too wide to be dumped as text", { tables: tooWide });
  throw new AppError("ENGINE_UNSUPPORTED", "rows are too wide to be dumped as text", {
    detail: { textBytesMax: ROW_TEXT_BYTES_MAX, tables: tooWide.length },
  });
}
