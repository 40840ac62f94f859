import { AppError, isAppError } from "#domain/errors.ts";
import type { SqlSession } from "../sql-session.ts";
import type { Io } from "./connect.ts";

/** By these the server says that it could not write, and not always why. */
const COULD_NOT_WRITE = [1005, 1006, 1026, 1030, 1180];
/** InnoDB makes files larger by up to 4 MiB at a time, and its log and the table's own need some too. */
const FULL_BYTES = 16 * 1024 * 1024;

/**
 * The failure of a load, or ENGINE_SPACE where the disk of the server's data proves to be full. Rows that
 * InnoDB takes in bulk fail at their commit, and what they took is given back before anybody can look: so
 * it is full, too, where even half of the backup would not have its place any more.
 */
export async function orNoRoom(
  error: unknown,
  session: SqlSession,
  side: string,
  backupBytes: number,
  io: Io,
): Promise<unknown> {
  const number = isAppError(error) ? Number(error.detail.number) : Number.NaN;
  if (!COULD_NOT_WRITE.includes(number)) return error;
  try {
    const [folder = ""] = await session.ask("SELECT @@datadir");
    // No other server has a schema of this name: where its folder is, the data are. Elsewhere, or where
    // only the server's own account may look, nothing is certain.
    const taken = await firstNumberOf(io, ["du", "-s", "-B1", "--", `${folder}/${side}`]);
    const free = await firstNumberOf(io, ["df", "-B1", "--output=avail", "--", folder]);
    if (free >= Math.max(FULL_BYTES, backupBytes / 2 - taken)) return error;
  } catch {
    return error;
  }
  return new AppError("ENGINE_SPACE", "no room for the side copy", { cause: error });
}

/** Throws where the program is missing, fails, or tells none. */
async function firstNumberOf({ host, signal }: Io, argv: readonly string[]): Promise<number> {
  const { code, stdout } = await host.run(argv, { signal });
  const number = /^\s*(\d+)\b/m.exec(stdout)?.[1];
  if (code !== 0 || number === undefined) throw new AppError("INTERNAL", "not known");
  return Number(number);
}
