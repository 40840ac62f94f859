import { eq } from "drizzle-orm";
import { inactivePeople } from "#db/schema/people.ts";
import type { Deps } from "../deps.ts";

/** Whether the account is closed: it does not sign in. */
export async function isInactive({ db }: Pick<Deps, "db">, person: string): Promise<boolean> {
  const [row] = await db.orm
    .select({ person: inactivePeople.person })
    .from(inactivePeople)
    .where(eq(inactivePeople.person, person));
  return row !== undefined;
}
