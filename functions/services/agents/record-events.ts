import { and, eq, max, sql } from "drizzle-orm";
import type { z } from "zod";
import { brokenPromise, guard } from "#db/guard.ts";
import { jobEvents, jobs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import { canonicalJson } from "#domain/trust/canonical.ts";
import { type EventsAnswer, EventsRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { callOfJob, stale } from "./of-job.ts";

/** Stores progress in the order of its numbers; what is already there is taken as said again. */
export async function recordEvents(
  deps: Deps,
  input: { readonly job: string; readonly body: unknown },
): Promise<z.infer<typeof EventsAnswer>> {
  const { job, payload } = await callOfJob(deps, { ...input, verb: "events" }, EventsRequest);
  const stored = await lastSeq(deps, job.id, job.epoch);
  const fresh = payload.events.filter((event) => event.seq > stored);
  if (fresh.some((event, index) => event.seq !== stored + 1 + index)) {
    throw new AppError("JOB_GAP", `events of ${job.id} do not follow ${stored}`, {
      detail: { acceptedSeq: stored },
    });
  }
  if (fresh.length === 0) return { acceptedSeq: stored };
  try {
    await deps.db.write([
      guard(
        sql`EXISTS (SELECT 1 FROM ${jobs} WHERE ${jobs.id} = ${job.id} AND ${jobs.epoch} = ${job.epoch}
              AND ${jobs.state} IN ('running', 'lost', 'cancelling'))`,
      ),
      ...fresh.map((event) =>
        deps.db.orm
          .insert(jobEvents)
          .values({ job: job.id, epoch: job.epoch, seq: event.seq, json: canonicalJson(event) })
          .onConflictDoNothing(),
      ),
    ]);
  } catch (error) {
    throw brokenPromise(error) === "guard" ? stale(job) : error;
  }
  deps.progress.progressed(job.request, job.id, fresh);
  return { acceptedSeq: stored + fresh.length };
}

export async function lastSeq(deps: Pick<Deps, "db">, job: string, epoch: number): Promise<number> {
  const [row] = await deps.db.orm
    .select({ seq: max(jobEvents.seq) })
    .from(jobEvents)
    .where(and(eq(jobEvents.job, job), eq(jobEvents.epoch, epoch)));
  return row?.seq ?? 0;
}
