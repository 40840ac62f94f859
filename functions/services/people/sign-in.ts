import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import type { Cookies } from "./accounts.ts";
import { isInactive } from "./is-inactive.ts";
import { emailOf } from "./person.ts";
import { attemptSignIn } from "./sign-in-failures.ts";
import { spendTotp } from "./totp-once.ts";

type Needs = Pick<Deps, "accounts" | "db" | "now" | "secret" | "log">;

/** What a person has to do after the password: give a code, or set one up first. */
export type NextStep = "code" | "setup";

export async function signInByPassword(
  deps: Needs,
  input: { readonly email: string; readonly password: string; readonly headers: Headers },
): Promise<Cookies & { readonly next: NextStep }> {
  const email = input.email.trim().toLowerCase();
  try {
    const { cookies, person, codeAsked } = await attemptSignIn(
      deps,
      email,
      async () => {
        const answer = await deps.accounts.signIn(email, input.password, input.headers);
        if (!(await isInactive(deps, answer.person))) return answer;
        throw new AppError("AUTH_FAILED", "the account is closed");
      },
      (answer) => !answer.codeAsked,
    );
    deps.log("sign-in-password", { person });
    return { cookies, next: codeAsked ? "code" : "setup" };
  } catch (error) {
    if (error instanceof AppError)
      deps.log("sign-in-failed", { way: "password", code: error.code });
    throw error;
  }
}

/** The second step: a code of the authenticator app, or one of the recovery codes. */
export async function enterCode(
  deps: Needs,
  input: { readonly code: string; readonly headers: Headers },
): Promise<Cookies> {
  const person = await deps.accounts.challenged(input.headers);
  if (person === null) throw new AppError("AUTH_CHALLENGE", "nobody is asked for a code");
  const code = input.code.replace(/\s/g, "");
  const byRecovery = !/^\d{6}$/.test(code);
  const email = await emailOf(deps, person);
  try {
    const answer = await attemptSignIn(deps, email, async () => {
      if (!byRecovery) await spendTotp(deps, person, code);
      return deps.accounts.enterCode(code, input.headers);
    });
    deps.log("sign-in", { person, way: byRecovery ? "recovery-code" : "totp" });
    return answer;
  } catch (error) {
    if (error instanceof AppError) {
      deps.log("sign-in-failed", { person, way: "code", code: error.code });
    }
    throw error;
  }
}

export async function signOut(
  deps: Pick<Deps, "accounts" | "log">,
  headers: Headers,
): Promise<Cookies> {
  const person = await deps.accounts.personOf(headers);
  const answer = await deps.accounts.signOut(headers);
  if (person) deps.log("sign-out", { person: person.id });
  return answer;
}
