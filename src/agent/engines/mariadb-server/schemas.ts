import { z } from "zod";
import { Definition, type Sorted, sorted } from "../definition-changes.ts";
import { hashOf } from "../mariadb/hash-of.ts";
import type { SqlSession } from "../sql-session.ts";

const OF_USERS = `FROM information_schema.schemata
  WHERE schema_name NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
    AND schema_name NOT LIKE '#mysql50#%'`;

export async function schemasOf(session: SqlSession): Promise<string[]> {
  return await session.rows(
    z.string(),
    `SELECT JSON_QUOTE(schema_name) ${OF_USERS} ORDER BY BINARY schema_name`,
  );
}

/** Schemas as such: that each is there, and how its next table will be made. */
export async function schemaDefinitions(session: SqlSession): Promise<Sorted[]> {
  const properties = ["default_character_set_name", "default_collation_name", "schema_comment"];
  return sorted(
    await session.rows(
      Definition,
      `SELECT JSON_OBJECT('kind', 'schemas', 'name', schema_name, 'hash', ${hashOf(properties)}) ${OF_USERS}`,
    ),
  );
}
