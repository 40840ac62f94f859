import { inArray } from "drizzle-orm";
import { user } from "#db/schema/auth.ts";
import { admins } from "#db/schema/people.ts";
import { positionsOn } from "#domain/authority/positions-on.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import type { Deps } from "../deps.ts";
import { authorityOfAgency } from "../people/read-authority.ts";

export interface Recipient {
  readonly person: string;
  readonly email: string;
}

/** Who may act for one of the positions on that day, Plt., Plh. and by mandate included; each once. */
export async function holdersOf(
  deps: Pick<Deps, "db" | "catalog">,
  input: { readonly agency: string; readonly jabatan: readonly string[]; readonly at: Date },
): Promise<Recipient[]> {
  const offset = deps.catalog.agencies.get(input.agency)?.calendar.offsetMinutes ?? 0;
  const date = localDate(input.at, offset);
  const [authority, barred] = await Promise.all([
    authorityOfAgency(deps, input.agency),
    deps.db.orm.select({ person: admins.person }).from(admins),
  ]);
  const never = new Set(barred.map(({ person }) => person));
  const known = new Set([
    ...authority.holdings.map(({ person }) => person),
    ...authority.mandates.map(({ receiver }) => receiver),
  ]);
  const people = [...known].filter(
    (person) =>
      !never.has(person) &&
      positionsOn(date, person, authority).some(
        ({ agency, jabatan }) => agency === input.agency && input.jabatan.includes(jabatan),
      ),
  );
  if (people.length === 0) return [];
  return deps.db.orm
    .select({ person: user.id, email: user.email })
    .from(user)
    .where(inArray(user.id, people));
}
