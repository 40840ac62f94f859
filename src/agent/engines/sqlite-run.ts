import { fileURLToPath } from "node:url";
import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { Completed } from "../process/host.ts";
import type { Copy, EngineIo } from "./engine.ts";
import type { Files } from "./sqlite-files.ts";

const PROGRAM = fileURLToPath(new URL("./sqlite-program.ts", import.meta.url));
const TIMEOUT_MS = 24 * 60 * 60 * 1000;

/** Runs sqlite-program.ts; what its arguments and exit codes mean stands there. */
export function runProgram(
  argv: readonly string[],
  io: EngineIo,
  input?: string,
): Promise<Completed> {
  return io.host.run([process.execPath, "--no-warnings", PROGRAM, ...argv], {
    signal: io.signal,
    timeoutMs: TIMEOUT_MS,
    ...(input === undefined ? {} : { input }),
  });
}

/** A copy as the program is told it. */
export function asArguments(files: Files, copy: Copy): string[] {
  return copy === "live" ? [files.live, "live"] : [files[copy]];
}

/** Throws `code` where a file that was just written is no whole database. */
export async function assertWhole(path: string, code: ErrorCode, io: EngineIo): Promise<void> {
  const ended = await runProgram(["whole", path], io);
  if (ended.code !== 0) throw new AppError(code, "SQLite finds the database damaged");
}
