import { and, eq, like } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { user } from "#db/schema/auth.ts";
import { outbox } from "#db/schema/notices.ts";
import { approverRole } from "#domain/workflow/follow-up.ts";
import type { FollowUpAction, RequestState, WorkflowEvent } from "#domain/workflow/types.ts";
import { type FollowUpNews, followUpText } from "./follow-up-texts.ts";
import { officeHour } from "./hours.ts";
import { noticeStatement, withdrawStatement } from "./outbox.ts";
import { holdersOf, type Recipient } from "./recipients.ts";
import { type TellDeps, type Told, textFacts } from "./tell.ts";

/** Part of the key of what waits for an approver: taken back once somebody answered. */
const ASKED = "follow-up-asked";

/** A question goes to those who may answer it; what became of it to the one who asked. */
export async function noticesOfFollowUp(
  deps: TellDeps,
  told: Told,
  state: RequestState,
  event: WorkflowEvent,
): Promise<Statement[]> {
  if (!deps.mail || !("job" in event)) return [];
  const restore = state.restores.find(({ followUp }) => followUp?.job === event.job);
  const followUp = restore?.followUp;
  if (!restore || !followUp) return [];
  const { action, asker } = followUp;
  switch (event.type) {
    case "follow_up_asked": {
      const { jabatan } = approverRole(told.running.sop, restore.act);
      const holders = await holdersOf(deps, { agency: told.row.agency, jabatan, at: told.at });
      const others = holders.filter(({ person }) => person !== asker && person !== restore.starter);
      return tell(deps, told, others, "asked", action);
    }
    case "follow_up_withdrawn": {
      const readers = await toldOf(deps, told);
      const withdrawn = withdrawStatement(deps, told.row.id, [ASKED]);
      return [withdrawn, ...tell(deps, told, readers, "withdrawn", action)];
    }
    case "follow_up_approved":
    case "follow_up_declined": {
      const news = event.type === "follow_up_approved" ? "approved" : "declined";
      const withdrawn = withdrawStatement(deps, told.row.id, [ASKED]);
      return [withdrawn, ...tell(deps, told, await personOf(deps, asker), news, action)];
    }
    case "job_finished": {
      const news = event.outcome === "succeeded" ? "done" : "undone";
      return tell(deps, told, await personOf(deps, asker), news, action);
    }
    default:
      return [];
  }
}

function tell(
  deps: TellDeps,
  told: Told,
  readers: readonly Recipient[],
  news: FollowUpNews,
  action: FollowUpAction,
): Statement[] {
  const { row, at, occasion, running } = told;
  const kind = news === "asked" ? ASKED : `follow-up-${news}`;
  return readers.map(({ person, email }) =>
    noticeStatement(deps, "mail", email, {
      ...followUpText(news, action, textFacts(deps, told)),
      request: row.id,
      dedupe: `${row.id}:${occasion}:${kind}:${person}`,
      at,
      notBefore: officeHour(running.calendar, at),
    }),
  );
}

/** Whom the newest question has reached: only they need to hear that it is gone. */
async function toldOf({ db }: Pick<TellDeps, "db">, { row }: Told): Promise<Recipient[]> {
  const rows = await db.orm
    .select({ dedupe: outbox.dedupe, email: outbox.to, sentAt: outbox.sentAt })
    .from(outbox)
    .where(and(eq(outbox.request, row.id), like(outbox.dedupe, `${row.id}:%:${ASKED}:%`)));
  const asked = rows.map(({ dedupe, ...mail }) => {
    const [, occasion, , person = ""] = dedupe.split(":");
    return { ...mail, person, occasion: Number(occasion) };
  });
  const newest = Math.max(...asked.map(({ occasion }) => occasion));
  return asked.filter(({ occasion, sentAt }) => occasion === newest && sentAt !== null);
}

function personOf({ db }: Pick<TellDeps, "db">, person: string): Promise<Recipient[]> {
  return db.orm
    .select({ person: user.id, email: user.email })
    .from(user)
    .where(eq(user.id, person));
}
