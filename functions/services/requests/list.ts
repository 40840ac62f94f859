import { inArray } from "drizzle-orm";
import { requests } from "#db/schema/requests.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import { dueText } from "#domain/workflow/urgency.ts";
import type { Deps } from "../deps.ts";
import type { RequestFilter, RequestList, RequestListItem, Viewer } from "../services.ts";
import { orderOf, whereOf } from "./list-filter.ts";
import { sopOfDigest, zoneOf } from "./load.ts";
import { showReference } from "./reference.ts";
import { agenciesOf, calendarOf, OPD } from "./rows.ts";

export const LIST_PAGE = 50;
const EXPORT_PAGE = 500;

/** One page of the requests of the viewer's agencies, as filtered. */
export async function listRequests(
  deps: Deps,
  viewer: Viewer,
  filter: RequestFilter,
): Promise<RequestList> {
  const sops = sopsOf(deps, viewer);
  if (viewer.positions.length === 0) return { items: [], total: 0, page: 1, pages: 1, sops };
  const where = whereOf(deps, viewer, filter);
  const total = await deps.db.orm.$count(requests, where);
  const pages = Math.max(1, Math.ceil(total / LIST_PAGE));
  const page = Math.min(filter.halaman, pages);
  const rows = await deps.db.orm
    .select({ request: requests, opd: OPD })
    .from(requests)
    .where(where)
    .orderBy(...orderOf(filter))
    .limit(LIST_PAGE)
    .offset((page - 1) * LIST_PAGE);
  const items = await Promise.all(rows.map((row) => itemOf(deps, row)));
  return { items, total, page, pages, sops };
}

/** All of them, some at a time. Which ones is read first, so that none is doubled or left out. */
export async function* exportRequests(
  deps: Deps,
  viewer: Viewer,
  filter: RequestFilter,
): AsyncGenerator<readonly RequestListItem[], void> {
  if (viewer.positions.length === 0) return;
  const found = await deps.db.orm
    .select({ id: requests.id })
    .from(requests)
    .where(whereOf(deps, viewer, filter))
    .orderBy(...orderOf(filter));
  for (let from = 0; from < found.length; from += EXPORT_PAGE) {
    const ids = found.slice(from, from + EXPORT_PAGE).map(({ id }) => id);
    const rows = await deps.db.orm
      .select({ request: requests, opd: OPD })
      .from(requests)
      .where(inArray(requests.id, ids));
    const byId = new Map(rows.map((row) => [row.request.id, row]));
    const ordered = ids.flatMap((id) => byId.get(id) ?? []);
    yield await Promise.all(ordered.map((row) => itemOf(deps, row)));
  }
}

async function itemOf(
  deps: Deps,
  { request, opd }: { request: typeof requests.$inferSelect; opd: string | null },
): Promise<RequestListItem> {
  const { sop } = await sopOfDigest(deps, request.sopDigest);
  const open = request.status === "active" && request.act !== null;
  const act = open && request.act !== null ? positionOf(sop, request.act).act : null;
  const now = deps.now();
  const dueAt = open ? request.dueAt : null;
  return {
    ref: showReference(request.id),
    sopTitle: sop.judul,
    kind: request.kind,
    opd: opd ?? "",
    status: request.status,
    awaitsAnswer: request.awaitsAnswer,
    stepNo: request.step,
    stepCount: sop.langkah.length,
    actTitle: act?.judul ?? null,
    roleTitle: act && roleOf(sop, act.oleh).judul,
    submittedAt: request.submittedAt,
    closedAt: request.closedAt,
    dueAt,
    dueText:
      dueAt && !request.awaitsAnswer ? dueText(calendarOf(deps, request.agency), dueAt, now) : null,
    late: dueAt !== null && !request.awaitsAnswer && new Date(dueAt) < now,
    zone: zoneOf(deps, request.agency),
  };
}

/** SOPs of the viewer's agencies, to choose from. */
function sopsOf({ catalog }: Pick<Deps, "catalog">, viewer: Viewer): RequestList["sops"] {
  const agencies = new Set(agenciesOf(viewer));
  return [...catalog.sops.values()]
    .filter(({ sop }) => agencies.has(sop.instansi))
    .map(({ sop }) => ({ slug: sop.slug, title: sop.judul }));
}
