import type { AgentContext } from "../context.ts";
import type { JobLog } from "../journal/job-log.ts";
import type { Journal } from "../journal/journal.ts";
import type { ResumedRestore } from "../restore/resume-restores.ts";
import type { Effects } from "./effects.ts";
import { endedRestore } from "./ended-restore.ts";
import type { JobOutcome } from "./run-job.ts";
import { signResult } from "./sign-result.ts";

/**
 * What a crash left: restores are brought to an end first, then every job without a result gets one.
 * Nothing is run again. Gives the jobs whose result the portal has yet to acknowledge.
 */
export async function recover(
  ctx: AgentContext,
  effects: Effects,
  journal: Journal,
): Promise<readonly JobLog[]> {
  const resumed = await effects.resume(ctx);
  for (const log of journal.open()) {
    if (log.unacknowledged) continue;
    const outcome = await outcomeOf(ctx, log, resumed);
    ctx.log("job was cut short", { job: log.job, epoch: log.epoch, outcome: outcome.outcome });
    await log.finish(await signResult(ctx, log, log.intent.at, outcome));
  }
  return journal.open();
}

/** A restore whose data are live did succeed, whatever happened to the agent afterwards. */
async function outcomeOf(
  ctx: AgentContext,
  log: JobLog,
  resumed: readonly ResumedRestore[],
): Promise<JobOutcome> {
  const restore =
    resumed.find((one) => one.job === log.job) ?? (await endedRestore(ctx.config.data, log.job));
  if (restore?.data === "new") {
    return { outcome: "succeeded", error: null, targets: [...restore.results] };
  }
  const code = restore?.data === "needs_human" ? "ENGINE_NEEDS_HUMAN" : "JOB_INTERRUPTED";
  return { outcome: "failed", error: { code, alias: null }, targets: [] };
}
