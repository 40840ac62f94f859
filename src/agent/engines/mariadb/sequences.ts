import { Position, type Positions } from "../sequence-bounds.ts";
import type { SqlSession } from "../sql-session.ts";
import { quoteIdent } from "./connect.ts";
import { tablesOf } from "./objects.ts";

/** Where the sequences of a schema stand. */
export async function positionsOf(session: SqlSession, schema: string): Promise<Positions> {
  const positions: Record<string, Position> = {};
  for (const { name, kind } of await tablesOf(session, schema)) {
    if (kind !== "SEQUENCE") continue;
    const [position] = await session.rows(
      Position,
      `SELECT JSON_ARRAY(CAST(next_not_cached_value AS CHAR), FALSE, cycle_option <> 0)
       FROM ${quoteIdent(schema)}.${quoteIdent(name)}`,
    );
    if (position) positions[name] = position;
  }
  return positions;
}
