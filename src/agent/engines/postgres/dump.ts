import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { orAgain } from "../busy-source.ts";
import type { DumpReport, EngineIo } from "../engine.ts";
import { boundsOf } from "../sequence-bounds.ts";
import { connect, connectionEnv, failed, type PostgresTarget, toolVersion } from "./connect.ts";
import { digestOf } from "./digest.ts";
import { assertSupported } from "./inspect.ts";
import { recreateOf } from "./recreate.ts";
import { assertNotRewritten } from "./rewritten.ts";
import { positionsOf } from "./sequences.ts";
import { assertRowsFit } from "./wide-rows.ts";

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
  await assertRowsFit(session, target, within);

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
