import { asc } from "drizzle-orm";
import type { Catalog } from "#catalog/load.ts";
import type { Database } from "#db/client.ts";
import { calendarVersions } from "#db/schema/notices.ts";
import {
  type CalendarHistory,
  calendarOfText,
  type KnownCalendar,
} from "#domain/calendar/history.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";

/**
 * The calendars that were stored, by agency. They and not the content are what projections are made
 * from: a command that runs beside the portal, or over newer content, makes the same ones.
 */
export async function readCalendars(db: Database): Promise<Map<string, CalendarHistory>> {
  const rows = await db.orm.select().from(calendarVersions).orderBy(asc(calendarVersions.seenAt));
  const histories = new Map<string, CalendarHistory>();
  for (const { agency, seenAt, json } of rows) {
    const known: KnownCalendar = { since: seenAt, calendar: calendarOfText(json) };
    const earlier = histories.get(agency);
    histories.set(agency, earlier ? [...earlier, known] : [known]);
  }
  return histories;
}

/** All calendars of an agency; before the first start of a portal it is the one in the content. */
export function calendarsOf(
  deps: { readonly catalog: Pick<Catalog, "agencies"> } & Pick<Deps, "calendars">,
  agency: string,
): CalendarHistory {
  const stored = deps.calendars.get(agency);
  if (stored) return stored;
  const calendar = deps.catalog.agencies.get(agency)?.calendar;
  if (!calendar) throw new AppError("CONTENT_INVALID", `no agency ${agency} in content`);
  return [{ since: "", calendar }];
}
