import { AppError } from "#domain/errors.ts";
import { lookUntil } from "../../process/look-until.ts";
import { connect, type Io, type MariadbTarget } from "./connect.ts";

const LOOK_EVERY_MS = 1_000;

/**
 * mariadb-dump waits behind a lock for as long as the server is set to, a day by default. This
 * watches its connections and throws once one has waited as long as our own sessions would. Resolves
 * when the dump has ended.
 */
export async function watchForLocks(
  target: MariadbTarget,
  connections: readonly string[],
  ended: Promise<unknown>,
  io: Io,
): Promise<void> {
  if (connections.length === 0) return;
  await using session = await connect(target, io);
  await lookUntil(ended, LOOK_EVERY_MS, async () => {
    const waiting = await session.ask(
      `SELECT id FROM information_schema.processlist WHERE id IN (${connections.join(", ")})
       AND state LIKE 'Waiting for%lock' AND time_ms > 1000 * @@lock_wait_timeout`,
    );
    if (waiting.length > 0) {
      throw new AppError("ENGINE_BUSY", "a lock on a table kept the dump out");
    }
  });
}
