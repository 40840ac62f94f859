/** A code of the authenticator app works once (RFC 6238, 5.2), though its time is not over yet. */
import { createOTP } from "@better-auth/utils/otp";
import { and, eq, lte } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { brokenPromise } from "#db/guard.ts";
import { twoFactor, verification } from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";

const STEP_MS = 30_000;
/** Codes one step early or late are taken too: clocks differ. */
const WINDOW = [-1, 0, 1] as const;

type Needs = Pick<Deps, "accounts" | "db">;

/**
 * Spends a code of the person's app before it is looked at, so that of two attempts at once one
 * finds it spent: AUTH_CODE. A wrong code spends nothing.
 */
export async function spendTotp(deps: Needs, person: string, code: string): Promise<void> {
  const [row] = await deps.db.orm
    .select({ secret: twoFactor.secret })
    .from(twoFactor)
    .where(eq(twoFactor.userId, person));
  const step = row ? await stepOf(await deps.accounts.unseal(row.secret), code) : null;
  if (step !== null)
    await onlyOnce(() => deps.db.write(spentStatements(deps, person, { step, code })));
}

/** The 30 seconds a code belongs to; null for one that does not hold now. */
export async function stepOf(secret: string, code: string): Promise<number | null> {
  // Not the clock of the service: the library that checks the code asks the machine's.
  const now = Math.floor(Date.now() / STEP_MS);
  const otp = createOTP(secret);
  if (!(await otp.verify(code))) return null;
  for (const away of WINDOW) if ((await otp.hotp(now + away)) === code) return now + away;
  return null;
}

/** Fails the batch where the code was spent before. */
export function spentStatements(
  { db }: Needs,
  person: string,
  { step, code }: { readonly step: number; readonly code: string },
): Statement[] {
  const identifier = `totp-spent-${person}`;
  const at = new Date();
  return [
    db.orm
      .delete(verification)
      .where(and(eq(verification.identifier, identifier), lte(verification.expiresAt, at))),
    db.orm.insert(verification).values({
      // With the code: an app that was set up anew shows another one in the same 30 seconds.
      id: `${identifier}-${step}-${code}`,
      identifier,
      value: "spent",
      expiresAt: new Date((step + WINDOW.length) * STEP_MS),
      createdAt: at,
      updatedAt: at,
    }),
  ];
}

export async function onlyOnce<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (brokenPromise(error) !== "unique") throw error;
    throw new AppError("AUTH_CODE", "the code was used before", { cause: error });
  }
}
