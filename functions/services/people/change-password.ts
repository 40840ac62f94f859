import { and, eq, ne } from "drizzle-orm";
import { account, session } from "#db/schema/auth.ts";
import { AppError, type FieldProblem } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { requirePassword } from "./own-account.ts";
import { passwordProblem } from "./password-rules.ts";
import { fullySignedIn } from "./person.ts";
import { tellAccount } from "./tell-account.ts";

type Needs = Pick<Deps, "accounts" | "db" | "mail" | "now" | "newId" | "log">;

/** Sets a new password; all other sessions of the person end. */
export async function changePassword(
  deps: Needs,
  input: {
    readonly current: string;
    readonly next: string;
    readonly again: string;
    readonly headers: Headers;
  },
): Promise<void> {
  const person = await fullySignedIn(deps, input.headers);
  await requirePassword(deps, person, input.current);
  checkNewPassword(input, person);
  const hash = await deps.accounts.hashPassword(input.next);
  await deps.db.write([
    passwordWrite(deps, person.id, hash),
    deps.db.orm
      .delete(session)
      .where(and(eq(session.userId, person.id), ne(session.id, person.session))),
    ...tellAccount(deps, person.email, "password"),
  ]);
  deps.log("password-changed", { person: person.id });
}

export function passwordWrite(deps: Pick<Deps, "db" | "now">, person: string, hash: string) {
  return deps.db.orm
    .update(account)
    .set({ password: hash, updatedAt: deps.now() })
    .where(and(eq(account.userId, person), eq(account.providerId, "credential")));
}

/** INPUT_INVALID with what to mend of a new password and its repetition. */
export function checkNewPassword(
  { next, again }: { readonly next: string; readonly again: string },
  own: { readonly name: string; readonly email: string },
): void {
  const weak = passwordProblem(next, own);
  const problems: FieldProblem[] = [
    ...(weak ? [{ field: "sandi-baru", pesan: weak }] : []),
    ...(next === again
      ? []
      : [
          { field: "sandi-ulang", pesan: "Ulangan tidak sama. Ketik kata sandi baru sekali lagi." },
        ]),
  ];
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "new password", { problems });
}
