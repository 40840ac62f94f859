import { eq, sql } from "drizzle-orm";
import { agents } from "#db/schema/agents.ts";
import { jobs } from "#db/schema/jobs.ts";
import { requests } from "#db/schema/requests.ts";
import { ALERTS } from "#domain/job/care.ts";
import { targetViews } from "./admin/targets.ts";
import type { Deps } from "./deps.ts";
import { queueOf } from "./notices/queue.ts";

/** Gauges for the monitoring: name, labels, value. */
export interface Figure {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export async function figures(deps: Deps): Promise<Figure[]> {
  const { orm } = deps.db;
  const outbox = await queueOf(deps);
  const count = sql<number>`count(*)`;
  const [byStatus, byState, approved, targets] = await Promise.all([
    orm.select({ status: requests.status, count }).from(requests).groupBy(requests.status),
    orm.select({ state: jobs.state, count }).from(jobs).groupBy(jobs.state),
    orm.select({ count }).from(agents).where(eq(agents.status, "approved")),
    targetViews(deps),
  ]);
  const alerts = targets.flatMap(({ care }) => care?.alerts ?? []);
  return [
    ...byStatus.map(({ status, count }) => ({
      name: "pulih_requests",
      labels: { status },
      value: count,
    })),
    ...byState.map(({ state, count }) => ({ name: "pulih_jobs", labels: { state }, value: count })),
    { name: "pulih_agents_approved", labels: {}, value: approved[0]?.count ?? 0 },
    { name: "pulih_agent_sessions", labels: {}, value: deps.hub.sessions },
    { name: "pulih_outbox_waiting", labels: {}, value: outbox.waiting },
    { name: "pulih_outbox_oldest_seconds", labels: {}, value: outbox.oldestSeconds },
    { name: "pulih_outbox_given_up", labels: {}, value: outbox.givenUp },
    ...ALERTS.map((alert) => ({
      name: "pulih_target_alerts",
      labels: { alert },
      value: alerts.filter((one) => one === alert).length,
    })),
    { name: "pulih_polls_held", labels: {}, value: deps.hub.held },
  ];
}
