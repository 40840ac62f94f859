import { isAppError } from "#domain/errors.ts";

/** For the agent's own log: what kind of failure and where. Foreign messages may quote rows or paths. */
export function describe(error: unknown): Record<string, unknown> {
  if (isAppError(error)) {
    const { code, message, detail, cause } = error;
    return {
      code,
      error: message,
      detail,
      ...(cause instanceof Error ? { cause: cause.name } : {}),
    };
  }
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: frames.slice(0, 5).map((line) => line.trim()) };
}
