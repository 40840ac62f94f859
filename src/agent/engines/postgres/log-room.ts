import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { lookUntil } from "../../process/look-until.ts";
import type { EngineIo } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";

type Io = Pick<EngineIo, "host" | "signal">;

const LOOK_EVERY_MS = 1_000;
/** More than a load writes between two looks, in tables, indexes and log together. */
const RESERVE_BYTES_MAX = 256 * 1024 * 1024;
/** What a small backup can write at most, as a multiple of itself. */
const WRITTEN_FACTOR = 3;
const SEGMENTS = 2;

/**
 * The room where the server keeps its log. A table that finds no room fails alone, but a log that finds
 * none stops the whole server, for its users too, and it does not start again before somebody has made
 * room. Whatever is loaded is written to the log as well, so a load has to end before that.
 */
export interface LogRoom {
  /** Throws ENGINE_SPACE where a load could use it up. */
  assertEnough(): Promise<void>;
}

/** Null where that disk cannot be asked: on another machine than the one the client programs run on. */
export async function logRoomOf(
  session: SqlSession,
  backupBytes: number,
  io: Io,
): Promise<LogRoom | null> {
  const [server] = await session.rows(
    z.object({ folder: z.string(), times: z.string(), segment: z.int() }),
    `SELECT json_build_object('folder', current_setting('data_directory'),
       'times', extract(epoch FROM modification)::bigint || ' ' || extract(epoch FROM change)::bigint,
       'segment', (SELECT setting::bigint FROM pg_catalog.pg_settings
                   WHERE name = 'wal_segment_size'))
     FROM pg_catalog.pg_stat_file('.')`,
  );
  if (!server) throw new AppError("INTERNAL", "the server has no data folder");
  const { folder, times, segment } = server;
  // Another server's folder may have the same path here.
  const found = await answerOf(io, ["stat", "-L", "-c", "%Y %Z", "--", folder]);
  if (found !== times) return null;
  const needed = Math.min(RESERVE_BYTES_MAX, WRITTEN_FACTOR * backupBytes) + SEGMENTS * segment;
  return {
    assertEnough: async () => {
      // Only the server's own account may look into its folder.
      const free = (await freeBytesAt(`${folder}/pg_wal`, io)) ?? (await freeBytesAt(folder, io));
      if (free !== null && free < needed) {
        throw new AppError("ENGINE_SPACE", "no room for the server's log beside a load");
      }
    },
  };
}

/** Looks again and again until the load has ended. */
export async function watchLogRoom(room: LogRoom | null, ended: Promise<unknown>): Promise<void> {
  if (room !== null) await lookUntil(ended, LOOK_EVERY_MS, room.assertEnough);
}

async function freeBytesAt(path: string, io: Io): Promise<number | null> {
  const lines = (await answerOf(io, ["df", "-B1", "--output=avail", "--", path])).split("\n");
  const bytes = Number.parseInt(lines[1] ?? "", 10);
  return Number.isFinite(bytes) ? bytes : null;
}

/** Empty where the program is missing or fails: what cannot be known stops no restore. */
async function answerOf({ host, signal }: Io, argv: readonly string[]): Promise<string> {
  try {
    const { code, stdout } = await host.run(argv, { signal });
    return code === 0 ? stdout.trim() : "";
  } catch {
    return "";
  }
}
