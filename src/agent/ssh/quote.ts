import { invariant } from "#domain/errors.ts";

/**
 * One argument as a POSIX shell reads it back to the letter: within single quotes nothing has a
 * meaning but the single quote itself.
 */
export function quote(argument: string): string {
  invariant(!argument.includes("\0"), "an argument holds a NUL");
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

export function quoteAll(argv: readonly string[]): string {
  return argv.map(quote).join(" ");
}
