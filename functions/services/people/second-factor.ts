/** The authenticator app and the recovery codes of a person. */
import { randomInt } from "node:crypto";
import { createOTP } from "@better-auth/utils/otp";
import { and, eq, gt } from "drizzle-orm";
import { passkey, session, twoFactor, user, verification } from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { APP_NAME, type SessionPerson } from "./accounts.ts";
import { type TellAccountDeps, tellAccount } from "./tell-account.ts";
import { onlyOnce, spentStatements, stepOf } from "./totp-once.ts";

type Needs = Pick<Deps, "accounts" | "db" | "now" | "newId" | "log">;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** 148 bits, and a whole number of groups of four when written in base 32. */
const SECRET_LENGTH = 25;
/** No letters that look like figures. */
const CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const CODES = 10;
const SETUP_MS = 60 * 60_000;

export interface TotpSetup {
  readonly uri: string;
  /** The secret as people type it, in groups of four. */
  readonly groups: readonly string[];
}

/**
 * The secret that waits to be confirmed by its first code; made where there is none. What the
 * person has already stays in force until then.
 */
export async function totpSetup(deps: Needs, person: SessionPerson): Promise<TotpSetup> {
  await mayReplace(deps, person);
  const secret = (await waiting(deps, person.id)) ?? random(LETTERS, SECRET_LENGTH);
  if ((await waiting(deps, person.id)) === null) await wait(deps, person.id, secret);
  return described(secret, person.email);
}

/** Puts the waiting secret in force by a code of it, and answers the recovery codes, once. */
export async function confirmTotp(
  deps: Needs & TellAccountDeps,
  person: SessionPerson,
  code: string,
): Promise<readonly string[]> {
  await mayReplace(deps, person);
  const secret = await waiting(deps, person.id);
  const typed = code.replace(/\s/g, "");
  const step = secret === null ? null : await stepOf(secret, typed);
  if (secret === null || step === null) {
    throw new AppError("AUTH_CODE", "first code of a new secret");
  }
  const codes = recoveryCodes();
  const statements = [
    ...spentStatements(deps, person.id, { step, code: typed }),
    ...(await inForce(deps, person.id, secret, codes)),
    deps.db.orm.delete(verification).where(eq(verification.identifier, waitingName(person.id))),
    deps.db.orm.update(session).set({ secondFactor: true }).where(eq(session.id, person.session)),
    ...tellAccount(deps, person.email, "totp"),
  ];
  await onlyOnce(() => deps.db.write(statements));
  deps.log("second-factor-set", { person: person.id });
  return codes;
}

/** New recovery codes; the old ones are void. */
export async function renewRecoveryCodes(
  deps: Needs,
  person: SessionPerson,
): Promise<readonly string[]> {
  const codes = recoveryCodes();
  await deps.db.orm
    .update(twoFactor)
    .set({ backupCodes: await deps.accounts.seal(JSON.stringify(codes)) })
    .where(eq(twoFactor.userId, person.id));
  deps.log("recovery-codes-renewed", { person: person.id });
  return codes;
}

/** Sets the app up at once, for an account that is made on the server itself. */
export async function enrolTotp(
  deps: Needs,
  input: { readonly person: string; readonly email: string },
): Promise<{ readonly secret: string; readonly uri: string }> {
  const secret = random(LETTERS, SECRET_LENGTH);
  await deps.db.write(await inForce(deps, input.person, secret, recoveryCodes()));
  return { secret, uri: described(secret, input.email).uri };
}

export async function recoveryCodesLeft(
  deps: Pick<Deps, "accounts" | "db">,
  person: string,
): Promise<number> {
  const [row] = await deps.db.orm.select().from(twoFactor).where(eq(twoFactor.userId, person));
  if (!row) return 0;
  return (JSON.parse(await deps.accounts.unseal(row.backupCodes)) as string[]).length;
}

/**
 * A password alone may set an app up only where nothing else protects the account: else a stolen
 * password would be enough to replace what it lacks.
 */
async function mayReplace(deps: Needs, person: SessionPerson): Promise<void> {
  if (person.secondFactor) return;
  const keys = await deps.db.orm.select().from(passkey).where(eq(passkey.userId, person.id));
  if (person.totp || keys.length > 0) {
    throw new AppError("AUTH_SECOND_FACTOR", "the second factor there is was not shown");
  }
}

async function inForce(deps: Needs, person: string, secret: string, codes: readonly string[]) {
  const { orm } = deps.db;
  return [
    orm.delete(twoFactor).where(eq(twoFactor.userId, person)),
    orm.insert(twoFactor).values({
      id: deps.newId(),
      userId: person,
      secret: await deps.accounts.seal(secret),
      backupCodes: await deps.accounts.seal(JSON.stringify(codes)),
      verified: true,
    }),
    orm.update(user).set({ twoFactorEnabled: true }).where(eq(user.id, person)),
  ];
}

async function waiting(deps: Needs, person: string): Promise<string | null> {
  const [row] = await deps.db.orm
    .select()
    .from(verification)
    .where(
      and(eq(verification.identifier, waitingName(person)), gt(verification.expiresAt, deps.now())),
    );
  return row ? deps.accounts.unseal(row.value) : null;
}

async function wait(deps: Needs, person: string, secret: string): Promise<void> {
  const at = deps.now();
  const identifier = waitingName(person);
  await deps.db.write([
    deps.db.orm.delete(verification).where(eq(verification.identifier, identifier)),
    deps.db.orm.insert(verification).values({
      id: deps.newId(),
      identifier,
      value: await deps.accounts.seal(secret),
      expiresAt: new Date(at.getTime() + SETUP_MS),
      createdAt: at,
      updatedAt: at,
    }),
  ]);
}

function waitingName(person: string): string {
  return `totp-setup-${person}`;
}

function described(secret: string, email: string): TotpSetup {
  const uri = createOTP(secret).url(APP_NAME, email);
  const written = new URL(uri).searchParams.get("secret") ?? "";
  return { uri, groups: written.match(/.{1,4}/g) ?? [] };
}

function recoveryCodes(): readonly string[] {
  return Array.from({ length: CODES }, () => {
    const code = random(CODE_LETTERS, 10);
    return `${code.slice(0, 5)}-${code.slice(5)}`;
  });
}

function random(letters: string, length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
}
