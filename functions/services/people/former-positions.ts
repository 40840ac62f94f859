import { eq } from "drizzle-orm";
import { mandates, positionHolders } from "#db/schema/people.ts";
import { daysAfter } from "#domain/authority/positions-on.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import type { Deps } from "../deps.ts";
import type { FormerPosition } from "../mandates/views.ts";
import type { Viewer } from "../services.ts";
import { todayOf } from "./read-authority.ts";

const TOLD_DAYS = 90;

/** What the viewer could act for until lately, newest end first; what they can act for again is left out. */
export async function formerPositions(
  deps: Pick<Deps, "db" | "catalog" | "now">,
  viewer: Viewer,
): Promise<FormerPosition[]> {
  const { orm } = deps.db;
  const [held, lent] = await Promise.all([
    orm.select().from(positionHolders).where(eq(positionHolders.person, viewer.person)),
    orm.select().from(mandates).where(eq(mandates.receiver, viewer.person)),
  ]);
  const ended = [
    ...held.map((row) => ({ ...row, lent: false })),
    ...lent.map((row) => ({ ...row, until: endOf(deps, row), lent: true })),
  ];
  return ended
    .flatMap(({ agency: id, jabatan, since, until, lent: byMandate }) => {
      const agency = deps.catalog.agencies.get(id);
      if (!agency || until === null || until < since) return [];
      const today = todayOf(deps, id);
      const again = viewer.positions.some((one) => one.agency === id && one.jabatan === jabatan);
      if (again || until > today || until < daysAfter(today, -TOLD_DAYS)) return [];
      if (until === today && !byMandate) return [];
      const title = agency.jabatan.find((post) => post.id === jabatan)?.judul ?? jabatan;
      return [{ title, agencyName: agency.singkatan, until, lent: byMandate }];
    })
    .sort((a, b) => (a.until < b.until ? 1 : -1));
}

/** The last day of a mandate, which may have been taken back before it. */
function endOf(
  { catalog }: Pick<Deps, "catalog">,
  { agency, until, endedAt }: typeof mandates.$inferSelect,
): string {
  const offset = catalog.agencies.get(agency)?.calendar.offsetMinutes ?? 0;
  const back = endedAt === null ? null : localDate(new Date(endedAt), offset);
  return back !== null && back < until ? back : until;
}
