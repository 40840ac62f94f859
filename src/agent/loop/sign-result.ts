import { canonicalJson, type Json, utf8 } from "#domain/trust/canonical.ts";
import { signEnvelope } from "#domain/trust/dsse.ts";
import { JobResult, RESULT_TYPE } from "#protocol/v1.ts";
import type { AgentContext } from "../context.ts";
import type { JobLog } from "../journal/job-log.ts";
import type { FinishRecord } from "../journal/records.ts";
import type { JobOutcome } from "./run-job.ts";

/** The result of a job as it is stored and sent: figures the portal cannot have made up. */
export async function signResult(
  ctx: AgentContext,
  log: JobLog,
  startedAt: string,
  outcome: JobOutcome,
): Promise<FinishRecord> {
  const result = JobResult.parse({
    v: 1,
    agent: ctx.key.id,
    job: log.job,
    digest: log.intent.digest,
    epoch: log.epoch,
    ...outcome,
    startedAt,
    finishedAt: ctx.now().toISOString(),
    log: await log.eventsDigest(),
  });
  const body = utf8(canonicalJson(result as unknown as Json));
  return {
    epoch: log.epoch,
    lastSeq: log.lastSeq,
    result: await signEnvelope(ctx.key, RESULT_TYPE, body),
  };
}
