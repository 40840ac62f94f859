import { asc, eq, sql } from "drizzle-orm";
import { jobEvents, jobSpecs, jobs } from "#db/schema/jobs.ts";
import { isOfProcedure } from "#domain/workflow/agent-work.ts";
import { JobEvent } from "#protocol/v1.ts";
import type { Ctx, Deps } from "../deps.ts";
import { openRequest } from "./access.ts";
import type { Notice } from "./progress-hub.ts";

/** One message of the stream: `id` is `<job>:<seq>` for progress, none for a change. */
export interface StreamMessage {
  readonly id: string | null;
  readonly type: Notice["type"];
  readonly data: unknown;
}

/**
 * Progress of a request's jobs: what is stored after `after` (a Last-Event-ID), then what comes, until
 * the signal. Watching begins before reading, so that nothing falls between the two.
 */
export async function streamRequest(
  deps: Deps,
  ctx: Ctx,
  input: { readonly ref: string; readonly after: string | null; readonly signal: AbortSignal },
): Promise<AsyncGenerator<StreamMessage, void>> {
  const { row, official } = await openRequest(deps, ctx, input.ref);
  return messages(deps, row.id, { ...input, shows: createShows(deps, official) });
}

/**
 * Whether progress of a job is for the one who looks: words of a preview may name what lies in a
 * target, so they are for officials only.
 */
function createShows({ db }: Pick<Deps, "db">, official: boolean) {
  const known = new Map<string, boolean>();
  return async (job: string): Promise<boolean> => {
    if (official) return true;
    const told = known.get(job);
    if (told !== undefined) return told;
    const [spec] = await db.orm
      .select({ action: jobSpecs.action })
      .from(jobSpecs)
      .where(eq(jobSpecs.job, job));
    const shown = spec !== undefined && isOfProcedure(spec.action);
    known.set(job, shown);
    return shown;
  };
}

async function* messages(
  deps: Deps,
  request: string,
  {
    after,
    signal,
    shows,
  }: {
    readonly after: string | null;
    readonly signal: AbortSignal;
    readonly shows: (job: string) => Promise<boolean>;
  },
): AsyncGenerator<StreamMessage, void> {
  const queue: Notice[] = [];
  let wake = Promise.withResolvers<void>();
  const unwatch = deps.progress.watch(request, (notice) => {
    queue.push(notice);
    wake.resolve();
  });
  const aborted = (): void => wake.resolve();
  signal.addEventListener("abort", aborted);
  try {
    const sent = new Set<string>();
    for (const notice of await stored(deps, request, after)) {
      const message = messageOf(notice);
      if (message.id !== null) sent.add(message.id);
      if (await shows(notice.job)) yield message;
    }
    while (!signal.aborted) {
      const notice = queue.shift();
      if (!notice) {
        await wake.promise;
        wake = Promise.withResolvers();
        continue;
      }
      if (notice.type === "progress" && !(await shows(notice.job))) continue;
      const message = messageOf(notice);
      if (message.id === null || !sent.has(message.id)) yield message;
    }
  } finally {
    unwatch();
    signal.removeEventListener("abort", aborted);
  }
}

async function stored(
  deps: Pick<Deps, "db">,
  request: string,
  after: string | null,
): Promise<Extract<Notice, { type: "progress" }>[]> {
  const rows = await deps.db.orm
    .select({ job: jobEvents.job, json: jobEvents.json })
    .from(jobEvents)
    .innerJoin(jobs, eq(jobs.id, jobEvents.job))
    .where(eq(jobs.request, request))
    .orderBy(sql`jobs.rowid`, asc(jobEvents.epoch), asc(jobEvents.seq));
  const all = rows.map(({ job, json }) => {
    return { type: "progress" as const, job, event: JobEvent.parse(JSON.parse(json)) };
  });
  const seen = after === null ? -1 : all.findIndex((notice) => messageOf(notice).id === after);
  return all.slice(seen + 1);
}

function messageOf(notice: Notice): StreamMessage {
  if (notice.type === "changed") return { id: null, type: "changed", data: {} };
  const { job, event } = notice;
  return { id: `${job}:${event.seq}`, type: "progress", data: { job, ...event } };
}
