import { createHash } from "node:crypto";
import { and, eq, gt, isNull } from "drizzle-orm";
import { passkey, recoveries, session, twoFactor, user } from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { checkNewPassword, passwordWrite } from "./change-password.ts";
import { emailOf } from "./person.ts";
import { unlockSignIn } from "./sign-in-failures.ts";
import { type TellAccountDeps, tellAccount } from "./tell-account.ts";

type Needs = Pick<Deps, "accounts" | "db" | "now" | "randomBytes" | "secret" | "log">;

const VALID_MS = 60 * 60_000;

export interface RecoveryOrder {
  readonly person: string;
  /** Person who issues it; null on the server itself. */
  readonly by: string | null;
  /** Authenticator app and passkeys are removed as well: for who lost them. */
  readonly removesSecondFactor: boolean;
}

/**
 * A link by which a person sets a new password, once, within an hour. It also ends a pause after
 * failed sign-ins. Earlier links of the person end.
 */
export async function issueRecovery(
  deps: Needs,
  { person, by, removesSecondFactor }: RecoveryOrder,
): Promise<{ readonly path: string; readonly expiresAt: string }> {
  const email = await emailOf(deps, person);
  const code = Buffer.from(deps.randomBytes(24)).toString("base64url");
  const at = deps.now();
  const expiresAt = new Date(at.getTime() + VALID_MS).toISOString();
  await deps.db.write([
    deps.db.orm.delete(recoveries).where(eq(recoveries.person, person)),
    deps.db.orm.insert(recoveries).values({
      hash: hashOf(code),
      person,
      issuedBy: by,
      removesSecondFactor,
      issuedAt: at.toISOString(),
      expiresAt,
    }),
  ]);
  await unlockSignIn(deps, email);
  deps.log("recovery-issued", { person, by, removesSecondFactor });
  return { path: `/masuk/pulihkan/?kode=${code}`, expiresAt };
}

/** Whose link this is and what it does; AUTH_RECOVERY. */
export async function recoveryOf(
  deps: Needs,
  code: string,
): Promise<{
  readonly person: string;
  readonly name: string;
  readonly email: string;
  readonly removesSecondFactor: boolean;
}> {
  const [row] = await deps.db.orm
    .select({
      person: recoveries.person,
      name: user.name,
      email: user.email,
      removesSecondFactor: recoveries.removesSecondFactor,
    })
    .from(recoveries)
    .innerJoin(user, eq(user.id, recoveries.person))
    .where(holds(deps, code));
  if (!row) throw new AppError("AUTH_RECOVERY", "no such link");
  return row;
}

/** Sets the new password and ends every session of the person. */
export async function useRecovery(
  deps: Needs & TellAccountDeps,
  input: { readonly code: string; readonly password: string; readonly again: string },
): Promise<void> {
  const { person, name, email, removesSecondFactor } = await recoveryOf(deps, input.code);
  checkNewPassword({ next: input.password, again: input.again }, { name, email });
  const hash = await deps.accounts.hashPassword(input.password);
  const { orm } = deps.db;
  const [used] = await orm
    .update(recoveries)
    .set({ usedAt: deps.now().toISOString() })
    .where(holds(deps, input.code))
    .returning({ person: recoveries.person });
  if (!used) throw new AppError("AUTH_RECOVERY", "the link was just used");
  await deps.db.write([
    passwordWrite(deps, person, hash),
    orm.delete(session).where(eq(session.userId, person)),
    ...(removesSecondFactor
      ? [
          orm.delete(twoFactor).where(eq(twoFactor.userId, person)),
          orm.delete(passkey).where(eq(passkey.userId, person)),
          orm.update(user).set({ twoFactorEnabled: false }).where(eq(user.id, person)),
        ]
      : []),
    ...tellAccount(deps, email, "recovered"),
  ]);
  deps.log("recovery-used", { person, removesSecondFactor });
}

function holds({ now }: Pick<Deps, "now">, code: string) {
  return and(
    eq(recoveries.hash, hashOf(code)),
    isNull(recoveries.usedAt),
    gt(recoveries.expiresAt, now().toISOString()),
  );
}

function hashOf(code: string): string {
  return createHash("sha256").update(code).digest("base64url");
}
