import { AppError } from "#domain/errors.ts";
import type { Running } from "../../process/host.ts";
import { orAgain } from "../busy-source.ts";
import type { DumpReport, EngineIo } from "../engine.ts";
import { boundsOf } from "../sequence-bounds.ts";
import { client, connect, failed, type Io, type MariadbTarget, toolVersion } from "./connect.ts";
import { TRAILER } from "./copy-stream.ts";
import { digestOf } from "./digest.ts";
import { assertSupported } from "./inspect.ts";
import { watchForLocks } from "./lock-watch.ts";
import { shapeOf, type Table, tablesOf, viewsOf } from "./objects.ts";
import { assertMayDump } from "./privileges.ts";
import { recreateOf } from "./recreate.ts";
import { scriptOf } from "./script-of.ts";
import { positionsOf } from "./sequences.ts";
import { startTogether } from "./shared-snapshot.ts";
import { viewOrder } from "./view-order.ts";

/** Dumps a schema, and takes the content digest meanwhile in a snapshot of the very same instant. */
export async function dump(target: MariadbTarget, fd: number, io: EngineIo): Promise<DumpReport> {
  const schema = target.database;
  const stop = new AbortController();
  const within = { ...io, signal: AbortSignal.any([io.signal, stop.signal]) };
  await using session = await connect(target, within);
  const tool = await toolVersion("mariadb-dump", io.host);
  const server = await assertSupported(session, tool);
  await assertMayDump(session, schema);
  const tables = await tablesOf(session, schema);
  assertDumpable(tables, io);
  const broken = viewsOf(tables, { broken: true });
  if (broken.length > 0) io.log("broken views are left out of the dump", { count: broken.length });
  const recreate = await recreateOf(session, schema);
  const order = await viewOrder(session, schema);
  const apart = order.needOrder ? order.names : [];
  const views = apart.length > 0 ? await scriptOf(target, session, schema, "views", within) : "";
  const events = await scriptOf(target, session, schema, "events", within);
  const shape = await shapeOf(session, schema);

  // Read before the dump can have read them; and again after it.
  const before = await positionsOf(session, schema);
  try {
    const { producer, connections } = await startTogether(target, session, within, () =>
      startDump(target, [...broken, ...apart], fd, within),
    );
    // The first failure ends the other party, and is the one that is told.
    const stopOnFailure = (error: unknown): never => {
      stop.abort();
      throw error;
    };
    const parties = [
      producer.exit
        .then((ending) => {
          if (ending.code !== 0) throw failed("mariadb-dump", ending, "ENGINE_DUMP_FAILED", io);
        })
        .catch(stopOnFailure),
      digestOf(session, schema).catch(stopOnFailure),
      watchForLocks(target, connections, producer.exit, within).catch(stopOnFailure),
    ] as const;
    const [all] = await Promise.allSettled([Promise.all(parties), ...parties]);
    if (all.status === "rejected") {
      if (io.signal.aborted) throw new AppError("JOB_CANCELLED", "dump was called off");
      throw all.reason;
    }
    const [, { content, widestRowBytes }] = all.value;
    await session.ask("ROLLBACK");
    if ((await shapeOf(session, schema)) !== shape) {
      throw new AppError("ENGINE_DUMP_FAILED", "the structure changed during the dump", {
        detail: { changedWhileRead: true },
      });
    }
    const sequences = boundsOf(before, await positionsOf(session, schema));
    return {
      content,
      recreate: {
        ...recreate,
        events,
        views,
        brokenViews: JSON.stringify(broken),
        widestRowBytes: String(widestRowBytes),
        sequences: JSON.stringify(sequences),
      },
      tools: { "mariadb-dump": tool, mariadb: server },
      endsWith: TRAILER,
    };
  } catch (error) {
    stop.abort();
    throw orAgain(error);
  }
}

function startDump(
  target: MariadbTarget,
  ignored: readonly string[],
  fd: number,
  io: Io,
): Promise<Running> {
  return io.host.spawn(
    [
      ...client("mariadb-dump", target),
      ...["--single-transaction", "--quick", "--routines", "--triggers", "--skip-events"],
      // Without the date two dumps of the same content are the same bytes.
      ...["--hex-blob", "--no-tablespaces", "--skip-dump-date"],
      ...ignored.map((view) => `--ignore-table=${target.database}.${view}`),
      ...["--", target.database],
    ],
    { signal: io.signal, stdin: "none", stdout: { fd } },
  );
}

/** One snapshot holds for InnoDB only, and a dump leaves the history of versioned tables out. */
function assertDumpable(tables: readonly Table[], io: Io): void {
  const unfit = tables.filter(
    ({ kind, engine }) => kind === "SYSTEM VERSIONED" || (kind !== "VIEW" && engine !== "InnoDB"),
  );
  if (unfit.length > 0) {
    io.log("tables that one snapshot does not cover", { tables: unfit.map(({ name }) => name) });
    throw new AppError("ENGINE_UNSUPPORTED", "tables that are not InnoDB, or versioned", {
      detail: { count: unfit.length },
    });
  }
}
