import { and, eq, ne } from "drizzle-orm";
import { session } from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { fullySignedIn } from "./person.ts";

type Needs = Pick<Deps, "accounts" | "db" | "log">;

/** Ends one session of the person who asks. */
export async function endSession(
  deps: Needs,
  input: { readonly id: string; readonly headers: Headers },
): Promise<void> {
  const person = await fullySignedIn(deps, input.headers);
  const ended = await deps.db.orm
    .delete(session)
    .where(and(eq(session.id, input.id), eq(session.userId, person.id)))
    .returning({ id: session.id });
  if (ended.length === 0) throw new AppError("NOT_FOUND", "no such session of this person");
  deps.log("session-ended", { person: person.id, sessions: 1 });
}

export async function endOtherSessions(deps: Needs, headers: Headers): Promise<void> {
  const person = await fullySignedIn(deps, headers);
  const ended = await deps.db.orm
    .delete(session)
    .where(and(eq(session.userId, person.id), ne(session.id, person.session)))
    .returning({ id: session.id });
  deps.log("session-ended", { person: person.id, sessions: ended.length });
}
