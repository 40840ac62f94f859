import { and, asc, eq, inArray } from "drizzle-orm";
import ical, { ICalEventBusyStatus, ICalEventTransparency } from "ical-generator";
import { assets } from "#db/schema/assets.ts";
import { dateText } from "#domain/indonesian.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";
import { agenciesOf } from "./access.ts";

/** The days by which the assets of the viewer's agencies are to be reviewed: one event an asset. */
export async function reviewCalendar(
  deps: Pick<Deps, "db" | "origin">,
  viewer: Viewer,
): Promise<string> {
  const calendar = ical({
    name: "Tinjauan aset",
    prodId: { company: "Pulih", product: "Tinjauan aset", language: "ID" },
  });
  const agencies = agenciesOf(viewer);
  const rows =
    agencies.length === 0
      ? []
      : await deps.db.orm
          .select()
          .from(assets)
          .where(and(inArray(assets.agency, agencies), eq(assets.status, "aktif")))
          .orderBy(asc(assets.reviewDue), asc(assets.code));
  const { hostname } = new URL(deps.origin);
  for (const { code, name, reviewDue, registeredAt } of rows) {
    const stamp = new Date(registeredAt);
    calendar.createEvent({
      id: `tinjauan-${code}@${hostname}`,
      // Grows with each review, so that programs take the new day.
      sequence: Number(reviewDue.slice(0, 4)) - stamp.getUTCFullYear() - 1,
      stamp,
      start: new Date(`${reviewDue}T00:00:00Z`),
      timezone: "UTC",
      allDay: true,
      summary: `Tinjauan aset ${code}`,
      description: `${name}, paling lambat ${dateText(reviewDue)}.`,
      url: `${deps.origin}/ruang-kerja/aset/tinjauan/`,
      busystatus: ICalEventBusyStatus.FREE,
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  }
  return calendar.toString();
}
