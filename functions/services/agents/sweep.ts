import { and, eq, inArray, lte } from "drizzle-orm";
import { agents } from "#db/schema/agents.ts";
import { jobs } from "#db/schema/jobs.ts";
import type { Deps } from "../deps.ts";

/**
 * Puts back what nobody started, and shows what has gone silent. A lease that ran out is ready
 * again, since nothing was touched; a running job is only shown as lost and never given to another.
 */
export async function sweepJobs(
  deps: Pick<Deps, "db" | "hub" | "now" | "settings" | "log" | "progress">,
  input: { readonly upSince: Date },
): Promise<{ readonly returned: number; readonly lost: number }> {
  const { orm } = deps.db;
  const now = deps.now();
  const returned = await orm
    .update(jobs)
    .set({ state: "ready", leaseUntil: null })
    .where(and(eq(jobs.state, "leased"), lte(jobs.leaseUntil, now.toISOString())))
    .returning({ id: jobs.id, agent: jobs.agent });
  for (const { agent } of returned) deps.hub.wake(agent);

  const running = await orm
    .select({ id: jobs.id, agent: jobs.agent, request: jobs.request })
    .from(jobs)
    .where(inArray(jobs.state, ["running"]));
  let lost = 0;
  for (const job of running) {
    // While this process was down nobody could be heard: silence counts from its start.
    const heard = Math.max(deps.hub.lastSeen(job.agent)?.getTime() ?? 0, input.upSince.getTime());
    if (now.getTime() - heard < deps.settings.lostAfterMs) continue;
    const rows = await orm
      .update(jobs)
      .set({ state: "lost" })
      .where(and(eq(jobs.id, job.id), eq(jobs.state, "running")))
      .returning({ id: jobs.id });
    lost += rows.length;
    deps.progress.changed(job.request);
  }
  if (returned.length + lost > 0) deps.log("jobs_swept", { returned: returned.length, lost });
  return { returned: returned.length, lost };
}

/** Writes when agents were last seen, at most once a minute for all of them together. */
export async function flushSeen(deps: Pick<Deps, "db" | "hub">): Promise<void> {
  const seen = deps.hub.takeSeen();
  if (seen.size === 0) return;
  await deps.db.write(
    [...seen].map(([id, at]) =>
      deps.db.orm.update(agents).set({ lastSeenAt: at.toISOString() }).where(eq(agents.id, id)),
    ),
  );
}
