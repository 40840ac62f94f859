import { z } from "zod";
import { Position, type Positions } from "../sequence-bounds.ts";
import type { SqlSession } from "../sql-session.ts";
import { lettingGo } from "./connect.ts";

const BATCH = 200;

/** Where the sequences stand now, whatever the snapshot. To be asked within a transaction. */
export async function positionsOf(session: SqlSession): Promise<Positions> {
  const names = await session.rows(
    z.string(),
    `SELECT to_json(format('%I.%I', n.nspname, c.relname))
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'S' AND c.relpersistence <> 't'
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                       WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                         AND d.deptype = 'e')`,
  );
  const positions: Record<string, Position> = {};
  for (let from = 0; from < names.length; from += BATCH) {
    const batch = names.slice(from, from + BATCH);
    const queries = batch.map(
      (name, index) => `SELECT ${index} AS place, last_value::text, is_called,
        (SELECT seqcycle FROM pg_catalog.pg_sequence s WHERE s.seqrelid = q.tableoid) AS cycles
        FROM ${name} q`,
    );
    const rows = await session.rows(
      Position,
      lettingGo(
        `SELECT json_build_array(last_value, is_called, coalesce(cycles, false))
         FROM (${queries.join(" UNION ALL ")}) all_of_them ORDER BY place`,
      ),
    );
    batch.forEach((name, index) => {
      const row = rows[index];
      if (row) positions[name] = row;
    });
  }
  return positions;
}
