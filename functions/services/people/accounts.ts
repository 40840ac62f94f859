import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import * as tables from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";

export const PASSWORD_LENGTH_MIN = 10;
export const PASSWORD_LENGTH_MAX = 128;
export const COOKIE_PREFIX = "pulih";
/** The name under which authenticator apps list the portal. */
export const APP_NAME = "Pulih";

export interface SessionLimits {
  /** A session not used for this long has ended. */
  readonly idleMs: number;
  /** A session ends this long after it began, used or not. */
  readonly wholeMs: number;
}

export interface OidcOptions {
  readonly issuer: string;
  readonly client: string;
  readonly secret: string;
}

export interface AccountOptions {
  readonly secret: string;
  readonly origin: string;
  readonly now: () => Date;
  readonly session: SessionLimits;
  readonly oidc: OidcOptions | null;
}

/** The person of a session, whether or not they have shown a second factor. */
export interface SessionPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly session: string;
  readonly secondFactor: boolean;
  /** Has an authenticator app; without one, a session without second factor sets it up. */
  readonly totp: boolean;
}

export interface Cookies {
  readonly cookies: readonly string[];
}

/** Accounts and sessions, kept by better-auth. It says who somebody is, never what they may do. */
export interface Accounts {
  /** AUTH_FAILED whatever was wrong. */
  signIn(
    email: string,
    password: string,
    headers: Headers,
  ): Promise<Cookies & { readonly person: string; readonly codeAsked: boolean }>;
  /** The person who gave the password and is asked for the code, or whose session lacks it. */
  challenged(headers: Headers): Promise<string | null>;
  /** A code of the app, or a recovery code, which is spent. AUTH_CODE or AUTH_CHALLENGE. */
  enterCode(code: string, headers: Headers): Promise<Cookies>;
  signOut(headers: Headers): Promise<Cookies>;
  /** The person of a session cookie that holds now. */
  personOf(headers: Headers): Promise<SessionPerson | null>;
  create(input: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    /** Null: the first password is set by a recovery link. */
    readonly password: string | null;
    readonly at: Date;
  }): Promise<void>;
  passwordHolds(person: string, password: string): Promise<boolean>;
  hashPassword(password: string): Promise<string>;
  /** Encrypted as the sign-in library keeps its own secrets. */
  seal(text: string): Promise<string>;
  unseal(sealed: string): Promise<string>;
  /** One ceremony of WebAuthn: what the browser is asked, then what it answered. */
  passkeyAsk(kind: PasskeyCeremony, headers: Headers): Promise<Cookies & { readonly ask: unknown }>;
  /** AUTH_PASSKEY where the answer does not hold or the user was not verified. */
  passkeyAnswer(
    kind: PasskeyCeremony,
    answer: { readonly response: Readonly<Record<string, unknown>>; readonly name?: string },
    headers: Headers,
  ): Promise<Cookies & { readonly person: string }>;
  /** Where the browser goes to sign in at the agency's service. AUTH_OIDC where it does not answer. */
  oidcBegin(returnTo: string, headers: Headers): Promise<Cookies & { readonly location: string }>;
  /** The way back from there: on to the page asked for, or to the sign-in page with `error`. */
  oidcEnd(request: Request): Promise<Cookies & { readonly location: string }>;
}

export type PasskeyCeremony = "register" | "sign-in";

/** The person with this address, or NOT_FOUND. */
export async function personByEmail(db: Database, email: string): Promise<string> {
  const [row] = await db.orm
    .select({ id: tables.user.id })
    .from(tables.user)
    .where(eq(tables.user.email, email.trim().toLowerCase()));
  if (!row) throw new AppError("NOT_FOUND", "no account with this address");
  return row.id;
}
