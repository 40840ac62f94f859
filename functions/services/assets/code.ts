import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { holdsCheck, withCheck } from "../requests/reference.ts";

const PREFIX = "AST-";
const LENGTH = 4;
const TRIES = 200;

/** A code that no asset has: `AST-` and five characters, the last one their check. */
export function newCode(deps: Pick<Deps, "randomBytes">, taken: ReadonlySet<string>): string {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const code = PREFIX + withCheck(deps.randomBytes(2 * LENGTH), LENGTH);
    if (!taken.has(code)) return code;
  }
  throw new AppError("INTERNAL", "no asset code is free");
}

/** The stored form of what a person typed; null if it cannot be a code. */
export function readCode(typed: string): string | null {
  const compact = typed.toUpperCase().replace(/[\s\-.]/g, "");
  const body = compact.startsWith("AST") ? compact.slice(3) : compact;
  return body.length === LENGTH + 1 && holdsCheck(body) ? PREFIX + body : null;
}
