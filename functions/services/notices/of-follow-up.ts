import { eq } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { user } from "#db/schema/auth.ts";
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

function personOf({ db }: Pick<TellDeps, "db">, person: string): Promise<Recipient[]> {
  return db.orm
    .select({ person: user.id, email: user.email })
    .from(user)
    .where(eq(user.id, person));
}
