import { eq, sql } from "drizzle-orm";
import { agents, drills } from "#db/schema/agents.ts";
import { type DrillMonth, publishDrills } from "#domain/transparency/drills.ts";
import { publicationsUntil } from "#domain/transparency/periods.ts";
import type { AgencyDrills } from "#domain/transparency/view.ts";
import type { Deps } from "../deps.ts";

/** Drills of every agency that offers restores, by the publications up to `until`; local dates. */
export async function drillsOfAgencies(
  deps: Pick<Deps, "db" | "catalog">,
  { today, until }: { readonly today: string; readonly until: string },
): Promise<AgencyDrills[]> {
  const offering = new Set(
    [...deps.catalog.sops.values()]
      .filter(({ sop, life }) => life.status !== "draf" && sop.jenisPermohonan.includes("restore"))
      .map(({ sop }) => sop.instansi),
  );
  const found: AgencyDrills[] = [];
  for (const agency of deps.catalog.agencies.values()) {
    if (!offering.has(agency.id)) continue;
    const months = await monthsOf(deps, agency.id, agency.calendar.offsetMinutes);
    const [first] = months.map(({ month }) => month).sort();
    const publications = first === undefined ? [] : publicationsUntil(first, until);
    found.push({
      agency: { id: agency.id, name: agency.nama },
      ...publishDrills(months, publications, today.slice(0, 7)),
    });
  }
  return found;
}

/** By the month in which the portal heard of them, so that what was published stays. */
async function monthsOf(
  { db }: Pick<Deps, "db">,
  agency: string,
  offsetMinutes: number,
): Promise<DrillMonth[]> {
  const month = sql<string>`strftime('%Y-%m', ${drills.recordedAt}, ${`${offsetMinutes} minutes`})`;
  return db.orm
    .select({
      month,
      held: sql<number>`count(*)`,
      passed: sql<number>`sum(${drills.ok})`,
    })
    .from(drills)
    .innerJoin(agents, eq(agents.id, drills.agent))
    .where(sql`exists (select 1 from json_each(${agents.agencies}) where value = ${agency})`)
    .groupBy(month);
}
