import { and, eq, inArray } from "drizzle-orm";
import type { z } from "zod";
import { jobs } from "#db/schema/jobs.ts";
import { AGENT_API, type PollAnswer, PollRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { authenticateInSession } from "./authenticate.ts";
import { claimNext } from "./claim.ts";
import { probationMs } from "./open-session.ts";
import { registerCatalog } from "./register-catalog.ts";

type Poll = z.infer<typeof PollRequest>;
type Answer = z.infer<typeof PollAnswer>;

/**
 * One call for everything: heartbeat, lease renewal, cancellations, and work. Held until there is
 * something to say. An empty poll writes nothing.
 */
export async function pollAgent(deps: Deps, body: unknown, signal: AbortSignal): Promise<Answer> {
  const { agent, payload } = await authenticateInSession(deps, {
    path: `${AGENT_API}/poll`,
    body,
    schema: PollRequest,
  });
  if (payload.catalog) {
    await registerCatalog(deps, agent, payload.catalog);
  }
  const until = performance.now() + deps.settings.pollHoldMs;
  for (;;) {
    const left = until - performance.now();
    const wait = probationLeft(deps, agent.id);
    const hold = deps.hub.hold(
      agent.id,
      Math.max(0, wait === 0 ? left : Math.min(left, wait)),
      signal,
    );
    const answer = await answerNow(deps, agent.id, payload, signal).catch((error: unknown) => {
      hold.release();
      throw error;
    });
    if (!isEmpty(answer) || left <= 0) {
      hold.release();
      return answer;
    }
    if ((await hold.done) === "ended") return answer;
  }
}

/**
 * For how long a process that took another's place is given no work: as long as that one, were it
 * alive, may need to come back, which would show that the key is in two places.
 */
function probationLeft({ hub, now, settings }: Deps, agent: string): number {
  const since = hub.boots.takenOverAt(agent)?.getTime();
  return since === undefined ? 0 : Math.max(0, since + probationMs(settings) - now().getTime());
}

async function answerNow(
  deps: Deps,
  agent: string,
  payload: Poll,
  signal: AbortSignal,
): Promise<Answer> {
  const { cancels, fenced } = await standing(deps, agent, payload);
  const offers: Answer["offers"] = [];
  const mayWork = probationLeft(deps, agent) === 0;
  // Nothing is leased to a connection that is already gone.
  while (mayWork && offers.length < payload.capacity && !signal.aborted) {
    const offer = await claimNext(deps, { agent, nonce: payload.nonce });
    if (!offer) break;
    offers.push(offer);
  }
  return { now: deps.now().toISOString(), offers, cancels, fenced };
}

/** What the agent must know of the jobs it runs; a job shown as lost is running again. */
async function standing(
  deps: Deps,
  agent: string,
  { running }: Poll,
): Promise<Pick<Answer, "cancels" | "fenced">> {
  if (running.length === 0) return { cancels: [], fenced: [] };
  const rows = await deps.db.orm
    .select({ id: jobs.id, agent: jobs.agent, epoch: jobs.epoch, state: jobs.state })
    .from(jobs)
    .where(
      inArray(
        jobs.id,
        running.map((one) => one.job),
      ),
    );
  const mine = (job: string, epoch: number) =>
    rows.find((row) => row.id === job && row.agent === agent && row.epoch === epoch);
  for (const { job, epoch } of running) {
    if (mine(job, epoch)?.state !== "lost") continue;
    await deps.db.orm
      .update(jobs)
      .set({ state: "running" })
      .where(and(eq(jobs.id, job), eq(jobs.epoch, epoch), eq(jobs.state, "lost")));
  }
  return {
    cancels: running
      .filter(({ job, epoch }) => mine(job, epoch)?.state === "cancelling")
      .map(({ job, epoch }) => ({ job, epoch })),
    fenced: running.filter(({ job, epoch }) => !mine(job, epoch)).map(({ job }) => job),
  };
}

function isEmpty({ offers, cancels, fenced }: Answer): boolean {
  return offers.length + cancels.length + fenced.length === 0;
}
