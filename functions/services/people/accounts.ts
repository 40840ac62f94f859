import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import * as tables from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";

export const PASSWORD_LENGTH_MIN = 10;
export const COOKIE_PREFIX = "pulih";

export interface AccountOptions {
  readonly secret: string;
  readonly origin: string;
}

/** Accounts and sessions, kept by better-auth. It says who somebody is, never what they may do. */
export interface Accounts {
  /** Cookies to set. AUTH_FAILED whatever was wrong. */
  signIn(
    email: string,
    password: string,
    headers: Headers,
  ): Promise<{ readonly cookies: readonly string[] }>;
  signOut(headers: Headers): Promise<{ readonly cookies: readonly string[] }>;
  /** The person of a session cookie that holds now. */
  personOf(headers: Headers): Promise<{ readonly id: string; readonly name: string } | null>;
  create(input: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly password: string;
    readonly at: Date;
  }): Promise<void>;
  /** better-auth's own endpoints; the route decides which of them are open. */
  handler(request: Request): Promise<Response>;
}

/** The person with this address, or NOT_FOUND. */
export async function personByEmail(db: Database, email: string): Promise<string> {
  const [row] = await db.orm
    .select({ id: tables.user.id })
    .from(tables.user)
    .where(eq(tables.user.email, email.trim().toLowerCase()));
  if (!row) throw new AppError("NOT_FOUND", "no account with this address");
  return row.id;
}
