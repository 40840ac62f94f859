import { eq } from "drizzle-orm";
import type { z } from "zod";
import { jobSpecs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import { isFinal, MAY_FINISH } from "#domain/job/states.ts";
import { sha256Hex } from "#domain/trust/canonical.ts";
import { openEnvelope } from "#domain/trust/dsse.ts";
import type { JobAction } from "#domain/workflow/types.ts";
import { type FinishAnswer, FinishRequest, JobResult, RESULT_TYPE } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { endJob } from "../jobs/end.ts";
import { measureStatements } from "../planning/measures.ts";
import { type AgentRow, publicKeyOf, readPayload } from "./authenticate.ts";
import { callOfJob, type JobRow } from "./of-job.ts";
import { lastSeq } from "./record-events.ts";
import { backupStatement } from "./register-catalog.ts";

/**
 * The signed end of a job. It closes the job, becomes an event of the request and adds the backups
 * it made, in one batch; sent again it is answered as before.
 */
export async function finishJob(
  deps: Deps,
  input: { readonly job: string; readonly body: unknown },
): Promise<z.infer<typeof FinishAnswer>> {
  const { agent, job, payload } = await callOfJob(
    deps,
    { ...input, verb: "finish" },
    FinishRequest,
  );
  const { result, bytes, action } = await openResult(deps, agent, job, payload);
  const resultDigest = await sha256Hex(bytes);
  if (isFinal(job.state) && job.resultDigest === resultDigest) return { recorded: true };
  const stored = await lastSeq(deps, job.id, job.epoch);
  if (payload.lastSeq > stored) {
    throw new AppError("JOB_GAP", `events of ${job.id} end at ${stored}`, {
      detail: { acceptedSeq: stored },
    });
  }
  await endJob(deps, {
    job,
    from: MAY_FINISH,
    to: result.outcome,
    outcome: result.outcome,
    result: JSON.stringify(payload.result),
    resultDigest,
    error: result.error?.code ?? null,
    also:
      result.outcome === "succeeded"
        ? [
            ...result.targets.flatMap(({ backup }) =>
              backup ? [backupStatement(deps, agent.id, backup)] : [],
            ),
            ...measureStatements(deps, result, action),
          ]
        : [],
  });
  return { recorded: true };
}

/** The result, if this agent's key signed it for this very order. */
async function openResult(
  deps: Deps,
  agent: AgentRow,
  job: JobRow,
  payload: z.infer<typeof FinishRequest>,
): Promise<{
  readonly result: JobResult;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly action: JobAction;
}> {
  const bytes = await openEnvelope(await publicKeyOf(agent), RESULT_TYPE, payload.result);
  if (!bytes) throw new AppError("AGENT_SIGNATURE", `result of ${job.id}`);
  const result = readPayload(JobResult, parse(bytes));
  const [spec] = await deps.db.orm
    .select({ digest: jobSpecs.digest, action: jobSpecs.action })
    .from(jobSpecs)
    .where(eq(jobSpecs.job, job.id));
  const fits =
    result.agent === agent.id &&
    result.job === job.id &&
    result.epoch === job.epoch &&
    result.digest === spec?.digest;
  if (!spec || !fits) throw new AppError("AGENT_SIGNATURE", `the result is not of ${job.id}`);
  return { result, bytes, action: spec.action };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError("INPUT_MALFORMED", "the result is not JSON", { cause });
  }
}
