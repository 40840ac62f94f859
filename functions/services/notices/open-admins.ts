import { eq, isNull } from "drizzle-orm";
import { user } from "#db/schema/auth.ts";
import { admins, inactivePeople } from "#db/schema/people.ts";
import type { Deps } from "../deps.ts";
import type { Recipient } from "./recipients.ts";

/** Who looks after agents: every admin whose account is open. */
export function openAdmins({ db }: Pick<Deps, "db">): Promise<Recipient[]> {
  return db.orm
    .select({ person: user.id, email: user.email })
    .from(admins)
    .innerJoin(user, eq(user.id, admins.person))
    .leftJoin(inactivePeople, eq(inactivePeople.person, admins.person))
    .where(isNull(inactivePeople.person));
}
