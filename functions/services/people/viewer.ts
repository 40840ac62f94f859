import { eq } from "drizzle-orm";
import { admins } from "#db/schema/people.ts";
import { positionsOn } from "#domain/authority/positions-on.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";
import { authorityOfPerson, todayOf } from "./read-authority.ts";

/**
 * Who is signed in, with the positions they may act for on today's date of each agency. An admin
 * acts for no position, whatever is stored.
 */
export async function viewerOf(
  deps: Pick<Deps, "accounts" | "db" | "catalog" | "now">,
  headers: Headers,
): Promise<Viewer | null> {
  const person = await deps.accounts.personOf(headers);
  if (!person) return null;
  const { orm } = deps.db;
  const [[admin], authority] = await Promise.all([
    orm.select().from(admins).where(eq(admins.person, person.id)),
    authorityOfPerson(deps, person.id),
  ]);
  const positions = [...deps.catalog.agencies.values()].flatMap((agency) =>
    positionsOn(todayOf(deps, agency.id), person.id, authority)
      .filter((one) => one.agency === agency.id)
      .map(({ jabatan, capacity }) => {
        const title = agency.jabatan.find((post) => post.id === jabatan)?.judul ?? jabatan;
        return { agency: agency.id, jabatan, title, capacity };
      }),
  );
  return {
    person: person.id,
    name: person.name,
    positions: admin ? [] : positions,
    admin: admin !== undefined,
    secondFactor: person.secondFactor,
  };
}
