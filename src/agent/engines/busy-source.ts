import { AppError, isAppError } from "#domain/errors.ts";

/** A table that somebody changes keeps a dump out; a while later it may not. Other errors stay. */
export function orAgain(error: unknown): unknown {
  if (!isAppError(error) || error.code !== "ENGINE_BUSY") return error;
  return new AppError("ENGINE_BUSY", "a lock on a table kept the dump out", {
    detail: { ...error.detail, changedWhileRead: true },
    cause: error,
  });
}
