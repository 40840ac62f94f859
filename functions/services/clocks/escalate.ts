import { and, eq, isNotNull, sql } from "drizzle-orm";
import { brokenPromise, guard } from "#db/guard.ts";
import { escalations } from "#db/schema/notices.ts";
import { requests, stepLog } from "#db/schema/requests.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { workingMinutes } from "#domain/calendar/working-minutes.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import { overseerOf } from "#domain/workflow/overseer.ts";
import type { Deps } from "../deps.ts";
import { type TellDeps, tellOfficials, tellRole } from "../notices/tell.ts";
import { sopOfDigest } from "../requests/load.ts";
import type { RequestRow, StepRow } from "../requests/project.ts";

type EscalateDeps = TellDeps & Pick<Deps, "calendars" | "sopCache" | "now" | "log">;

const WARNING = 75;
const LIMIT = 100;

/**
 * Tells of steps that have used three quarters of their time, and all of it. What was told is
 * written with the notices in one batch, so a restart or a second sweep tells nothing twice; who
 * was not told by a sweep that never came is told by the next. Where both are due at once, only the
 * later one is told.
 */
export async function escalate(deps: EscalateDeps): Promise<{ readonly told: number }> {
  const now = deps.now();
  let told = 0;
  for (const candidate of await candidates(deps)) {
    const { id, warned } = candidate;
    const { calendar } = await sopOfDigest(deps, candidate.sopDigest);
    const percent = percentOf(calendar, candidate, now);
    if (percent === null || (percent === WARNING && warned === 1)) continue;
    const open = await openStep(deps, id, candidate.position);
    if (open && (await tell(deps, open.row, open.step, percent, warned === 1))) told += 1;
  }
  return { told };
}

/** Open steps with a time of their own, whose end was not told yet: a few columns of many rows. */
function candidates({ db }: Pick<Deps, "db">) {
  const ofStep = sql`${escalations.request} = ${requests.id} AND ${escalations.position} = ${stepLog.position}`;
  return db.orm
    .select({
      id: requests.id,
      sopDigest: requests.sopDigest,
      position: stepLog.position,
      enteredAt: stepLog.enteredAt,
      dueAt: stepLog.dueAt,
      pausedMinutes: stepLog.pausedMinutes,
      warned: sql<number>`EXISTS (SELECT 1 FROM ${escalations} WHERE ${ofStep})`,
    })
    .from(requests)
    .innerJoin(stepLog, and(eq(stepLog.request, requests.id), eq(stepLog.outcome, "open")))
    .where(
      and(
        // As the partial index says it: a parameter would not match.
        sql`${requests.status} = 'active'`,
        eq(requests.awaitsAnswer, false),
        isNotNull(stepLog.dueAt),
        sql`NOT EXISTS (SELECT 1 FROM ${escalations} WHERE ${ofStep} AND ${escalations.percent} = ${LIMIT})`,
      ),
    );
}

async function openStep({ db }: Pick<Deps, "db">, id: string, position: number) {
  const [found] = await db.orm
    .select({ row: requests, step: stepLog })
    .from(requests)
    .innerJoin(stepLog, and(eq(stepLog.request, requests.id), eq(stepLog.outcome, "open")))
    .where(
      and(eq(requests.id, id), eq(stepLog.position, position), eq(requests.awaitsAnswer, false)),
    );
  return found ?? null;
}

/** Share of the working time from entry to due time, without pauses, that is used up. */
function percentOf(
  calendar: WorkCalendar,
  { enteredAt, dueAt, pausedMinutes }: Pick<StepRow, "enteredAt" | "dueAt" | "pausedMinutes">,
  now: Date,
): typeof WARNING | typeof LIMIT | null {
  const [start, due] = [new Date(enteredAt), new Date(dueAt ?? enteredAt)];
  if (now >= due) return LIMIT;
  const used = workingMinutes(calendar, start, now) - pausedMinutes;
  const all = workingMinutes(calendar, start, due) - pausedMinutes;
  return used * 100 >= all * WARNING ? WARNING : null;
}

/** False where another sweep was first, or the request moved on meanwhile. */
async function tell(
  deps: EscalateDeps,
  row: RequestRow,
  { position, step }: StepRow,
  percent: typeof WARNING | typeof LIMIT,
  warned: boolean,
): Promise<boolean> {
  if (row.act === null) return false;
  const at = deps.now();
  const running = await sopOfDigest(deps, row.sopDigest);
  const { oleh } = positionOf(running.sop, row.act).act;
  const overseer = percent === LIMIT ? overseerOf(running.sop, row.act) : null;
  const occasion = `${position}:late`;
  const told = { running, row, at, occasion };
  const open = roleOf(running.sop, oleh);
  const notices =
    open.pemohon || overseer === null
      ? [
          ...(await tellRole(deps, told, oleh, `${percent}`)),
          ...(overseer === null ? [] : await tellOfficials(deps, told, [overseer], `${percent}`)),
        ]
      : await tellOfficials(deps, told, [oleh, overseer], `${percent}`);
  const percents = percent === LIMIT && !warned ? [WARNING, LIMIT] : [percent];
  try {
    await deps.db.write([
      guard(
        sql`EXISTS (SELECT 1 FROM ${requests} WHERE ${requests.id} = ${row.id} AND ${requests.version} = ${row.version})`,
      ),
      deps.db.orm.insert(escalations).values(
        percents.map((one) => ({
          request: row.id,
          position,
          percent: one,
          at: at.toISOString(),
        })),
      ),
      ...notices,
    ]);
  } catch (error) {
    if (brokenPromise(error) === null) throw error;
    return false;
  }
  deps.log("escalated", { request: row.id, step, percent });
  return true;
}
