/**
 * What is to be told is written in the batch that makes it true, so that neither is there without
 * the other; `send` carries it out afterwards.
 */
import { and, eq, isNull, like, or, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { outbox } from "#db/schema/notices.ts";
import { requestContents, requestEvents } from "#db/schema/requests.ts";
import type { Deps } from "../deps.ts";
import type { NoticeText } from "./texts.ts";

type OutboxDeps = Pick<Deps, "db" | "newId">;

export interface Notice extends NoticeText {
  /** Null for what is not about a request. */
  readonly request: string | null;
  /** What is told to whom: one notice a key. */
  readonly dedupe: string;
  readonly at: Date;
  readonly notBefore: Date;
}

/** A mail to an address, or a message to a web address. */
export function noticeStatement(
  { db, newId }: OutboxDeps,
  channel: "mail" | "webhook",
  to: string,
  { at, notBefore, ...notice }: Notice,
): Statement {
  return db.orm
    .insert(outbox)
    .values({
      ...notice,
      id: newId(),
      channel,
      to,
      createdAt: at.toISOString(),
      notBefore: notBefore.toISOString(),
    })
    .onConflictDoNothing();
}

/** What is told of an open act: that it waits, or is late. */
export const ACT_NOTICES = ["turn", "answered", "75", "100", "moved"] as const;

/** Takes back what waits for its hour and no longer holds. */
export function withdrawStatement(
  { db }: Pick<OutboxDeps, "db">,
  request: string,
  kinds: readonly string[],
): Statement {
  const ofKinds = kinds.map((kind) => like(outbox.dedupe, `${request}:%:${kind}:%`));
  const untried = and(isNull(outbox.sentAt), eq(outbox.attempts, 0));
  return db.orm.delete(outbox).where(and(eq(outbox.request, request), untried, or(...ofKinds)));
}

/**
 * A mail to the pemohon, whose newest address is read out of what they stated by the batch itself:
 * it may have been erased, and a new request or a correction is written in the same batch, before.
 */
export function requesterStatement(
  { newId }: Pick<OutboxDeps, "newId">,
  { request, dedupe, subject, body, at, notBefore }: Notice,
): Statement {
  return sql`INSERT INTO ${outbox}
    (id, channel, dedupe, "to", subject, body, request, created_at, not_before, attempts)
    SELECT ${newId()}, 'mail', ${dedupe}, json_extract(answer.value, '$.value'), ${subject}, ${body},
      ${request}, ${at.toISOString()}, ${notBefore.toISOString()}, 0
    FROM ${requestEvents} AS given
    JOIN ${requestContents} AS content ON content.id = given.bytes ->> '$.event.content.id',
      json_each(content.json, '$.answers') AS answer
    WHERE given.stream = ${request} AND given.bytes ->> '$.event.by.capacity' = 'pemohon'
      AND given.bytes ->> '$.event.type' IN ('submitted', 'act_performed')
      AND json_extract(answer.value, '$.name') = 'surel'
    ORDER BY given.version DESC LIMIT 1
    ON CONFLICT DO NOTHING`;
}
