import { inArray, type SQL, sql } from "drizzle-orm";
import { requests } from "#db/schema/requests.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import { dueText } from "#domain/workflow/urgency.ts";
import type { Deps } from "../deps.ts";
import type { ForwardedItem, Viewer } from "../services.ts";
import { isOneOf, ownActs } from "./inbox.ts";
import { sopOfDigest, zoneOf } from "./load.ts";
import { showReference } from "./reference.ts";
import { agenciesOf, calendarOf, OPD } from "./rows.ts";

export const FORWARDED_MAX = 20;

interface Row {
  readonly id: string;
  readonly digest: string;
  readonly act: string;
  readonly agency: string;
  readonly dueAt: string | null;
  readonly awaitsAnswer: number;
  readonly opd: string | null;
  readonly mineAt: string;
  readonly mineAct: string | null;
}

/** Open requests in which the viewer acted and somebody else is to act now, newest act first. */
export async function forwardedBy(deps: Deps, viewer: Viewer): Promise<readonly ForwardedItem[]> {
  if (viewer.positions.length === 0) return [];
  const own = await ownActs(deps, viewer);
  const elsewhere: SQL = own.size > 0 ? sql`AND NOT ${isOneOf(own.values())}` : sql``;
  const rows = await deps.db.orm.all<Row>(sql`
    WITH mine AS (SELECT stream, max(version) AS version FROM request_events
      WHERE bytes ->> '$.event.by.person' = ${viewer.person} GROUP BY stream)
    SELECT ${requests.id} AS id, ${requests.sopDigest} AS digest, ${requests.act} AS act,
      ${requests.agency} AS agency, ${requests.dueAt} AS dueAt,
      ${requests.awaitsAnswer} AS awaitsAnswer, ${OPD} AS opd,
      json_extract(done.bytes, '$.at') AS mineAt,
      coalesce(json_extract(done.bytes, '$.event.act'), json_extract(done.bytes, '$.event.from')) AS mineAct
    FROM mine
    JOIN ${requests} ON ${requests.id} = mine.stream
    JOIN request_events AS done ON done.stream = mine.stream AND done.version = mine.version
    WHERE ${requests.status} = 'active' AND ${inArray(requests.agency, agenciesOf(viewer))} ${elsewhere}
    ORDER BY mineAt DESC LIMIT ${FORWARDED_MAX}`);
  const now = deps.now();
  return Promise.all(
    rows.map(async (row): Promise<ForwardedItem> => {
      const { sop } = await sopOfDigest(deps, row.digest);
      const { step, act } = positionOf(sop, row.act);
      return {
        ref: showReference(row.id),
        opd: row.opd ?? "",
        mine: row.mineAct === null ? "" : positionOf(sop, row.mineAct).act.judul,
        mineAt: row.mineAt,
        stepNo: step.no,
        stepCount: sop.langkah.length,
        actTitle: act.judul,
        roleTitle: roleOf(sop, act.oleh).judul,
        awaitsAnswer: row.awaitsAnswer === 1,
        dueText: row.dueAt && dueText(calendarOf(deps, row.agency), row.dueAt, now),
        zone: zoneOf(deps, row.agency),
      };
    }),
  );
}
