import type { DatabaseSync } from "node:sqlite";
import type { Copy } from "./engine.ts";
import { openSqlite, readingSqlite } from "./sqlite-connection.ts";
import type { Files } from "./sqlite-files.ts";

/**
 * Connections that keep users out, by live path: of what was live (null where nothing was), and
 * after a swap of what is.
 */
export interface Hold {
  readonly former: DatabaseSync | null;
  incoming: DatabaseSync | null;
}
export const holds = new Map<string, Hold>();

/** Reads a copy, through the connection that holds it where there is one. */
export async function reading<Result>(
  { live, side, old }: Files,
  copy: Copy,
  act: (db: DatabaseSync) => Promise<Result>,
): Promise<Result> {
  if (copy === "live") return readingLive(live, act);
  const hold = holds.get(live);
  if (copy === "old" && hold?.incoming && hold.former) return act(hold.former);
  const db = openSqlite(copy === "side" ? side : old, "immutable");
  try {
    return await act(db);
  } finally {
    db.close();
  }
}

export async function readingLive<Result>(
  live: string,
  act: (db: DatabaseSync) => Promise<Result>,
): Promise<Result> {
  const held = heldLive(live);
  return held ? act(held) : readingSqlite(live, act);
}

export function heldLive(live: string): DatabaseSync | null {
  const hold = holds.get(live);
  return hold?.incoming ?? hold?.former ?? null;
}
