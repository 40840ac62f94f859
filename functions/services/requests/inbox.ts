import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { requests } from "#db/schema/requests.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { SopAct, SopStep } from "#domain/sop/schema.ts";
import type { Actor } from "#domain/workflow/types.ts";
import { dueText, URGENCIES, type Urgency, urgencyOf } from "#domain/workflow/urgency.ts";
import type { InboxItem } from "#domain/workflow/view.ts";
import type { Deps } from "../deps.ts";
import type { InboxView, Viewer } from "../services.ts";
import { titleInCapacity } from "../words.ts";
import { barredRequests } from "./barred.ts";
import { followUpItems } from "./follow-up-items.ts";
import { sopOfDigest, zoneOf } from "./load.ts";
import type { RunningSop } from "./project.ts";
import { showReference } from "./reference.ts";
import { agenciesOf, calendarOf, dateAfter, midnight, OPD } from "./rows.ts";

export const INBOX_PAGE = 50;

/** An act of a running SOP version that is the viewer's to take. */
export interface OwnAct {
  readonly running: RunningSop;
  readonly step: SopStep;
  readonly act: SopAct;
  readonly roleTitle: string;
  /** As whom they would take it. */
  readonly by: Actor;
  readonly asTitle: string;
}

/** One page of what waits for the positions the viewer holds, most urgent first. */
export async function inboxOf(deps: Deps, viewer: Viewer, page: number): Promise<InboxView> {
  const own = await ownActs(deps, viewer);
  const followUps = await followUpItems(deps, viewer);
  if (own.size === 0) return { items: [], counts: noCounts(), page: 1, pages: 1, followUps };
  const now = deps.now();
  const where = and(openIn(viewer), isOneOf(own.values()));
  const barred = await barredRequests(deps, own.values(), openIn(viewer));
  const rank = rankOf(deps, viewer, now, barred);
  const counted = await deps.db.orm
    .select({ rank, count: sql<number>`count(*)` })
    .from(requests)
    .where(where)
    .groupBy(rank);
  const counts = noCounts();
  for (const { rank: at, count } of counted) {
    const urgency = URGENCIES[at];
    if (urgency) counts[urgency] = count;
  }
  const pages = Math.max(
    1,
    Math.ceil(counted.reduce((sum, one) => sum + one.count, 0) / INBOX_PAGE),
  );
  const shown = Math.min(Math.max(1, page), pages);
  const rows = await deps.db.orm
    .select({ request: requests, opd: OPD, working: WORKING, askedAt: ASKED_AT })
    .from(requests)
    .where(where)
    .orderBy(rank, sql`coalesce(${requests.dueAt}, ${requests.enteredAt})`, requests.id)
    .limit(INBOX_PAGE)
    .offset((shown - 1) * INBOX_PAGE);
  const items = rows.flatMap(({ request, opd, working, askedAt }): InboxItem[] => {
    const mine = own.get(keyOf(request.sopDigest, request.act));
    if (!mine || request.enteredAt === null) return [];
    const { sop } = mine.running;
    const calendar = calendarOf(deps, request.agency);
    return [
      {
        ref: showReference(request.id),
        sopTitle: sop.judul,
        kind: request.kind,
        opd: opd ?? "",
        stepNo: mine.step.no,
        actTitle: mine.act.judul,
        roleTitle: mine.roleTitle,
        asTitle: mine.asTitle,
        enteredAt: request.enteredAt,
        dueAt: request.dueAt,
        dueText: request.dueAt && dueText(calendar, request.dueAt, now),
        urgency: urgencyOf(
          { ...request, barred: barred.has(request.id) },
          now,
          calendar.offsetMinutes,
        ),
        pausedSince: askedAt,
        working: working === 1,
        zone: zoneOf(deps, request.agency),
      },
    ];
  });
  return { items, counts, page: shown, pages, followUps };
}

/** Open acts that are the viewer's, by version and act: read from the SOPs, once for all requests. */
export async function ownActs(deps: Deps, viewer: Viewer): Promise<ReadonlyMap<string, OwnAct>> {
  const own = new Map<string, OwnAct>();
  if (viewer.positions.length === 0) return own;
  const open = await deps.db.orm
    .selectDistinct({ digest: requests.sopDigest, act: requests.act })
    .from(requests)
    .where(openIn(viewer));
  for (const { digest, act: id } of open) {
    if (id === null) continue;
    const running = await sopOfDigest(deps, digest);
    const { step, act } = positionOf(running.sop, id);
    const role = roleOf(running.sop, act.oleh);
    const held = viewer.positions.find(
      ({ agency, jabatan }) => agency === running.sop.instansi && role.jabatan.includes(jabatan),
    );
    if (!held) continue;
    const asTitle = titleInCapacity(held.capacity, held.title);
    const by = { person: viewer.person, jabatan: held.jabatan, capacity: held.capacity };
    own.set(keyOf(digest, id), { running, step, act, roleTitle: role.judul, by, asTitle });
  }
  return own;
}

/** Requests that wait for one of these acts. */
export function isOneOf(acts: Iterable<OwnAct>): SQL {
  const pairs = [...acts].map(({ running, act }) => sql`(${running.digest}, ${act.id})`);
  return sql`(${requests.sopDigest}, ${requests.act}) IN (VALUES ${sql.join(pairs, sql`, `)})`;
}

export function keyOf(digest: string, act: string | null): string {
  return `${digest} ${act}`;
}

/** As the partial index says it: a parameter would not match. */
function openIn(viewer: Viewer): SQL | undefined {
  return and(inArray(requests.agency, agenciesOf(viewer)), sql`${requests.status} = 'active'`);
}

/** The agent works for it, so nobody can act yet. */
const WORKING = sql<number>`EXISTS (SELECT 1 FROM jobs WHERE jobs.request = ${requests.id}
  AND jobs.state IN ('ready', 'leased', 'running', 'lost', 'cancelling')
  AND EXISTS (SELECT 1 FROM job_specs WHERE job_specs.job = jobs.id
    AND job_specs.action IN ('backup', 'restore', 'check')))`;

/** When the question was put that waits for its answer. */
const ASKED_AT = sql<string | null>`CASE WHEN ${requests.awaitsAnswer} THEN (
  SELECT asked.bytes ->> '$.at' FROM request_events AS asked
  WHERE asked.stream = ${requests.id} AND asked.bytes ->> '$.event.type' = 'asked'
  ORDER BY asked.version DESC LIMIT 1) END`;

/** Place of a row's urgency in `URGENCIES`, so that counting and paging are the database's. */
function rankOf(deps: Deps, viewer: Viewer, now: Date, barred: ReadonlySet<string>): SQL<number> {
  const tomorrow = agenciesOf(viewer).map((agency) => {
    const { offsetMinutes } = calendarOf(deps, agency);
    const start = midnight(deps, agency, dateAfter(localDate(now, offsetMinutes)));
    return and(eq(requests.agency, agency), sql`${requests.dueAt} < ${start}`);
  });
  const others = JSON.stringify([...barred]);
  return sql<number>`CASE WHEN ${requests.id} IN (SELECT value FROM json_each(${others})) THEN 5
    WHEN ${requests.awaitsAnswer} THEN 4
    WHEN ${requests.dueAt} IS NULL THEN 3
    WHEN ${requests.dueAt} < ${now.toISOString()} THEN 0
    WHEN ${sql.join(tomorrow, sql` OR `)} THEN 1 ELSE 2 END`;
}

function noCounts(): Record<Urgency, number> {
  return { overdue: 0, today: 0, later: 0, no_limit: 0, waiting: 0, barred: 0 };
}
