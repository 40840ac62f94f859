import { desc, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Statement } from "#db/client.ts";
import { user } from "#db/schema/auth.ts";
import { type AdminAct, adminLog } from "#db/schema/people.ts";
import type { Deps } from "../deps.ts";

export interface AdminDeed {
  /** Null = by command on the server. */
  readonly by: string | null;
  readonly act: AdminAct;
  readonly person?: string | null;
  readonly detail?: Readonly<Record<string, string>>;
}

/** The line of an act, for the batch that does it. */
export function logged(
  { db, now, newId }: Pick<Deps, "db" | "now" | "newId">,
  { by, act, person = null, detail = {} }: AdminDeed,
): Statement {
  return db.orm
    .insert(adminLog)
    .values({ id: newId(), at: now().toISOString(), by, act, person, detail });
}

export interface AdminLogLine {
  readonly id: string;
  readonly at: string;
  /** Null = by command on the server. */
  readonly by: string | null;
  readonly act: AdminAct;
  readonly person: string | null;
  readonly detail: Readonly<Record<string, string>>;
}

/** The newest lines first, with names; of one person where `person` is given. */
export async function readAdminLog(
  { db }: Pick<Deps, "db">,
  { limit, person }: { readonly limit: number; readonly person?: string },
): Promise<AdminLogLine[]> {
  const doer = alias(user, "doer");
  const whom = alias(user, "whom");
  return (
    db.orm
      .select({
        id: adminLog.id,
        at: adminLog.at,
        by: doer.name,
        act: adminLog.act,
        person: whom.name,
        detail: adminLog.detail,
      })
      .from(adminLog)
      .leftJoin(doer, eq(doer.id, adminLog.by))
      .leftJoin(whom, eq(whom.id, adminLog.person))
      .where(person === undefined ? undefined : eq(adminLog.person, person))
      // As they were written, also within one millisecond.
      .orderBy(desc(adminLog.at), sql`${adminLog}.rowid DESC`)
      .limit(limit)
  );
}
