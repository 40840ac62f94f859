import { sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { brokenPromise, guard } from "#db/guard.ts";
import { calendarVersions } from "#db/schema/notices.ts";
import { requests } from "#db/schema/requests.ts";
import { type CalendarHistory, calendarText } from "#domain/calendar/history.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { positionOf } from "#domain/sop/navigate.ts";
import { sha256Hex } from "#domain/trust/canonical.ts";
import type { Deps } from "../deps.ts";
import { type TellDeps, tellOfficials } from "../notices/tell.ts";
import { projectionStatements } from "../requests/append.ts";
import { loadRequest } from "../requests/load.ts";
import { calendarsOf } from "./calendars.ts";

type KeepDeps = TellDeps & Pick<Deps, "calendars" | "sopCache" | "now" | "log">;

const TRIES = 5;

/**
 * Stores each agency's calendar where it differs from the last one known, and reckons the due times
 * of its open requests anew. Called once at the start, before anybody is answered.
 */
export async function keepCalendars(deps: KeepDeps): Promise<void> {
  for (const [agency, { calendar }] of deps.catalog.agencies) {
    const stored = deps.calendars.get(agency);
    const json = calendarText(calendar);
    if (stored && calendarText(calendarsOf(deps, agency).at(-1)?.calendar ?? calendar) === json) {
      continue;
    }
    await keep(deps, agency, calendar, json);
  }
}

/** One batch: after a crash there is either the old calendar or the new one with all that follows. */
async function keep(
  deps: KeepDeps,
  agency: string,
  calendar: WorkCalendar,
  json: string,
): Promise<void> {
  const at = deps.now();
  const seenAt = at.toISOString();
  const earlier = deps.calendars.get(agency);
  const history: CalendarHistory = earlier
    ? [...earlier, { since: seenAt, calendar }]
    : [{ since: seenAt, calendar }];
  const newer = { ...deps, calendars: new Map([[agency, history]]), sopCache: new Map() };
  const digest = await sha256Hex(json);
  const row = deps.db.orm.insert(calendarVersions).values({ agency, seenAt, digest, json });
  for (let attempt = 1; ; attempt += 1) {
    const { statements, open, moved } = await reckonAnew(newer, agency, digest, at);
    try {
      await deps.db.write([...statements, row]);
    } catch (error) {
      // A command that runs beside moved a request on: it is read again.
      if (brokenPromise(error) !== "guard" || attempt === TRIES) throw error;
      continue;
    }
    deps.calendars.set(agency, history);
    deps.sopCache.clear();
    if (earlier) {
      deps.log("calendar_changed", { agency, digest, requests: open, moved });
    } else {
      deps.log("calendar_stored", { agency, digest });
    }
    return;
  }
}

async function reckonAnew(deps: KeepDeps, agency: string, digest: string, at: Date) {
  const open = await deps.db.orm
    .select({ id: requests.id, dueAt: requests.dueAt })
    .from(requests)
    .where(sql`${requests.status} = 'active' AND ${requests.agency} = ${agency}`);
  const statements: Statement[] = [];
  let moved = 0;
  for (const { id, dueAt } of open) {
    const made = await loadRequest(deps, id);
    const { row, running } = made;
    statements.push(
      guard(
        sql`EXISTS (SELECT 1 FROM ${requests} WHERE ${requests.id} = ${id} AND ${requests.version} = ${row.version})`,
      ),
      ...projectionStatements(deps, made),
    );
    if (row.dueAt === dueAt || row.act === null) continue;
    moved += 1;
    const { oleh } = positionOf(running.sop, row.act).act;
    const told = { running, row, at, occasion: `calendar:${digest.slice(0, 16)}` };
    statements.push(...(await tellOfficials(deps, told, [oleh], "moved")));
  }
  return { statements, open: open.length, moved };
}
