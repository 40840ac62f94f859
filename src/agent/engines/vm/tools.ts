import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { EngineIo } from "../engine.ts";

/** Reading, checking or flushing an image takes as long as it is large. */
export const IMAGE_TIMEOUT_MS = 12 * 60 * 60 * 1000;

/** stdout of a program that must end well; what it says on stderr names paths and stays here. */
export async function must(
  io: EngineIo,
  code: ErrorCode,
  argv: readonly string[],
  input?: string,
): Promise<string> {
  const ended = await io.host.run(argv, {
    signal: io.signal,
    timeoutMs: IMAGE_TIMEOUT_MS,
    ...(input === undefined ? {} : { input }),
  });
  if (ended.code !== 0) {
    const isFull = /No space left|Disk quota/i.test(ended.stderr);
    throw new AppError(isFull ? "ENGINE_SPACE" : code, `${argv[0]} failed`, {
      detail: { tool: argv[0], code: ended.code, signal: ended.signal },
    });
  }
  return ended.stdout;
}

/** Those of the paths that are there. */
export async function presentOf(paths: readonly string[], io: EngineIo): Promise<Set<string>> {
  if (paths.length === 0) return new Set();
  const argv = ["find", ...paths, "-maxdepth", "0", "-printf", "%p\\0"];
  const { stdout, stderr, code } = await io.host.run(argv, { signal: io.signal });
  const isOnlyAbsence = stderr.split("\n").every((line) => /^$|No such file/.test(line));
  if (code === null || !isOnlyAbsence) {
    throw new AppError("ENGINE_CONNECT", "the folder of the images cannot be read");
  }
  return new Set(stdout.split("\0").filter((path) => path !== ""));
}
