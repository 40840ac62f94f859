import { and, asc, eq, isNull, lt, lte, ne, or, sql } from "drizzle-orm";
import { outbox } from "#db/schema/notices.ts";
import { MailFailure } from "../../mail/transport.ts";
import type { Deps } from "../deps.ts";
import { retryAt } from "./retry-at.ts";
import { postWebhook, WebhookFailure } from "./webhooks.ts";

type SendDeps = Pick<Deps, "db" | "mail" | "webhooks" | "now" | "randomBytes" | "log">;
type Row = typeof outbox.$inferSelect;

const AT_ONCE = 200;
/** Longer than an attempt can take: after it, whoever took the row is gone and it is sent again. */
const TAKEN_MS = 10 * 60_000;
const GIVE_UP_MS = 3 * 24 * 60 * 60_000;
const KEEP_MS = 30 * 24 * 60 * 60_000;

export interface Sent {
  readonly sent: number;
  readonly failed: number;
}

export interface Sender {
  /** Sends what is due. Joins the run under way, if there is one. */
  run(): Promise<Sent>;
  /** Stops after the message under way. */
  close(): Promise<void>;
}

/** A row is marked after it was taken: a crash between the two repeats it and never loses it. */
export function createSender(deps: SendDeps): Sender {
  const ended = new AbortController();
  let current: Promise<Sent> | null = null;
  return {
    run() {
      current ??= sendDue(deps, ended.signal).finally(() => {
        current = null;
      });
      return current;
    },
    async close() {
      ended.abort();
      deps.mail?.close();
      await current?.catch(() => undefined);
    },
  };
}

async function sendDue(deps: SendDeps, signal: AbortSignal): Promise<Sent> {
  const { orm } = deps.db;
  const rows = await orm
    .select()
    .from(outbox)
    .where(and(waiting(), lte(outbox.notBefore, deps.now().toISOString())))
    .orderBy(asc(outbox.notBefore))
    .limit(AT_ONCE);
  const unreachable = new Set<string>();
  let sent = 0;
  let failed = 0;
  for (const row of rows) {
    const server = row.channel === "mail" ? "mail" : row.to;
    if (signal.aborted) break;
    // A server that does not answer is asked once a run, not once a message.
    if (unreachable.has(server) || !(await take(deps, row))) continue;
    const failure = await deliver(deps, row, signal);
    if (!failure) {
      const sentAt = deps.now().toISOString();
      await orm.update(outbox).set({ sentAt, error: null }).where(eq(outbox.id, row.id));
      sent += 1;
      continue;
    }
    failed += 1;
    if (failure.unreachable) unreachable.add(server);
    await putBack(deps, row, failure);
  }
  if (sent + failed > 0) deps.log("notices_sent", { sent, failed });
  return { sent, failed };
}

function waiting() {
  return and(isNull(outbox.sentAt), isNull(outbox.givenUpAt));
}

/** Of two that see the same row, one takes it. */
async function take({ db, now }: SendDeps, row: Row): Promise<boolean> {
  const at = now();
  const taken = await db.orm
    .update(outbox)
    .set({
      attempts: row.attempts + 1,
      firstTriedAt: row.firstTriedAt ?? at.toISOString(),
      notBefore: new Date(at.getTime() + TAKEN_MS).toISOString(),
    })
    .where(and(eq(outbox.id, row.id), eq(outbox.attempts, row.attempts), waiting()))
    .returning({ id: outbox.id });
  return taken.length === 1;
}

interface Failure {
  readonly code: string;
  readonly permanent: boolean;
  readonly unreachable: boolean;
}

async function deliver(deps: SendDeps, row: Row, signal: AbortSignal): Promise<Failure | null> {
  const { id, to, subject, body } = row;
  try {
    if (row.channel === "mail") {
      if (!deps.mail) return NOT_SET;
      await deps.mail.send({ id, to, subject, text: body });
    } else {
      const { webhooks } = deps;
      if (!webhooks?.urls.includes(to)) return NOT_SET;
      await postWebhook({ id, url: to, body, secret: webhooks.secret }, deps.now(), signal);
    }
    return null;
  } catch (error) {
    if (error instanceof MailFailure) {
      const { message: code, permanent, unreachable } = error;
      return { code, permanent, unreachable };
    }
    if (error instanceof WebhookFailure) {
      return { code: error.message, permanent: error.permanent, unreachable: true };
    }
    throw error;
  }
}

/** The setting was taken away while the row waited. */
const NOT_SET: Failure = { code: "not set", permanent: false, unreachable: true };

async function putBack(deps: SendDeps, row: Row, failure: Failure): Promise<void> {
  const { id, channel } = row;
  const attempts = row.attempts + 1;
  const now = deps.now();
  const first = Date.parse(row.firstTriedAt ?? now.toISOString());
  const late = now.getTime() - first >= GIVE_UP_MS;
  const change =
    failure.permanent || late
      ? { givenUpAt: now.toISOString() }
      : { notBefore: retryAt(attempts, now, deps.randomBytes(1)[0] ?? 0).toISOString() };
  await deps.db.orm
    .update(outbox)
    .set({ ...change, error: failure.code })
    .where(eq(outbox.id, id));
  if ("givenUpAt" in change) {
    deps.log("notice_given_up", { notice: id, channel, attempts, error: failure.code });
  }
}

/** Takes addresses and words out of what was told, or could not be, a month ago. */
export async function eraseToldNotices({ db, now }: Pick<Deps, "db" | "now">): Promise<number> {
  const before = new Date(now().getTime() - KEEP_MS).toISOString();
  const erased = await db.orm
    .update(outbox)
    .set({ to: "", subject: "", body: "" })
    .where(
      and(
        eq(outbox.channel, "mail"),
        ne(outbox.to, ""),
        or(lt(outbox.sentAt, before), lt(outbox.givenUpAt, before)),
      ),
    )
    .returning({ id: sql<string>`id` });
  return erased.length;
}
