import { and, eq, gt, inArray, notInArray, type SQL, sql } from "drizzle-orm";
import { plans } from "#db/schema/assets.ts";
import { jobSpecs, jobs } from "#db/schema/jobs.ts";
import { requests } from "#db/schema/requests.ts";
import { isFinal, JOB_STATES } from "#domain/job/states.ts";
import type { StandingWork } from "#domain/planning/types.ts";
import { isOfProcedure } from "#domain/workflow/agent-work.ts";
import { JOB_ACTIONS } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { showReference } from "../requests/reference.ts";

/** Only work of the procedure carries a plan out: a preview may come before it, a follow-up after. */
export function carriesPlan(): SQL {
  return inArray(jobSpecs.action, JOB_ACTIONS.filter(isOfProcedure));
}

/**
 * What agents are to do already: plans of open requests whose job has not ended, whatever the agency,
 * since one agent may serve several; the references of others are not told.
 */
export async function standingWork(
  deps: Pick<Deps, "db" | "now">,
  input: {
    readonly agency: string;
    readonly agents: readonly string[];
    /** A request does not clash with its own former plan. */
    readonly besides: string | null;
  },
): Promise<StandingWork[]> {
  if (input.agents.length === 0) return [];
  const ended = deps.db.orm
    .select({ request: jobs.request })
    .from(jobs)
    .innerJoin(jobSpecs, eq(jobSpecs.job, jobs.id))
    .where(
      and(
        eq(jobs.request, plans.request),
        carriesPlan(),
        inArray(jobs.state, JOB_STATES.filter(isFinal)),
        sql`${jobs.createdAt} >= ${plans.createdAt}`,
      ),
    );
  const rows = await deps.db.orm
    .select({ plan: plans })
    .from(plans)
    .innerJoin(requests, eq(requests.id, plans.request))
    .where(
      and(
        eq(requests.status, "active"),
        inArray(plans.agent, [...input.agents]),
        gt(plans.endsAt, deps.now().toISOString()),
        notInArray(plans.request, ended),
      ),
    );
  return rows
    .filter(({ plan }) => plan.request !== input.besides)
    .map(({ plan }) => ({
      ref: plan.agency === input.agency ? showReference(plan.request) : null,
      agent: plan.agent,
      aliases: plan.aliases,
      from: new Date(plan.startsAt),
      to: new Date(plan.endsAt),
    }));
}
