import type { ErrorCode } from "#domain/errors.ts";

export interface MariadbFailure {
  readonly code: ErrorCode;
  /** The server's or client's error number, where one was printed. */
  readonly number: number | null;
  /** The source changed while it was read; a second reading may succeed. */
  readonly changedWhileRead: boolean;
}

const CODES: readonly (readonly [ErrorCode, readonly number[]])[] = [
  ["ENGINE_CONNECT", [1040, 1044, 1045, 1049, 1129, 1130, 1203, 1226, 1698, 1820, 1862]],
  ["ENGINE_CONNECT", [2002, 2003, 2005, 2006, 2013, 2026, 2059, 4151]],
  ["ENGINE_UNSUPPORTED", [1142, 1143, 1227, 1356, 1370, 1419, 1153, 1301, 1435]],
  ["ENGINE_SPACE", [1021, 1114]],
  ["ENGINE_BUSY", [1205, 1213]],
];

/** They say that something failed, and by the system's own number why: 28 is a full disk. */
const BY_ERRNO = [1005, 1006, 1030, 1180];
const FULL = /: (?:Got error 28\b|Can't create .*\(errno: 28\b)/;

const CHANGED = [1051, 1109, 1146, 1305, 1360, 1412];

/**
 * What the stderr of mariadb or mariadb-dump means, by its last error number alone: the text around
 * it quotes rows. Pure; an unknown number leaves the caller's own code for that step.
 */
export function classify(stderr: string, otherwise: ErrorCode): MariadbFailure {
  const { number, isFull } = lastFailure(stderr);
  const known = CODES.find(([, numbers]) => number !== null && numbers.includes(number));
  return {
    code: isFull ? "ENGINE_SPACE" : (known?.[0] ?? otherwise),
    number,
    changedWhileRead: number !== null && CHANGED.includes(number),
  };
}

/** Only at places where the tools themselves print it, so that no row can pose as an error. */
const PRINTED = [
  /^ERROR (\d{4,5}) \([0-9A-Z]{5}\)/,
  /^mariadb-dump: Got error: (\d{4,5}):/,
  /^mariadb-dump: Error (\d{4,5}):/,
  /^mariadb-dump: Couldn't execute .* \((\d{4,5})\)$/,
];

function lastFailure(stderr: string): { number: number | null; isFull: boolean } {
  let found: { number: number | null; isFull: boolean } = { number: null, isFull: false };
  for (const line of stderr.split("\n")) {
    for (const pattern of PRINTED) {
      const number = pattern.exec(line)?.[1];
      if (number === undefined) continue;
      const isFull = BY_ERRNO.includes(Number(number)) && FULL.test(line);
      found = { number: Number(number), isFull };
    }
  }
  return found;
}
