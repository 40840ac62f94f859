import { and, asc, eq, inArray } from "drizzle-orm";
import ical from "ical-generator";
import { plans } from "#db/schema/assets.ts";
import { requests } from "#db/schema/requests.ts";
import { listText } from "#domain/indonesian.ts";
import { agenciesOf } from "../assets/access.ts";
import type { Deps } from "../deps.ts";
import { showReference } from "../requests/reference.ts";
import type { Viewer } from "../services.ts";
import { ACTION_LABELS } from "../words.ts";

const EVENTS_MAX = 1_000;

/** Plans of the open requests of the viewer's agencies. */
export async function planCalendar(
  deps: Pick<Deps, "db" | "origin">,
  viewer: Viewer,
): Promise<string> {
  const calendar = ical({
    name: "Rencana pelaksanaan",
    prodId: { company: "Pulih", product: "Rencana", language: "ID" },
  });
  const agencies = agenciesOf(viewer);
  const rows =
    agencies.length === 0
      ? []
      : await deps.db.orm
          .select({ plan: plans, kind: requests.kind })
          .from(plans)
          .innerJoin(requests, eq(requests.id, plans.request))
          .where(and(inArray(plans.agency, agencies), eq(requests.status, "active")))
          .orderBy(asc(plans.startsAt))
          .limit(EVENTS_MAX);
  const { hostname } = new URL(deps.origin);
  for (const { plan, kind } of rows) {
    const ref = showReference(plan.request);
    const stamp = new Date(plan.createdAt);
    calendar.createEvent({
      id: `rencana-${plan.request}@${hostname}`,
      // A plan made anew replaces the one before: its moment only grows.
      sequence: Math.floor(stamp.getTime() / 1_000) - Date.UTC(2020, 0, 1) / 1_000,
      stamp,
      start: new Date(plan.startsAt),
      end: new Date(plan.endsAt),
      summary: `${ACTION_LABELS[kind]} ${listText(plan.aliases)}`,
      description: `Permohonan ${ref}.`,
      url: `${deps.origin}/ruang-kerja/permohonan/${ref}/`,
    });
  }
  return calendar.toString();
}
