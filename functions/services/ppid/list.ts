import { and, asc, desc, eq, inArray } from "drizzle-orm";
import { ppidRequests } from "#db/schema/ppid.ts";
import { requestContents } from "#db/schema/requests.ts";
import { limitsOf } from "#domain/ppid/limits.ts";
import type { PpidState } from "#domain/ppid/types.ts";
import type { Deps } from "../deps.ts";
import { answerOf, readAnswers } from "../requests/content.ts";
import { showReference } from "../requests/reference.ts";
import type { Viewer } from "../services.ts";
import { agenciesOf } from "./agencies.ts";

const LIST_MAX = 1_000;

export interface PpidListItem {
  readonly ref: string;
  readonly agency: string;
  readonly register: string;
  readonly requestedAt: string;
  readonly information: string;
  readonly requester: string;
  readonly status: PpidState["status"];
  readonly due: string | null;
  readonly overdue: boolean;
}

/** Requests of the agencies whose PPID or superior the viewer is: what is due first comes first. */
export async function listInformation(deps: Deps, viewer: Viewer): Promise<PpidListItem[]> {
  const agencies = agenciesOf(viewer, deps.catalog);
  if (agencies.length === 0) return [];
  const calendars = new Map(agencies.map(({ id, calendar }) => [id, calendar]));
  const rows = await deps.db.orm
    .select({ request: ppidRequests, json: requestContents.json })
    .from(ppidRequests)
    .leftJoin(requestContents, eq(requestContents.id, ppidRequests.requestContent))
    .where(inArray(ppidRequests.agency, [...calendars.keys()]))
    .orderBy(desc(ppidRequests.requestedAt))
    .limit(LIST_MAX);
  const now = deps.now();
  const items = rows.map(({ request, json }): PpidListItem => {
    const answers = json ? readAnswers(json) : [];
    const calendar = calendars.get(request.agency);
    const due = calendar ? limitsOf(calendar, request.state, now).due : null;
    return {
      ref: showReference(request.id),
      agency: request.agency,
      register: `${request.registerNumber}/${request.year}`,
      requestedAt: request.requestedAt,
      information: answerOf(answers, "informasi") ?? "",
      requester: answerOf(answers, "nama") ?? "",
      status: request.status,
      due: due?.toISOString() ?? null,
      overdue: due !== null && now > due,
    };
  });
  return items.sort((a, b) => (a.due ?? "9").localeCompare(b.due ?? "9"));
}

/** One year of one agency in the order of its register, with the words each request came with. */
export async function registerOf(
  deps: Pick<Deps, "db">,
  input: { readonly agency: string; readonly year: number },
) {
  const rows = await deps.db.orm
    .select({ request: ppidRequests, json: requestContents.json })
    .from(ppidRequests)
    .leftJoin(requestContents, eq(requestContents.id, ppidRequests.requestContent))
    .where(and(eq(ppidRequests.agency, input.agency), eq(ppidRequests.year, input.year)))
    .orderBy(asc(ppidRequests.registerNumber));
  return rows.map(({ request, json }) => ({ request, answers: json ? readAnswers(json) : [] }));
}
