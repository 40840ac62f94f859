import { eq, sql } from "drizzle-orm";
import { brokenPromise, guard } from "#db/guard.ts";
import { admins } from "#db/schema/people.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { personByEmail } from "./accounts.ts";
import { logged } from "./admin-log.ts";
import { actsForNone } from "./hold-position.ts";
import { todayOf } from "./read-authority.ts";

/** Makes a person admin; one who acts for a position now or later is refused (ADMIN_NO_POSITION). */
export async function grantAdmin(
  deps: Pick<Deps, "db" | "catalog" | "now" | "newId">,
  input: { readonly email: string; readonly by: string | null },
): Promise<{ readonly person: string }> {
  const person = await personByEmail(deps.db, input.email);
  const [known] = await deps.db.orm.select().from(admins).where(eq(admins.person, person));
  if (known) return { person };
  // The agency where it is still yesterday decides: nobody is both anywhere.
  const days = [...deps.catalog.agencies.keys()].map((id) => todayOf(deps, id)).sort();
  try {
    await deps.db.write([
      guard(actsForNone(person, days[0] ?? deps.now().toISOString().slice(0, 10))),
      deps.db.orm
        .insert(admins)
        .values({ person, grantedBy: input.by, createdAt: deps.now().toISOString() }),
      logged(deps, { by: input.by, act: "admin_granted", person }),
    ]);
  } catch (error) {
    if (brokenPromise(error) !== "guard") throw error;
    throw new AppError("ADMIN_NO_POSITION", "acts for a position", { cause: error });
  }
  return { person };
}

/** Takes the admin's part from another; nobody takes it from themselves, so one always stays. */
export async function revokeAdmin(
  deps: Pick<Deps, "db" | "now" | "newId">,
  input: { readonly person: string; readonly by: string },
): Promise<{ readonly person: string }> {
  const { person, by } = input;
  if (person === by) throw new AppError("ADMIN_SELF", "revoke oneself");
  await deps.db.write([
    // Two admins who revoke each other at once: the later one is no longer admin.
    guard(sql`EXISTS (SELECT 1 FROM ${admins} WHERE ${admins.person} = ${by})`),
    deps.db.orm.delete(admins).where(eq(admins.person, person)),
    logged(deps, { by, act: "admin_revoked", person }),
  ]);
  return { person };
}
