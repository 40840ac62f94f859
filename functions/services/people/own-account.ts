/** What people see of their own account, and how they renew their second factor. */
import { desc, eq } from "drizzle-orm";
import { account, passkey, session } from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import type { SessionPerson } from "./accounts.ts";
import { fullySignedIn, signedIn } from "./person.ts";
import { programOf } from "./program-name.ts";
import {
  confirmTotp,
  recoveryCodesLeft,
  renewRecoveryCodes,
  type TotpSetup,
  totpSetup,
} from "./second-factor.ts";
import type { TellAccountDeps } from "./tell-account.ts";

type Needs = Pick<Deps, "accounts" | "db" | "now" | "newId" | "log">;

export interface OwnAccount {
  readonly name: string;
  readonly email: string;
  readonly hasPassword: boolean;
  readonly hasTotp: boolean;
  readonly recoveryCodes: number;
  readonly passkeys: readonly { readonly id: string; readonly name: string; readonly at: string }[];
  readonly sessions: readonly {
    readonly id: string;
    readonly own: boolean;
    readonly way: "password" | "passkey" | "oidc";
    readonly program: string;
    readonly begunAt: string;
    readonly usedAt: string;
  }[];
}

export async function ownAccount(deps: Needs, headers: Headers): Promise<OwnAccount> {
  const person = await fullySignedIn(deps, headers);
  const { orm } = deps.db;
  const [keys, sessions, codes, hasPassword] = await Promise.all([
    orm.select().from(passkey).where(eq(passkey.userId, person.id)),
    orm
      .select()
      .from(session)
      .where(eq(session.userId, person.id))
      .orderBy(desc(session.updatedAt)),
    recoveryCodesLeft(deps, person.id),
    passwordSet(deps, person.id),
  ]);
  return {
    name: person.name,
    email: person.email,
    hasPassword,
    hasTotp: person.totp,
    recoveryCodes: codes,
    passkeys: keys.map(({ id, name, createdAt }) => ({
      id,
      name: name ?? "Kunci sandi",
      at: (createdAt ?? new Date(0)).toISOString(),
    })),
    sessions: sessions.map(({ id, way, userAgent, createdAt, updatedAt }) => ({
      id,
      own: id === person.session,
      way,
      program: programOf(userAgent ?? ""),
      begunAt: createdAt.toISOString(),
      usedAt: updatedAt.toISOString(),
    })),
  };
}

/** The secret to put into the app, for who has none yet and for who renews theirs. */
export async function ownTotpSetup(
  deps: Needs,
  headers: Headers,
): Promise<TotpSetup & { readonly renews: boolean; readonly asksPassword: boolean }> {
  const person = await signedIn(deps, headers);
  return {
    ...(await totpSetup(deps, person)),
    renews: person.totp,
    asksPassword: person.secondFactor && (await passwordSet(deps, person.id)),
  };
}

/** The first code of the new app. Who has a second factor already gives the password again. */
export async function setTotp(
  deps: Needs & TellAccountDeps,
  input: { readonly code: string; readonly password: string | null; readonly headers: Headers },
): Promise<{ readonly person: string; readonly codes: readonly string[] }> {
  const person = await signedIn(deps, input.headers);
  if (person.secondFactor) await requirePassword(deps, person, input.password ?? "");
  return { person: person.id, codes: await confirmTotp(deps, person, input.code) };
}

export async function newTotpCodes(
  deps: Needs,
  input: { readonly password: string; readonly headers: Headers },
): Promise<{ readonly person: string; readonly codes: readonly string[] }> {
  const person = await fullySignedIn(deps, input.headers);
  await requirePassword(deps, person, input.password);
  return { person: person.id, codes: await renewRecoveryCodes(deps, person) };
}

/** A computer left open must not be enough to change how its owner signs in. */
export async function requirePassword(
  deps: Needs,
  person: SessionPerson,
  password: string,
): Promise<void> {
  if (!(await passwordSet(deps, person.id))) return;
  if (password !== "" && (await deps.accounts.passwordHolds(person.id, password))) return;
  const pesan =
    password === "" ? "Isi kata sandi Anda." : "Kata sandi salah. Periksa, lalu isi lagi.";
  throw new AppError("INPUT_INVALID", "the password does not hold", {
    problems: [{ field: "sandi", pesan }],
  });
}

async function passwordSet(deps: Needs, person: string): Promise<boolean> {
  const rows = await deps.db.orm
    .select({ provider: account.providerId, hash: account.password })
    .from(account)
    .where(eq(account.userId, person));
  return rows.some(({ provider, hash }) => provider === "credential" && hash !== null);
}
