import { AppError } from "#domain/errors.ts";
import type { Running } from "../../process/host.ts";
import { openPipe } from "../../process/pipe.ts";
import type { DumpReport, EngineIo } from "../engine.ts";
import { boundsOf } from "../sequence-bounds.ts";
import { client, connect, failed, type Io, type MariadbTarget, toolVersion } from "./connect.ts";
import { copyWhole } from "./copy-stream.ts";
import { digestOf } from "./digest.ts";
import { assertSupported } from "./inspect.ts";
import { shapeOf, type Table, tablesOf, viewsOf } from "./objects.ts";
import { assertMayDump } from "./privileges.ts";
import { recreateOf } from "./recreate.ts";
import { scriptOf } from "./script-of.ts";
import { positionsOf } from "./sequences.ts";
import { startTogether } from "./shared-snapshot.ts";

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
  assertDumpable(tables);
  const broken = viewsOf(tables, { broken: true });
  if (broken.length > 0) io.log("broken views are left out of the dump", { count: broken.length });
  const recreate = await recreateOf(session, schema);
  const events = await scriptOf(target, session, schema, "events", within);
  const shape = await shapeOf(session, schema);

  const pipe = await openPipe();
  try {
    // Read before the dump can have read them; and again after it.
    const before = await positionsOf(session, schema);
    let copied: Promise<void> = Promise.resolve();
    const producer = await startTogether(target, session, within, async () => {
      const started = await startDump(target, broken, pipe.writeFd, within);
      copied = copyWhole(pipe.readFd, fd, within.signal);
      copied.catch(() => undefined);
      return started;
    });
    // The first failure ends the other parties, and is the one that is told.
    const stopOnFailure = (error: unknown): never => {
      stop.abort();
      throw error;
    };
    const produced = producer.exit
      .then((ending) => {
        pipe.closeWrite();
        if (ending.code !== 0) throw failed("mariadb-dump", ending, "ENGINE_DUMP_FAILED", io);
      })
      .catch(stopOnFailure);
    const parties = [
      produced,
      // A dump that failed has no trailer either; that it failed says more.
      copied.catch(async (error: unknown) => {
        pipe.closeRead();
        await produced;
        return stopOnFailure(error);
      }),
      digestOf(session, schema).catch(stopOnFailure),
    ] as const;
    const [all] = await Promise.allSettled([Promise.all(parties), ...parties]);
    if (all.status === "rejected") {
      throw io.signal.aborted ? new AppError("JOB_CANCELLED", "dump was called off") : all.reason;
    }
    const [, , { content, widestRowBytes }] = all.value;
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
        brokenViews: JSON.stringify(broken),
        widestRowBytes: String(widestRowBytes),
        sequences: JSON.stringify(sequences),
      },
      tools: { "mariadb-dump": tool, mariadb: server },
    };
  } catch (error) {
    stop.abort();
    throw error;
  } finally {
    pipe.closeWrite();
    pipe.closeRead();
  }
}

function startDump(
  target: MariadbTarget,
  broken: readonly string[],
  fd: number,
  io: Io,
): Promise<Running> {
  return io.host.spawn(
    [
      ...client("mariadb-dump", target),
      ...["--single-transaction", "--quick", "--routines", "--triggers", "--skip-events"],
      // Without the date two dumps of the same content are the same bytes.
      ...["--hex-blob", "--no-tablespaces", "--skip-dump-date"],
      ...broken.map((view) => `--ignore-table=${target.database}.${view}`),
      ...["--", target.database],
    ],
    { signal: io.signal, stdin: "none", stdout: { fd } },
  );
}

/** One snapshot holds for InnoDB only, and a dump leaves the history of versioned tables out. */
function assertDumpable(tables: readonly Table[]): void {
  const unfit = tables.filter(
    ({ kind, engine }) => kind === "SYSTEM VERSIONED" || (kind !== "VIEW" && engine !== "InnoDB"),
  );
  if (unfit.length > 0) {
    throw new AppError("ENGINE_UNSUPPORTED", "tables that are not InnoDB, or versioned", {
      detail: { count: unfit.length },
    });
  }
}
