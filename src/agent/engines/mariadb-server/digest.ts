import { z } from "zod";
import type { ContentDigest, ContentEntry } from "#protocol/manifest.ts";
import { contentDigest } from "../content-digest.ts";
import { quoteIdent } from "../mariadb/connect.ts";
import { digestOf } from "../mariadb/digest.ts";
import { shapeOf } from "../mariadb/objects.ts";
import type { SqlSession } from "../sql-session.ts";
import { RIGHTS_TABLES, rightHash } from "./rights.ts";
import { schemasOf } from "./schemas.ts";

/**
 * Digest of a whole server: all rows of all schemas as the engine for one schema sums them up, and the
 * accounts with their rights. Reads rows in the session's snapshot; the accounts, which know no
 * snapshot, were read by whoever knows the right moment.
 */
export async function serverDigest(
  session: SqlSession,
  accounts: ContentEntry,
): Promise<ContentDigest> {
  const schemas = await schemasOf(session);
  const entries: ContentEntry[] = [accounts];
  const inventory: Record<string, number> = { schemas: schemas.length };
  let algorithm = "server";
  for (const schema of schemas) {
    const { content } = await digestOf(session, schema);
    algorithm = `server-${content.algorithm}`;
    for (const entry of content.entries) {
      entries.push({ ...entry, name: `${quoteIdent(schema)}.${entry.name}` });
    }
    for (const [kind, count] of Object.entries(content.inventory)) {
      inventory[kind] = (inventory[kind] ?? 0) + count;
    }
  }
  return await contentDigest({ algorithm, inventory, entries });
}

const Sum = z.tuple([z.string(), z.int().nonnegative(), z.string()]);

/** Reads accounts and their rights, as a count of accounts and a hash over all of it. */
export type AccountsReader = () => Promise<ContentEntry>;

/** Made ready beforehand, so that reading itself is one statement. */
export async function accountsReader(session: SqlSession): Promise<AccountsReader> {
  const sums: string[] = [];
  for (const table of RIGHTS_TABLES) {
    const hash = await rightHash(session, table);
    sums.push(
      `SELECT JSON_ARRAY('${table}', COUNT(*), CAST(IFNULL(SUM(CAST(CONV(LEFT(
         ${hash}, 15), 16, 10) AS UNSIGNED)), 0) AS CHAR)) FROM mysql.${table}`,
    );
  }
  return async () => {
    const found = await session.rows(Sum, sums.join(" UNION ALL "));
    const count = found.find(([table]) => table === "global_priv")?.[1] ?? 0;
    return { name: "(accounts)", count, digest: found.map(([, , sum]) => sum).join("-") };
  };
}

/** Everything that a change of structure changes, in all schemas. */
export async function shapeOfAll(session: SqlSession): Promise<string> {
  const shapes: string[] = [];
  for (const schema of await schemasOf(session)) {
    shapes.push(schema, await shapeOf(session, schema));
  }
  return shapes.join("\n");
}
