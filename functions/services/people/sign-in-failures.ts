/** Failed sign-ins in a row, by password and by code together, and the pause they end in. */
import { createHmac } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { signInFailures, user } from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";
import { instantText } from "#domain/indonesian.ts";
import type { Deps } from "../deps.ts";

export const FAILURES_MAX = 5;
export const PAUSE_MS = 15 * 60_000;

const GUESSES: ReadonlySet<string> = new Set(["AUTH_FAILED", "AUTH_CODE"]);

type Needs = Pick<Deps, "db" | "now" | "secret" | "log">;

/**
 * Runs one attempt. It is counted before it is made, so that many at once are no way around the
 * limit. A success that ends the sign-in forgets all failures; one that leads to the code takes back
 * its own count only, else a known password would give any number of guesses of the code. An address
 * without an account is counted alike, so that the pause tells nobody which addresses have one.
 * AUTH_LOCKED with the time when it ends.
 */
export async function attemptSignIn<T>(
  deps: Needs,
  email: string,
  attempt: () => Promise<T>,
  ends: (answer: T) => boolean = () => true,
): Promise<T> {
  const key = keyOf(deps, email);
  const { orm } = deps.db;
  const at = deps.now().getTime();
  const over = sql`${signInFailures.lastAt} <= ${at - PAUSE_MS}`;
  const [counted] = await orm
    .insert(signInFailures)
    .values({ key, failed: 1, lastAt: at })
    .onConflictDoUpdate({
      target: signInFailures.key,
      set: {
        failed: sql`CASE WHEN ${over} THEN 1 ELSE ${signInFailures.failed} + 1 END`,
        lastAt: at,
      },
      setWhere: sql`${signInFailures.failed} < ${FAILURES_MAX} OR ${over}`,
    })
    .returning();
  if (!counted) throw await locked(deps, key);
  const takeBack = () =>
    orm
      .update(signInFailures)
      .set({ failed: sql`${signInFailures.failed} - 1` })
      .where(eq(signInFailures.key, key));
  try {
    const answer = await attempt();
    if (ends(answer)) await orm.delete(signInFailures).where(eq(signInFailures.key, key));
    else await takeBack();
    return answer;
  } catch (error) {
    if (!(error instanceof AppError) || !GUESSES.has(error.code)) {
      await takeBack();
      throw error;
    }
    if (counted.failed < FAILURES_MAX) throw error;
    const [person] = await orm.select({ id: user.id }).from(user).where(eq(user.email, email));
    deps.log("sign-in-locked", { person: person?.id ?? null });
    throw await locked(deps, key);
  }
}

/** Ends the pause of an address at once. */
export async function unlockSignIn(deps: Needs, email: string): Promise<void> {
  await deps.db.orm.delete(signInFailures).where(eq(signInFailures.key, keyOf(deps, email)));
}

/** When the pause of an address ends; null where there is none. */
export async function lockedUntil(deps: Needs, email: string): Promise<Date | null> {
  return untilOf(deps, keyOf(deps, email));
}

async function untilOf(deps: Needs, key: string): Promise<Date | null> {
  const [row] = await deps.db.orm.select().from(signInFailures).where(eq(signInFailures.key, key));
  const until = (row?.lastAt ?? 0) + PAUSE_MS;
  return row && row.failed >= FAILURES_MAX && until > deps.now().getTime() ? new Date(until) : null;
}

async function locked(deps: Needs, key: string): Promise<AppError> {
  const until = (await untilOf(deps, key)) ?? deps.now();
  const time = instantText(until.toISOString(), "Asia/Makassar");
  return new AppError("AUTH_LOCKED", "too many failures in a row", {
    detail: { retryAfterSeconds: Math.ceil((until.getTime() - deps.now().getTime()) / 1000) },
    problems: [{ field: "sandi", pesan: `Masuk dengan kata sandi dikunci sampai ${time}.` }],
  });
}

function keyOf({ secret }: Needs, email: string): string {
  return createHmac("sha256", secret).update(`sign-in ${email}`).digest("base64url");
}
