import { and, asc, eq, gte, isNotNull, lt } from "drizzle-orm";
import { plans } from "#db/schema/assets.ts";
import { jobSpecs, jobs } from "#db/schema/jobs.ts";
import { requests } from "#db/schema/requests.ts";
import type { ZoneId } from "#domain/calendar/local-time.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { isFinal } from "#domain/job/states.ts";
import { clashesOf } from "#domain/planning/clashes.ts";
import { clashText } from "#domain/planning/texts.ts";
import type { MaintenanceWindow } from "#domain/planning/types.ts";
import { JobSpec } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { showReference } from "../requests/reference.ts";
import { carriesPlan, standingWork } from "./standing-work.ts";
import type { BoardEntry } from "./views.ts";

interface Wish {
  readonly agency: string;
  readonly zone: ZoneId;
  readonly calendar: WorkCalendar;
  readonly windows: readonly MaintenanceWindow[];
  readonly range: { readonly from: Date; readonly to: Date };
}

/** Plans not yet carried out, and what agents began, by their beginning. */
export async function boardEntries(
  deps: Pick<Deps, "db" | "now">,
  wish: Wish,
): Promise<BoardEntry[]> {
  const worked = await workedEntries(deps, wish);
  const planned = await plannedEntries(deps, wish);
  return [...planned, ...worked].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

async function workedEntries(deps: Pick<Deps, "db">, wish: Wish): Promise<BoardEntry[]> {
  const rows = await deps.db.orm
    .select({ job: jobs, spec: jobSpecs.spec, action: jobSpecs.action })
    .from(jobs)
    .innerJoin(jobSpecs, eq(jobSpecs.job, jobs.id))
    .innerJoin(requests, eq(requests.id, jobs.request))
    .where(
      and(
        eq(requests.agency, wish.agency),
        isNotNull(jobs.startedAt),
        gte(jobs.startedAt, wish.range.from.toISOString()),
        lt(jobs.startedAt, wish.range.to.toISOString()),
      ),
    )
    .orderBy(asc(jobs.startedAt));
  return rows.map(({ job, spec, action }) => ({
    ref: showReference(job.request),
    action,
    aliases: JobSpec.parse(JSON.parse(spec)).choices.map(({ alias }) => alias),
    from: job.startedAt ?? job.createdAt,
    to: job.finishedAt,
    state: !isFinal(job.state) ? "berjalan" : job.state === "succeeded" ? "selesai" : "gagal",
    warnings: [],
  }));
}

async function plannedEntries(deps: Pick<Deps, "db" | "now">, wish: Wish): Promise<BoardEntry[]> {
  const rows = await deps.db.orm
    .select({ plan: plans, kind: requests.kind })
    .from(plans)
    .innerJoin(requests, eq(requests.id, plans.request))
    .where(
      and(
        eq(plans.agency, wish.agency),
        eq(requests.status, "active"),
        gte(plans.startsAt, wish.range.from.toISOString()),
        lt(plans.startsAt, wish.range.to.toISOString()),
      ),
    )
    .orderBy(asc(plans.startsAt));
  // Oldest first: the newest job of a request is the one that stays.
  const begun = new Map(await begunJobs(deps, wish.agency));
  const open = rows.filter(({ plan }) => (begun.get(plan.request) ?? "") < plan.createdAt);
  const agents = [...new Set(open.map(({ plan }) => plan.agent))];
  const standing = await standingWork(deps, { agency: wish.agency, agents, besides: null });
  return open.map(({ plan, kind }): BoardEntry => {
    const ref = showReference(plan.request);
    const work = {
      agent: plan.agent,
      aliases: plan.aliases,
      from: new Date(plan.startsAt),
      to: new Date(plan.endsAt),
    };
    const clashes = clashesOf(work, {
      now: deps.now(),
      calendar: wish.calendar,
      windows: wish.windows,
      standing: standing.filter((other) => other.ref !== ref),
      needs: [],
      validUntil: null,
    });
    return {
      ref,
      action: kind,
      aliases: plan.aliases,
      from: plan.startsAt,
      to: plan.endsAt,
      state: "rencana",
      warnings: clashes.map((clash) => clashText(clash, wish.zone)),
    };
  });
}

/** Jobs that agents began for the agency's open requests: their plans are carried out. */
async function begunJobs(
  deps: Pick<Deps, "db">,
  agency: string,
): Promise<(readonly [request: string, at: string])[]> {
  const rows = await deps.db.orm
    .select({ request: jobs.request, at: jobs.createdAt })
    .from(jobs)
    .innerJoin(requests, eq(requests.id, jobs.request))
    .innerJoin(jobSpecs, eq(jobSpecs.job, jobs.id))
    .where(
      and(
        eq(requests.agency, agency),
        eq(requests.status, "active"),
        isNotNull(jobs.startedAt),
        carriesPlan(),
      ),
    )
    .orderBy(asc(jobs.createdAt));
  return rows.map(({ request, at }) => [request, at] as const);
}
