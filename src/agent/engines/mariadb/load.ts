import { AppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { openPipe } from "../../process/pipe.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import { assertWithinBounds } from "../sequence-bounds.ts";
import {
  client,
  connect,
  failed,
  INTERACTIVE,
  type Io,
  type MariadbTarget,
  quoteIdent,
  schemasOf,
} from "./connect.ts";
import { copyWhole } from "./copy-stream.ts";
import { orNoRoom } from "./data-room.ts";
import { scriptsOf } from "./former-objects.ts";
import { makeNotes, note } from "./plan.ts";
import { createStatement, parseRecreate } from "./recreate.ts";
import { positionsOf } from "./sequences.ts";

/** Makes the side schema and fills it from the stream; the scripts of its events are only noted. */
export async function loadSide(
  target: MariadbTarget,
  names: SideNames,
  manifest: Manifest,
  fd: number,
  io: EngineIo,
): Promise<void> {
  const recreate = parseRecreate(manifest.recreate);
  const { side, old } = schemasOf(target, names);
  try {
    await using session = await connect(target, io);
    await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(side)}`);
    await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(old)}`);
    await session.ask(createStatement(side, recreate));
    await makeNotes(session, old);
    await note(session, old, "events", recreate.events);
    await load(target, side, fd, io).catch(async (error: unknown) => {
      throw await orNoRoom(error, session, side, manifest.receipt.bytes, io);
    });
    if (recreate.views !== "") {
      await session.ask(`USE ${quoteIdent(side)}`);
      await session.script(recreate.views);
      await session.ask("USE information_schema");
    }
    assertWithinBounds(await positionsOf(session, side), recreate.sequences);
    // Nobody waits yet: written now, a swap need not start the tool that writes them.
    const scripts = await scriptsOf(target, session, side, io);
    await note(session, old, "scripts", JSON.stringify(scripts));
  } catch (error) {
    await removeSide(target, [side, old], io);
    throw asLoadFailure(error);
  }
}

/**
 * The client executes what it has read; only what ends with the dump's own last line gets its end.
 * Otherwise it is killed, and the side schema goes.
 */
async function load(target: MariadbTarget, side: string, fd: number, io: EngineIo): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([io.signal, stop.signal]);
  const pipe = await openPipe();
  try {
    const consumer = await io.host.spawn(
      // Binary mode: nothing in the stream but its delimiters is a command to the client itself.
      [...client("mariadb", target), ...INTERACTIVE, "--binary-mode", `--database=${side}`],
      { signal, stdin: { fd: pipe.readFd }, stdout: "ignore" },
    );
    let incomplete: unknown = null;
    const copied = copyWhole(fd, pipe.writeFd, signal).then(pipe.closeWrite, (error: unknown) => {
      incomplete = error;
      stop.abort();
    });
    const ending = await consumer.exit;
    const endedBySelf = incomplete === null;
    // A client that failed early leaves the copy waiting for a reader.
    if (ending.code !== 0) stop.abort();
    await copied;
    if (ending.code !== 0 && endedBySelf) {
      throw failed("mariadb", ending, "ENGINE_LOAD_FAILED", io);
    }
    if (incomplete !== null) throw incomplete;
  } finally {
    pipe.closeRead();
    pipe.closeWrite();
  }
}

/** Also after the work was called off: the side copy must not stay. */
async function removeSide(
  target: MariadbTarget,
  schemas: readonly string[],
  io: Io,
): Promise<void> {
  try {
    await using session = await connect(target, { ...io, signal: AbortSignal.timeout(60_000) });
    for (const schema of schemas) {
      await session.ask(`DROP DATABASE IF EXISTS ${quoteIdent(schema)}`);
    }
  } catch {
    io.log("side copy could not be removed", { schemas });
  }
}

function asLoadFailure(error: unknown): unknown {
  // The words of the dumping side; here they mean that the side copy could not be made.
  const isOfDump =
    error instanceof AppError &&
    (error.code === "ENGINE_DUMP_FAILED" || error.code === "ENGINE_DUMP_INCOMPLETE");
  if (!isOfDump) return error;
  return new AppError("ENGINE_LOAD_FAILED", "side copy could not be made", {
    detail: error.detail,
    cause: error,
  });
}
