import { ERRORS, type ErrorCode } from "#domain/errors.ts";

/**
 * The code of a failure that a service threw; null for a defect. By its code and not by its class:
 * the built pages carry a copy of the class of their own.
 */
export function errorCodeOf(error: unknown): ErrorCode | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" && Object.hasOwn(ERRORS, error.code)
    ? (error.code as ErrorCode)
    : null;
}
