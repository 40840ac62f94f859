import { readFile } from "node:fs/promises";
import { AppError } from "#domain/errors.ts";

/** What open(2) says of a path that is wrong or not the agent's to read. */
const WRONG_FILE = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "ELOOP"]);

/**
 * What stands in a file of a vault's keys; `what` names it in the error. Throws `VAULT_CREDENTIALS`
 * where the file is the fault. An agent that lacks descriptors or memory can read none: that goes up
 * as it came, lest the operator look for a key that is not wrong.
 */
export async function readKeyFile(path: string, what: string): Promise<string> {
  return await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (!WRONG_FILE.has(cause.code ?? "")) throw cause;
    throw new AppError("VAULT_CREDENTIALS", `${what} is not readable`);
  });
}

/**
 * Reads `name = value` lines of a credentials file, right before they are used: a file that was
 * changed counts from the next command on. Section heads and comments are passed over, so that a
 * file as the S3 tools know it can be used as it is.
 */
export async function readCredentials<Name extends string>(
  path: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, string>>> {
  const text = await readKeyFile(path, "the credentials file");
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^\s*([A-Za-z_]+)\s*=\s*(\S.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) found.set(name, value);
  }
  const entries = names.map((name) => {
    const value = found.get(name);
    if (value === undefined) {
      throw new AppError("VAULT_CREDENTIALS", `the credentials file lacks ${name}`, {
        detail: { name },
      });
    }
    return [name, value] as const;
  });
  return Object.fromEntries(entries) as Record<Name, string>;
}
