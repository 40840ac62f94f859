import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { Completed } from "../../process/host.ts";
import type { DumpReport, EngineIo } from "../engine.ts";
import { accountsReader, serverDigest, shapeOfAll } from "./digest.ts";
import { assertBackupable } from "./inspect.ts";
import { awaitInstant, STAGES, stagesCounted } from "./instant.ts";
import { liveSocket, session as open, reachedBy, type Server } from "./server.ts";

/** mariabackup writes it last; 11 has another name for it. */
export const LAST_FILES = ["xtrabackup_info", "mariadb_backup_info"];

/** mariabackup's own last word; its exit code alone is no proof. */
const DONE = /(?:^|\n)\S* ?\S* ?\S* ?completed OK!\s*$/;

/**
 * Streams the files by mariabackup straight into the descriptor, and takes the content digest
 * meanwhile in a snapshot of the backup's own instant (instant.ts). No table is ever left out.
 */
export async function dump(server: Server, fd: number): Promise<DumpReport> {
  const { io } = server;
  if (io.signal.aborted) throw new AppError("JOB_CANCELLED", "called off");
  const stop = new AbortController();
  const within = { ...io, signal: AbortSignal.any([io.signal, stop.signal]) };
  const calledOff: Server = { ...server, io: within };
  const socket = liveSocket(server);
  await using observer = await open(calledOff, socket);
  await using reader = await open(calledOff, socket);
  await using locker = await open(calledOff, socket);
  const { version, tool, facts } = await assertBackupable(server, observer);
  // They know no snapshot: what they are before and after, they are in between.
  const readAccounts = await accountsReader(observer);
  const accounts = await readAccounts();
  const before = await stagesCounted(observer);
  const producer = await io.host.spawn(
    [
      "mariabackup",
      `--defaults-file=${reachedBy(server, socket).berkasOpsi}`,
      ...["--backup", "--stream=xbstream"],
    ],
    { signal: within.signal, stdin: "none", stdout: { fd } },
  );
  let over = false;
  void producer.exit.then(() => {
    over = true;
  });
  // The first failure ends the other side, and is the one that is told.
  const stopOnFailure = (error: unknown): never => {
    stop.abort();
    throw error;
  };
  const produced = producer.exit.then((ending) => {
    if (!isDone(ending)) stopOnFailure(failed(ending, "ENGINE_DUMP_FAILED", io));
  });
  const digested = awaitInstant({ reader, locker, before, isOver: () => over }, within.signal)
    .then(async () => {
      const shape = await shapeOfAll(observer);
      const content = await serverDigest(reader, accounts);
      await produced;
      const isSame =
        (await shapeOfAll(observer)) === shape && (await readAccounts()).digest === accounts.digest;
      if (!isSame) throw changed("structure or accounts changed");
      return content;
    })
    .catch(async (error: unknown) => {
      // A backup that failed by itself says more than a session that lost its server.
      if (over) await produced;
      return stopOnFailure(error);
    });
  const [first] = await Promise.allSettled([Promise.all([digested, produced]), digested, produced]);
  if (first.status === "rejected") {
    throw io.signal.aborted ? new AppError("JOB_CANCELLED", "called off") : first.reason;
  }
  if ((await stagesCounted(observer)) - before !== STAGES) {
    throw changed("another backup ran at the same time");
  }
  return {
    content: first.value[0],
    endsWith: LAST_FILES.map(endOf),
    recreate: { format: "xbstream", lowerCaseTableNames: facts.lowerCaseTableNames },
    tools: { mariabackup: tool, mariadb: version },
  };
}

/** How a stream ends: a mark, no flags, the kind (end of a file), the length of its name, its name. */
function endOf(file: string): string {
  return `XBSTCK01\0E${String.fromCharCode(file.length)}\0\0\0${file}`;
}

/** Exit code and last word together. */
export function isDone({ code, stderr }: Completed): boolean {
  return code === 0 && DONE.test(stderr);
}

/** The error for a mariabackup that did not end well; its words hold names and stay here. */
export function failed(ending: Completed, code: ErrorCode, io: EngineIo): AppError {
  if (io.signal.aborted) return new AppError("JOB_CANCELLED", "mariabackup was called off");
  const detail = { tool: "mariabackup", exitCode: ending.code, signal: ending.signal };
  io.log("mariabackup failed", { ...detail, isLastWordMissing: !DONE.test(ending.stderr) });
  const isRefused = /Failed to connect to MariaDB server/.test(ending.stderr);
  const known = isFull(ending) ? "ENGINE_SPACE" : isRefused ? "ENGINE_CONNECT" : code;
  return new AppError(known, "mariabackup failed", { detail });
}

export function isFull({ stderr }: Completed): boolean {
  return /No space left on device|Err(?:code|no): 28\b/.test(stderr);
}

function changed(what: string): AppError {
  return new AppError("ENGINE_DUMP_FAILED", what, { detail: { changedWhileRead: true } });
}
