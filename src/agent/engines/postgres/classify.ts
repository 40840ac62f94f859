import type { ErrorCode } from "#domain/errors.ts";

export interface PostgresFailure {
  readonly code: ErrorCode;
  /** Five characters, where the client printed them. */
  readonly sqlState: string | null;
  /** The source changed while it was read; a second reading may succeed. */
  readonly changedWhileRead: boolean;
}

const BY_SQLSTATE: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^(08|28)/, "ENGINE_CONNECT"],
  [/^(3D000|53300|57P03)$/, "ENGINE_CONNECT"],
  [/^(42501|54000|54001)$/, "ENGINE_UNSUPPORTED"],
  [/^53100$/, "ENGINE_SPACE"],
  [/^(55006|55P03|57014)$/, "ENGINE_BUSY"],
];

/** From clients that print messages, not codes. Order matters: the first that fits counts. */
const BY_MESSAGE: readonly (readonly [RegExp, ErrorCode])[] = [
  [/server version mismatch/, "ENGINE_VERSION"],
  [/unsupported version \(.*\) in file header/, "ENGINE_VERSION"],
  [/No space left on device|could not extend file/, "ENGINE_SPACE"],
  [/canceling statement due to (lock|statement) timeout|could not obtain lock/, "ENGINE_BUSY"],
  [/is being accessed by other users/, "ENGINE_BUSY"],
  [/invalid memory alloc request size|Cannot enlarge string buffer/, "ENGINE_UNSUPPORTED"],
  [/permission denied for|must be owner of|row-level security policy/, "ENGINE_UNSUPPORTED"],
  [
    /could not read from input file|unexpected end of file|input file is too short/,
    "ENGINE_LOAD_FAILED",
  ],
  [/did not find magic string in file header/, "ENGINE_LOAD_FAILED"],
  [
    /connection to server .* failed|could not translate host name|could not connect to server/,
    "ENGINE_CONNECT",
  ],
];

const CHANGED =
  /cache lookup failed|(?:relation|column) .* does not exist|could not open relation with OID/;

/**
 * What the stderr of psql, pg_dump or pg_restore means. Pure; where it says nothing known the
 * caller's own code for that step stands.
 */
export function classify(stderr: string, otherwise: ErrorCode): PostgresFailure {
  const sqlState = /(?:ERROR|FATAL|PANIC): {1,2}([0-9A-Z]{5})$/m.exec(stderr)?.[1] ?? null;
  const byState = BY_SQLSTATE.find(([pattern]) => sqlState !== null && pattern.test(sqlState));
  const byMessage = BY_MESSAGE.find(([pattern]) => pattern.test(stderr));
  const code = byState?.[1] ?? byMessage?.[1] ?? otherwise;
  return {
    code,
    sqlState,
    changedWhileRead:
      sqlState === "42P01" ||
      sqlState === "42703" ||
      sqlState === "XX000" ||
      (code === "ENGINE_DUMP_FAILED" && CHANGED.test(stderr)),
  };
}
