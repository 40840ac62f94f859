import { and, eq } from "drizzle-orm";
import { passkey } from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import type { Cookies } from "./accounts.ts";
import { requirePassword } from "./own-account.ts";
import { fullySignedIn } from "./person.ts";
import { type TellAccountDeps, tellAccount } from "./tell-account.ts";

type Needs = Pick<Deps, "accounts" | "db" | "log">;
type Answer = Readonly<Record<string, unknown>>;

const NAME_MAX = 60;

/** A passkey cannot be guessed, so it also opens an account whose password is locked for a while. */
export async function signInByPasskey(
  deps: Needs,
  { response, headers }: { readonly response: Answer; readonly headers: Headers },
): Promise<Cookies> {
  try {
    const { cookies, person } = await deps.accounts.passkeyAnswer("sign-in", { response }, headers);
    deps.log("sign-in", { person, way: "passkey" });
    return { cookies };
  } catch (error) {
    if (error instanceof AppError) deps.log("sign-in-failed", { way: "passkey", code: error.code });
    throw error;
  }
}

/** Begins a new passkey; its answer is taken only by the browser that was asked here. */
export async function askPasskey(
  deps: Needs & Pick<Deps, "now" | "newId">,
  input: { readonly password: string; readonly name: string; readonly headers: Headers },
): Promise<Cookies & { readonly ask: unknown }> {
  const person = await fullySignedIn(deps, input.headers);
  named(input.name);
  await requirePassword(deps, person, input.password);
  return deps.accounts.passkeyAsk("register", input.headers);
}

export async function addPasskey(
  deps: Needs & TellAccountDeps,
  input: { readonly response: Answer; readonly name: string; readonly headers: Headers },
): Promise<Cookies> {
  const person = await fullySignedIn(deps, input.headers);
  const name = named(input.name);
  const { cookies } = await deps.accounts.passkeyAnswer(
    "register",
    { response: input.response, name },
    input.headers,
  );
  await deps.db.write(tellAccount(deps, person.email, "passkey"));
  deps.log("passkey-added", { person: person.id });
  return { cookies };
}

export async function renamePasskey(
  deps: Needs,
  input: { readonly id: string; readonly name: string; readonly headers: Headers },
): Promise<void> {
  const person = await fullySignedIn(deps, input.headers);
  const changed = await deps.db.orm
    .update(passkey)
    .set({ name: named(input.name) })
    .where(and(eq(passkey.id, input.id), eq(passkey.userId, person.id)))
    .returning({ id: passkey.id });
  if (changed.length === 0) throw new AppError("NOT_FOUND", "no such passkey of this person");
}

export async function removePasskey(
  deps: Needs,
  input: { readonly id: string; readonly headers: Headers },
): Promise<void> {
  const person = await fullySignedIn(deps, input.headers);
  const removed = await deps.db.orm
    .delete(passkey)
    .where(and(eq(passkey.id, input.id), eq(passkey.userId, person.id)))
    .returning({ id: passkey.id });
  if (removed.length === 0) throw new AppError("NOT_FOUND", "no such passkey of this person");
  deps.log("passkey-removed", { person: person.id });
}

function named(given: string): string {
  const name = given.trim();
  if (name !== "" && name.length <= NAME_MAX) return name;
  throw new AppError("INPUT_INVALID", "name of a passkey", {
    problems: [{ field: "nama", pesan: `Isi nama kunci, paling banyak ${NAME_MAX} huruf.` }],
  });
}
