import { eq } from "drizzle-orm";
import { user } from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import type { SessionPerson } from "./accounts.ts";

export async function emailOf(deps: Pick<Deps, "db">, person: string): Promise<string> {
  const [row] = await deps.db.orm
    .select({ email: user.email })
    .from(user)
    .where(eq(user.id, person));
  if (!row) throw new AppError("NOT_FOUND", "no such person");
  return row.email;
}

/** Who is signed in at all; AUTH_REQUIRED. */
export async function signedIn(
  deps: Pick<Deps, "accounts">,
  headers: Headers,
): Promise<SessionPerson> {
  const person = await deps.accounts.personOf(headers);
  if (!person) throw new AppError("AUTH_REQUIRED", "account");
  return person;
}

/** Who is signed in with a second factor; only they may change how they sign in. */
export async function fullySignedIn(
  deps: Pick<Deps, "accounts">,
  headers: Headers,
): Promise<SessionPerson> {
  const person = await signedIn(deps, headers);
  if (!person.secondFactor) throw new AppError("AUTH_SECOND_FACTOR", "account");
  return person;
}
