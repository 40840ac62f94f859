import { and, isNotNull, isNull, sql } from "drizzle-orm";
import { outbox } from "#db/schema/notices.ts";
import type { Deps } from "../deps.ts";

const TROUBLED_MAX = 20;

export interface Queue {
  readonly waiting: number;
  /** How long the oldest one that is due has waited. */
  readonly oldestSeconds: number;
  readonly sent: number;
  readonly givenUp: number;
  /** Failed at least once, newest first; without addresses. */
  readonly troubled: readonly {
    readonly id: string;
    readonly channel: "mail" | "webhook";
    readonly attempts: number;
    readonly error: string | null;
  }[];
}

export async function queueOf({ db, now }: Pick<Deps, "db" | "now">): Promise<Queue> {
  const { orm } = db;
  const open = and(isNull(outbox.sentAt), isNull(outbox.givenUpAt));
  const [waiting, sent, givenUp, troubled, [oldest]] = await Promise.all([
    orm.$count(outbox, open),
    orm.$count(outbox, isNotNull(outbox.sentAt)),
    orm.$count(outbox, isNotNull(outbox.givenUpAt)),
    orm
      .select({
        id: outbox.id,
        channel: outbox.channel,
        attempts: outbox.attempts,
        error: outbox.error,
      })
      .from(outbox)
      .where(isNotNull(outbox.error))
      .orderBy(sql`${outbox.createdAt} DESC`)
      .limit(TROUBLED_MAX),
    orm
      .select({
        since: sql<string | null>`min(coalesce(${outbox.firstTriedAt}, ${outbox.notBefore}))`,
      })
      .from(outbox)
      .where(open),
  ]);
  const since = oldest?.since ?? null;
  const age = since === null ? 0 : (now().getTime() - Date.parse(since)) / 1_000;
  return { waiting, sent, givenUp, troubled, oldestSeconds: Math.max(0, Math.round(age)) };
}
