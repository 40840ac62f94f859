import { AppError, isAppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { SideNames } from "../engine.ts";
import { foldersOf, makeFolder, must, remove } from "../server-folder.ts";
import { dropSide, withServerOver } from "../server-keeping.ts";
import { failed, isDone, isFull, LAST_FILES } from "./dump.ts";
import { session as open, type Server } from "./server.ts";

const PREPARE_TIMEOUT_MS = 24 * 60 * 60 * 1000;

/**
 * Unpacks the stream into the folder beside, lets mariabackup apply the redo log, and starts the
 * server once over it. Then it is at rest.
 */
export async function loadSide(
  server: Server,
  names: SideNames,
  manifest: Manifest,
  fd: number,
): Promise<void> {
  const { target, io, owner, asOwner, keeping } = server;
  const { side } = foldersOf(target.direktori, names);
  try {
    await remove(side, io);
    await makeFolder(side, owner, io);
    const unpacking = await asOwner.spawn(["mbstream", "-x", "-C", side], {
      signal: io.signal,
      stdin: { fd },
      stdout: "ignore",
    });
    const unpacked = await unpacking.exit;
    if (io.signal.aborted) throw new AppError("JOB_CANCELLED", "called off");
    // Between two files of the stream mbstream takes its end for a whole one.
    if (unpacked.code !== 0 || !(await hasLastFile(server, side))) {
      const code = isFull(unpacked) ? "ENGINE_SPACE" : "ENGINE_LOAD_FAILED";
      throw new AppError(code, "the stream was cut or cannot be unpacked", {
        detail: { tool: "mbstream", exitCode: unpacked.code },
      });
    }
    const prepared = await asOwner.run(
      ["mariabackup", "--no-defaults", "--prepare", `--target-dir=${side}`],
      { signal: io.signal, timeoutMs: PREPARE_TIMEOUT_MS },
    );
    if (!isDone(prepared)) throw failed(prepared, "ENGINE_LOAD_FAILED", io);
    await tryOut(server, side, manifest);
    await must(io, "ENGINE_LOAD_FAILED", ["sync", "-f", "--", side]);
  } catch (error) {
    await dropSide(keeping, names, { ...io, signal: new AbortController().signal });
    throw asLoadFailure(error);
  }
}

async function tryOut(server: Server, side: string, manifest: Manifest): Promise<void> {
  await withServerOver(server.keeping, side, server.io, async (socket) => {
    await using session = await open(server, socket);
    const [setting] = await session.ask("SELECT @@lower_case_table_names");
    if (setting !== manifest.recreate.lowerCaseTableNames) {
      throw new AppError("ENGINE_UNSUPPORTED", "lower_case_table_names differs from the source");
    }
  });
}

async function hasLastFile({ asOwner }: Server, side: string): Promise<boolean> {
  for (const name of LAST_FILES) {
    if ((await asOwner.run(["test", "-s", `${side}/${name}`])).code === 0) return true;
  }
  return false;
}

function asLoadFailure(error: unknown): unknown {
  if (isAppError(error) && error.code !== "ENGINE_CONNECT") return error;
  return new AppError("ENGINE_LOAD_FAILED", "side copy could not be made", { cause: error });
}
