import { and, asc, inArray, type SQL, sql } from "drizzle-orm";
import { requestEvents, requests } from "#db/schema/requests.ts";
import type { Stored } from "#domain/trust/chain.ts";
import { barredFrom } from "#domain/workflow/decide.ts";
import { replay } from "#domain/workflow/evolve.ts";
import type { WorkflowEvent } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import type { OwnAct } from "./inbox.ts";

/**
 * Of the open requests that wait for these acts, those whose act somebody else must take: this
 * person did or started what the SOP keeps apart from it. Only requests in which they did so ever
 * are replayed.
 */
export async function barredRequests(
  deps: Pick<Deps, "db">,
  acts: Iterable<OwnAct>,
  waiting: SQL | undefined,
): Promise<ReadonlySet<string>> {
  const barred = new Set<string>();
  for (const { running, act, by } of acts) {
    if (act.bedaOrangDari.length === 0) continue;
    const { sop, digest } = running;
    const mine = deps.db.orm
      .select({ stream: requestEvents.stream })
      .from(requestEvents)
      .where(
        and(
          sql`${requestEvents.bytes} ->> '$.event.by.person' = ${by.person}`,
          inArray(sql`${requestEvents.bytes} ->> '$.event.act'`, act.bedaOrangDari),
        ),
      );
    const rows = await deps.db.orm
      .select({ stream: requestEvents.stream, bytes: requestEvents.bytes })
      .from(requests)
      .innerJoin(requestEvents, sql`${requestEvents.stream} = ${requests.id}`)
      .where(
        and(
          waiting,
          sql`${requests.sopDigest} = ${digest} AND ${requests.act} = ${act.id}`,
          inArray(requests.id, mine),
        ),
      )
      .orderBy(asc(requestEvents.stream), asc(requestEvents.version));
    for (const [stream, list] of Map.groupBy(rows, (row) => row.stream)) {
      // Sealed here; whoever opens the request checks every link.
      const state = replay(
        sop,
        list.map(({ bytes }) => (JSON.parse(bytes) as Stored<WorkflowEvent>).event),
      );
      const why = state && barredFrom(sop, state, act, by);
      if (why === "WORKFLOW_SAME_PERSON") barred.add(stream);
    }
  }
  return barred;
}
