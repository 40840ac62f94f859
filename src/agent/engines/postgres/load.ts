import { AppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import { assertWithinBounds } from "../sequence-bounds.ts";
import {
  connect,
  connectForAdministration,
  connectionEnv,
  databasesOf,
  failed,
  type PostgresTarget,
  quoteIdent,
} from "./connect.ts";
import { dropSideDatabase } from "./databases.ts";
import { type LogRoom, logRoomOf, watchLogRoom } from "./log-room.ts";
import { createStatement, parseRecreate, propertyStatements } from "./recreate.ts";
import { positionsOf } from "./sequences.ts";
import { CONNECTION_LIMIT, RESTORED_AS } from "./settings.ts";

/**
 * Makes the side database and fills it from the stream. Users are kept out of it: a limit of 0
 * connections binds everybody but superusers.
 *
 * Not in one transaction, as pg_restore offers: a database of some thousand tables would exhaust the
 * server's lock table, and what would be rolled back is dropped whole anyway.
 */
export async function loadSide(
  target: PostgresTarget,
  names: SideNames,
  manifest: Manifest,
  fd: number,
  io: EngineIo,
): Promise<void> {
  const recreate = parseRecreate(manifest.recreate);
  const { side } = databasesOf(target, names);
  const stop = new AbortController();
  let room: LogRoom | null;
  try {
    {
      await dropSideDatabase(target, side, io);
      await using administration = await connectForAdministration(target, io);
      room = await logRoomOf(administration, manifest.receipt.bytes, io);
      await room?.assertEnough();
      await administration.ask(createStatement(side, recreate));
      for (const statement of propertyStatements(side, recreate)) {
        await administration.ask(statement);
      }
      const database = quoteIdent(side);
      await administration.ask(
        `ALTER DATABASE ${database} SET ${CONNECTION_LIMIT} TO '${recreate.connectionLimit}'`,
      );
      await administration.ask(`ALTER DATABASE ${database} SET ${RESTORED_AS} TO '${side}'`);
    }
    const consumer = await io.host.spawn(
      [
        ...["pg_restore", "--exit-on-error", "--no-password", `--dbname=${side}`],
        // A subscription belongs to one database of a pair of servers; a copy of it would take over
        // the other one's place, and forbid that the copy is dropped.
        "--no-subscriptions",
      ],
      {
        env: {
          ...connectionEnv(target, side),
          // The renaming at the end of it all commits for good, and all that lies before with it.
          // And the server's messages are told apart by their words.
          PGOPTIONS: "-c synchronous_commit=off -c lc_messages=C",
        },
        signal: AbortSignal.any([io.signal, stop.signal]),
        stdin: { fd },
        stdout: "ignore",
      },
    );
    await watchLogRoom(room, consumer.exit).catch(async (error: unknown) => {
      stop.abort();
      await consumer.exit;
      throw error;
    });
    const ending = await consumer.exit;
    if (ending.code !== 0) throw failed("pg_restore", ending, "ENGINE_LOAD_FAILED", io);
    await using session = await connect(target, side, io);
    await session.ask("ANALYZE");
    await session.ask("BEGIN READ ONLY");
    assertWithinBounds(await positionsOf(session), recreate.sequences);
  } catch (error) {
    await removeSide(target, side, io);
    throw asLoadFailure(error);
  }
}

/** Also after the work was called off: the side copy must not stay. */
async function removeSide(target: PostgresTarget, side: string, io: EngineIo): Promise<void> {
  try {
    await dropSideDatabase(target, side, { ...io, signal: AbortSignal.timeout(60_000) });
  } catch {
    io.log("side copy could not be removed", { side });
  }
}

function asLoadFailure(error: unknown): unknown {
  // A session's own fallback speaks of dumping.
  if (error instanceof AppError && error.code === "ENGINE_DUMP_FAILED") {
    return new AppError("ENGINE_LOAD_FAILED", "side copy could not be made", {
      detail: error.detail,
      cause: error,
    });
  }
  return error;
}
