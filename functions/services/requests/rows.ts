/** Pieces of queries that the lists share. */
import { type SQL, sql } from "drizzle-orm";
import { requestContents, requests } from "#db/schema/requests.ts";
import { dayOfDate, fromLocal } from "#domain/calendar/local-time.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";

/** The pemohon's OPD; it stands with the other answers, so that it can be erased with them. */
export const OPD = sql<string | null>`(SELECT json_extract(answer.value, '$.value')
  FROM ${requestContents} AS content, json_each(content.json, '$.answers') AS answer
  WHERE content.id = ${requests.submissionContent}
  AND json_extract(answer.value, '$.name') = 'opd')`;

/** Requests in which this person did something. */
export function actedIn(person: string): SQL {
  return sql`${requests.id} IN (SELECT stream FROM request_events
    WHERE bytes ->> '$.event.by.person' = ${person})`;
}

export function agenciesOf(viewer: Viewer): string[] {
  return [...new Set(viewer.positions.map(({ agency }) => agency))];
}

/** The agency's working time as it is now. */
export function calendarOf(deps: Pick<Deps, "catalog">, agency: string): WorkCalendar {
  const calendar = deps.catalog.agencies.get(agency)?.calendar;
  if (!calendar) throw new AppError("CONTENT_INVALID", `no agency ${agency} in content`);
  return calendar;
}

/** Midnight at the beginning of a local date of an agency, as stored. */
export function midnight(deps: Pick<Deps, "catalog">, agency: string, date: string): string {
  const { offsetMinutes } = calendarOf(deps, agency);
  return fromLocal({ day: dayOfDate(date), msOfDay: 0 }, offsetMinutes).toISOString();
}

export function dateAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
