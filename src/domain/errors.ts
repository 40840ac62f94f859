/**
 * The one table of errors. A code is public: never renamed, only deprecated.
 *
 * - `status`    HTTP status of an answer that carries it
 * - `exitCode`  exit code of a command that ends with it
 * - `retryable` whether the same call may succeed later, unchanged
 * - `pesan`     what people read: what happened, then what to do
 *
 * Exit codes: 0 done; 1 defect; 2 wrong usage or config; 3 done with warnings; 4 not found;
 * 5 conflict; 10 server refuses this agent; 11 protocol too old; 12 credentials; 20 engine
 * failed; 21 vault failed; 75 try again later; 130/143 ended by a signal.
 */
import { MACHINE_ERRORS } from "./errors-table/machines.ts";
import { PEOPLE_ERRORS } from "./errors-table/people.ts";
import type { ErrorRow } from "./errors-table/row.ts";

export const ERRORS = {
  ...PEOPLE_ERRORS,
  ...MACHINE_ERRORS,
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** One place to mend in what a person sent: which field, what is wrong, in a sentence for people. */
export interface FieldProblem {
  readonly field: string;
  readonly pesan: string;
}

/**
 * A failure that crosses a layer. `message` is English, for the log, free of secrets and row data;
 * people read `pesan` from the table and `problems`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly problems: readonly FieldProblem[];

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      detail?: Readonly<Record<string, unknown>>;
      problems?: readonly FieldProblem[];
      cause?: unknown;
    } = {},
  ) {
    super(
      `${code}: ${message}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "AppError";
    this.code = code;
    this.detail = options.detail ?? {};
    this.problems = options.problems ?? [];
  }

  get row(): ErrorRow {
    return ERRORS[this.code];
  }
}

export function isAppError(value: unknown): value is AppError {
  return value instanceof AppError;
}

/** Holds what must be true whatever the input; its breach is a defect, not a user's mistake. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AppError("INTERNAL", `invariant broken: ${message}`);
}
