import { eq, type SQL } from "drizzle-orm";
import { user } from "#db/schema/auth.ts";
import { inactivePeople, positionHolders } from "#db/schema/people.ts";
import { holdsOn } from "#domain/authority/positions-on.ts";
import type { Deps } from "../deps.ts";
import { todayOf } from "../people/read-authority.ts";
import type { HoldingView } from "./views.ts";

/** Holdings as the admin sees them, oldest first. Those of agencies that left the content are not told. */
export async function holdingViews(
  deps: Pick<Deps, "db" | "catalog" | "now">,
  where?: SQL,
): Promise<HoldingView[]> {
  const rows = await deps.db.orm
    .select({ row: positionHolders, name: user.name, closed: inactivePeople.person })
    .from(positionHolders)
    .innerJoin(user, eq(user.id, positionHolders.person))
    .leftJoin(inactivePeople, eq(inactivePeople.person, positionHolders.person))
    .where(where)
    .orderBy(positionHolders.since, positionHolders.id);
  return rows.flatMap(({ row: { createdAt: _, ...row }, name, closed }) => {
    const agency = deps.catalog.agencies.get(row.agency);
    if (!agency) return [];
    const title = agency.jabatan.find(({ id }) => id === row.jabatan)?.judul ?? row.jabatan;
    return {
      ...row,
      name,
      agencyName: agency.singkatan,
      title,
      state: stateOn(todayOf(deps, row.agency), row),
      inactive: closed !== null,
    };
  });
}

function stateOn(today: string, span: Pick<HoldingView, "since" | "until">): HoldingView["state"] {
  if (span.until !== null && span.until < span.since) return "void";
  if (holdsOn(today, span)) return "in_force";
  return span.since > today ? "coming" : "over";
}
