import { createHash } from "node:crypto";
import { z } from "zod";
import type { ContentDigest, ContentEntry } from "#protocol/manifest.ts";
import { contentDigest } from "../content-digest.ts";
import { quoteIdent } from "../postgres/connect.ts";
import { digestOf } from "../postgres/digest.ts";
import type { SqlSession } from "../sql-session.ts";
import { type Cluster, session as open } from "./cluster.ts";

/** Databases that take connections; those that do not (template0, kept copies) are counted only. */
export async function databasesOf(session: SqlSession): Promise<string[]> {
  return await session.rows(
    z.string(),
    `SELECT to_json(datname::text) FROM pg_catalog.pg_database WHERE datallowconn
     ORDER BY datname COLLATE "C"`,
  );
}

/** A session in the snapshot of its own transaction. */
export interface DatabaseSession {
  readonly database: string;
  readonly session: SqlSession;
}

/** A session in every database, each in a snapshot of its own. */
export async function openAll(
  cluster: Cluster,
  socket: string | null,
): Promise<{ readonly all: readonly DatabaseSession[] } & AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const control = opening.use(await open(cluster, socket));
  const all: DatabaseSession[] = [];
  for (const database of await databasesOf(control)) {
    const session = opening.use(await open(cluster, socket, database));
    await session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    all.push({ database, session });
  }
  const opened = opening.move();
  return { all, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/**
 * Digest of a whole cluster: all rows of all databases as the engine for one database sums them up,
 * and what belongs to no database: roles with their rights, databases with their properties.
 *
 * Unlogged tables are left out: the server empties them whenever it recovers, by their definition.
 */
export async function clusterDigest(sessions: readonly DatabaseSession[]): Promise<ContentDigest> {
  const entries: ContentEntry[] = [];
  const inventory: Record<string, number> = {};
  let algorithm = "";
  for (const { database, session } of sessions) {
    const content = await digestOf(session);
    algorithm = `cluster-${content.algorithm}`;
    const unlogged = await unloggedOf(session);
    for (const entry of content.entries) {
      if (unlogged.has(entry.name)) continue;
      entries.push({ ...entry, name: `${quoteIdent(database)}.${entry.name}` });
    }
    for (const [kind, count] of Object.entries(content.inventory)) {
      inventory[kind] = (inventory[kind] ?? 0) + count;
    }
  }
  const [first] = sessions;
  if (first !== undefined) {
    for (const [name, query] of Object.entries(SHARED)) {
      const rows = await first.session.ask(query);
      inventory[name] = rows.length;
      entries.push({ name: `(${name})`, count: rows.length, digest: sha256(rows.join("\n")) });
    }
  }
  return await contentDigest({ algorithm, inventory, entries });
}

export async function unloggedOf(session: SqlSession): Promise<ReadonlySet<string>> {
  const names = await session.rows(
    z.string(),
    `SELECT to_json(format('%I.%I', n.nspname, c.relname)) FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence = 'u'`,
  );
  return new Set(names);
}

/** Rows print as JSON, one a line; only their hash leaves this file. */
const SHARED: Readonly<Record<string, string>> = {
  roles: "SELECT to_json(a) FROM pg_catalog.pg_authid a ORDER BY a.oid",
  memberships: `SELECT json_build_array(m.roleid, m.member, m.admin_option)
    FROM pg_catalog.pg_auth_members m ORDER BY 1::text`,
  databases: `SELECT json_build_array(d.oid, d.datname, d.datdba, d.encoding, d.datcollate, d.datctype,
      d.datistemplate, d.datallowconn, d.datconnlimit, d.datacl)
    FROM pg_catalog.pg_database d ORDER BY d.oid`,
  settings: `SELECT json_build_array(s.setdatabase, s.setrole, s.setconfig)
    FROM pg_catalog.pg_db_role_setting s ORDER BY s.setdatabase, s.setrole`,
};

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
