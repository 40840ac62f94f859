import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { requestContents, requests } from "#db/schema/requests.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { InboxItem } from "#domain/workflow/view.ts";
import type { Deps } from "../deps.ts";
import type { RequestListItem, Viewer } from "../services.ts";
import { answerOf, readAnswers } from "./content.ts";
import { sopOfDigest } from "./load.ts";
import { showReference } from "./reference.ts";

const LIST_MAX = 500;

/** All requests of the viewer's agencies, newest first. */
export async function listRequests(deps: Deps, viewer: Viewer): Promise<RequestListItem[]> {
  const rows = await rowsOf(deps, viewer, "all");
  return Promise.all(
    rows.map(async ({ request, opd }) => {
      const { sop } = await sopOfDigest(deps, request.sopDigest);
      return {
        ref: showReference(request.id),
        sopTitle: sop.judul,
        kind: request.kind,
        opd,
        status: request.status,
        stepNo: request.step,
        stepCount: sop.langkah.length,
        submittedAt: request.submittedAt,
        dueAt: request.dueAt,
      };
    }),
  );
}

/** Open items of the positions the viewer holds, most urgent first. */
export async function inboxOf(deps: Deps, viewer: Viewer): Promise<InboxItem[]> {
  const rows = await rowsOf(deps, viewer, "active");
  const now = deps.now();
  const items: InboxItem[] = [];
  for (const { request, opd } of rows) {
    const { sop, calendar } = await sopOfDigest(deps, request.sopDigest);
    if (request.act === null || request.enteredAt === null) continue;
    const { step, act } = positionOf(sop, request.act);
    const role = roleOf(sop, act.oleh);
    const mine = viewer.positions.some(
      ({ agency, jabatan }) => agency === request.agency && role.jabatan.includes(jabatan),
    );
    if (!mine) continue;
    items.push({
      ref: showReference(request.id),
      sopTitle: sop.judul,
      kind: request.kind,
      opd,
      stepNo: step.no,
      actTitle: act.judul,
      roleTitle: role.judul,
      enteredAt: request.enteredAt,
      dueAt: request.dueAt,
      urgency: urgencyOf(request.dueAt, now, calendar.offsetMinutes),
    });
  }
  return items.sort(
    (a, b) =>
      URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency) ||
      compare(a.dueAt ?? a.enteredAt, b.dueAt ?? b.enteredAt),
  );
}

const URGENCIES = ["overdue", "today", "later", "no_limit"] as const;

function urgencyOf(dueAt: string | null, now: Date, offsetMinutes: number): InboxItem["urgency"] {
  if (dueAt === null) return "no_limit";
  const due = new Date(dueAt);
  if (due < now) return "overdue";
  return localDate(due, offsetMinutes) === localDate(now, offsetMinutes) ? "today" : "later";
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

async function rowsOf(deps: Deps, viewer: Viewer, which: "all" | "active") {
  const agencies = [...new Set(viewer.positions.map(({ agency }) => agency))];
  if (agencies.length === 0) return [];
  const rows = await deps.db.orm
    .select({ request: requests, json: requestContents.json })
    .from(requests)
    .leftJoin(requestContents, eq(requestContents.id, requests.submissionContent))
    .where(
      and(
        inArray(requests.agency, agencies),
        // As the partial index says it: a parameter would not match.
        which === "active" ? sql`${requests.status} = 'active'` : undefined,
      ),
    )
    .orderBy(desc(requests.submittedAt))
    .limit(LIST_MAX);
  return rows.map(({ request, json }) => ({
    request,
    opd: (json && answerOf(readAnswers(json), "opd")) ?? "",
  }));
}
