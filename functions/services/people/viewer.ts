import { eq } from "drizzle-orm";
import { positionHolders } from "#db/schema/people.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";

const CAPACITY_ORDER = ["definitif", "plt", "plh", "mandat"];

/** Who is signed in, with the positions they hold on today's date of each agency. */
export async function viewerOf(
  deps: Pick<Deps, "accounts" | "db" | "catalog" | "now">,
  headers: Headers,
): Promise<Viewer | null> {
  const person = await deps.accounts.personOf(headers);
  if (!person) return null;
  const rows = await deps.db.orm
    .select()
    .from(positionHolders)
    .where(eq(positionHolders.person, person.id))
    .orderBy(positionHolders.since);
  const positions = rows.flatMap(({ agency: id, jabatan, capacity, since, until }) => {
    const agency = deps.catalog.agencies.get(id);
    if (!agency) return [];
    const today = localDate(deps.now(), agency.calendar.offsetMinutes);
    if (since > today || (until !== null && until < today)) return [];
    const title = agency.jabatan.find((post) => post.id === jabatan)?.judul ?? jabatan;
    return [{ agency: id, jabatan, title, capacity }];
  });
  positions.sort((a, b) => CAPACITY_ORDER.indexOf(a.capacity) - CAPACITY_ORDER.indexOf(b.capacity));
  return { person: person.id, name: person.name, positions, admin: false, secondFactor: true };
}
