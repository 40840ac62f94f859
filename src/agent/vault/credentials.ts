import { readFile } from "node:fs/promises";
import { AppError } from "#domain/errors.ts";

/**
 * Reads `name = value` lines of a credentials file, right before they are used: a file that was
 * changed counts from the next command on. Section heads and comments are passed over, so that a
 * file as the S3 tools know it can be used as it is.
 */
export async function readCredentials<Name extends string>(
  path: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, string>>> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new AppError("VAULT_CREDENTIALS", "the credentials file is not readable");
  });
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
