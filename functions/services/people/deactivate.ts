import { and, eq, isNull, or } from "drizzle-orm";
import { session, user } from "#db/schema/auth.ts";
import { inactivePeople, mandates } from "#db/schema/people.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { logged } from "./admin-log.ts";

/**
 * Closes an account at once: its sessions end, and the mandates it gave or received. Its positions
 * stay as they are by decree, but nobody acts for them by this account.
 */
export async function deactivatePerson(
  deps: Pick<Deps, "db" | "now" | "newId">,
  { person, by }: { readonly person: string; readonly by: string },
): Promise<{ readonly person: string }> {
  if (person === by) throw new AppError("ADMIN_SELF", "deactivate oneself");
  await known(deps, person);
  const { orm } = deps.db;
  const at = deps.now().toISOString();
  await deps.db.write([
    orm.insert(inactivePeople).values({ person, by, at }).onConflictDoNothing(),
    orm.delete(session).where(eq(session.userId, person)),
    orm
      .update(mandates)
      .set({ endedAt: at })
      .where(
        and(
          isNull(mandates.endedAt),
          or(eq(mandates.giver, person), eq(mandates.receiver, person)),
        ),
      ),
    logged(deps, { by, act: "user_deactivated", person }),
  ]);
  return { person };
}

export async function reactivatePerson(
  deps: Pick<Deps, "db" | "now" | "newId">,
  { person, by }: { readonly person: string; readonly by: string },
): Promise<{ readonly person: string }> {
  await known(deps, person);
  await deps.db.write([
    deps.db.orm.delete(inactivePeople).where(eq(inactivePeople.person, person)),
    logged(deps, { by, act: "user_reactivated", person }),
  ]);
  return { person };
}

async function known({ db }: Pick<Deps, "db">, person: string): Promise<void> {
  const [row] = await db.orm.select({ id: user.id }).from(user).where(eq(user.id, person));
  if (!row) throw new AppError("NOT_FOUND", "no such person");
}
