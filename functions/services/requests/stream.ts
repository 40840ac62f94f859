import { asc, eq, sql } from "drizzle-orm";
import { jobEvents, jobs } from "#db/schema/jobs.ts";
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
  const { row } = await openRequest(deps, ctx, input.ref);
  return messages(deps, row.id, input);
}

async function* messages(
  deps: Deps,
  request: string,
  { after, signal }: { readonly after: string | null; readonly signal: AbortSignal },
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
    for (const message of await stored(deps, request, after)) {
      if (message.id !== null) sent.add(message.id);
      yield message;
    }
    while (!signal.aborted) {
      const notice = queue.shift();
      if (!notice) {
        await wake.promise;
        wake = Promise.withResolvers();
        continue;
      }
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
): Promise<StreamMessage[]> {
  const rows = await deps.db.orm
    .select({ job: jobEvents.job, json: jobEvents.json })
    .from(jobEvents)
    .innerJoin(jobs, eq(jobs.id, jobEvents.job))
    .where(eq(jobs.request, request))
    .orderBy(sql`jobs.rowid`, asc(jobEvents.epoch), asc(jobEvents.seq));
  const all = rows.map(({ job, json }) =>
    messageOf({ type: "progress", job, event: JobEvent.parse(JSON.parse(json)) }),
  );
  const seen = after === null ? -1 : all.findIndex((message) => message.id === after);
  return all.slice(seen + 1);
}

function messageOf(notice: Notice): StreamMessage {
  if (notice.type === "changed") return { id: null, type: "changed", data: {} };
  const { job, event } = notice;
  return { id: `${job}:${event.seq}`, type: "progress", data: { job, ...event } };
}
