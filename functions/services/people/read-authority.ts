import { and, eq, inArray, isNull } from "drizzle-orm";
import { inactivePeople, mandates, positionHolders } from "#db/schema/people.ts";
import type { Authority, Mandate } from "#domain/authority/positions-on.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";

/** What bears on the authority of one person: their holdings, what was lent to them, and by whom. */
export async function authorityOfPerson(
  { db }: Pick<Deps, "db">,
  person: string,
): Promise<Authority> {
  const lent = await db.orm
    .select()
    .from(mandates)
    .where(and(eq(mandates.receiver, person), isNull(mandates.endedAt)));
  const people = [person, ...lent.map(({ giver }) => giver)];
  const holdings = await db.orm
    .select()
    .from(positionHolders)
    .where(inArray(positionHolders.person, people))
    .orderBy(positionHolders.since, positionHolders.id);
  return { holdings, mandates: lent.map(asMandate) };
}

/** All holdings and mandates of an agency, but for people whose account is closed. */
export async function authorityOfAgency(
  { db }: Pick<Deps, "db">,
  agency: string,
): Promise<Authority> {
  const [holdings, lent, closed] = await Promise.all([
    db.orm.select().from(positionHolders).where(eq(positionHolders.agency, agency)),
    db.orm.select().from(mandates).where(eq(mandates.agency, agency)),
    db.orm.select({ person: inactivePeople.person }).from(inactivePeople),
  ]);
  const gone = new Set(closed.map(({ person }) => person));
  return {
    holdings: holdings.filter(({ person }) => !gone.has(person)),
    mandates: lent.filter(({ receiver }) => !gone.has(receiver)).map(asMandate),
  };
}

export function asMandate({ endedAt, ...row }: typeof mandates.$inferSelect): Mandate {
  return { ...row, takenBack: endedAt !== null };
}

/** Today's date where the agency is; INPUT_INVALID where there is no such agency. */
export function todayOf({ catalog, now }: Pick<Deps, "catalog" | "now">, id: string): string {
  const agency = catalog.agencies.get(id);
  if (!agency) {
    throw new AppError("INPUT_INVALID", "no such agency", {
      problems: [{ field: "instansi", pesan: "Instansi tidak ada. Pilih dari daftar." }],
    });
  }
  return localDate(now(), agency.calendar.offsetMinutes);
}
