import { AppError, isAppError } from "#domain/errors.ts";

/**
 * Ends work that was called off. Steps that fail because of it fail with errors of their own; such
 * an error goes in as `cause`, so that the report names the reason and not the symptom.
 */
export function assertNotCancelled(signal: AbortSignal, cause?: unknown): void {
  if (!signal.aborted) return;
  if (isAppError(signal.reason)) throw signal.reason;
  throw new AppError("JOB_CANCELLED", "work was called off", { cause: cause ?? signal.reason });
}
