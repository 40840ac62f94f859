import { and, eq, inArray, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { guard } from "#db/guard.ts";
import { jobs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import type { JobState } from "#domain/job/states.ts";
import { decide } from "#domain/workflow/decide.ts";
import type { Deps } from "../deps.ts";
import { append } from "../requests/append.ts";
import { loadRequest } from "../requests/load.ts";

type Outcome = "succeeded" | "failed" | "cancelled" | "refused";

export interface JobEnd {
  readonly job: { readonly id: string; readonly request: string; readonly epoch: number };
  /** States from which this end is legal. */
  readonly from: readonly JobState[];
  readonly to: JobState;
  readonly outcome: Outcome;
  /** As it arrived, and its digest, which the event names. */
  readonly result: string | null;
  readonly resultDigest: string;
  readonly error: string | null;
  /** Moves the epoch on, so that no report of the agent fits any more. */
  readonly fence?: boolean;
  readonly also: readonly Statement[];
}

/** Tries again where a person's decision was written in between; the end of a job does not wait. */
const TRIES = 5;

/**
 * Ends a job: its row and the event of its request in one batch, and only while the row is still in
 * the epoch and one of the states believed in. JOB_STALE_LEASE otherwise.
 */
export async function endJob(deps: Deps, input: JobEnd): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await endOnce(deps, input);
      deps.log("job_ended", { job: input.job.id, state: input.to });
      deps.progress.changed(input.job.request);
      return;
    } catch (error) {
      const again = error instanceof AppError && error.code === "WORKFLOW_STALE";
      if (!again || attempt === TRIES) throw error;
    }
  }
}

async function endOnce(deps: Deps, input: JobEnd): Promise<void> {
  const { job } = input;
  const at = deps.now();
  const loaded = await loadRequest(deps, job.request);
  const decision = decide(loaded.running.sop, loaded.state, {
    type: "finish_job",
    job: job.id,
    outcome: input.outcome,
    result: input.resultDigest,
  });
  if (!decision.ok) throw new AppError(decision.code, `end of ${job.id}`);
  const believed = and(
    eq(jobs.id, job.id),
    eq(jobs.epoch, job.epoch),
    inArray(jobs.state, [...input.from]),
  );
  await append(deps, {
    stream: job.request,
    running: loaded.running,
    seen: loaded.events,
    events: decision.events,
    at,
    guardMeans: "JOB_STALE_LEASE",
    also: [
      guard(sql`EXISTS (SELECT 1 FROM ${jobs} WHERE ${believed})`),
      deps.db.orm
        .update(jobs)
        .set({
          state: input.to,
          epoch: job.epoch + (input.fence ? 1 : 0),
          finishedAt: at.toISOString(),
          leaseUntil: null,
          result: input.result,
          resultDigest: input.resultDigest,
          error: input.error,
        })
        .where(believed),
      ...input.also,
    ],
  });
}
