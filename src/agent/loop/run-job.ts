import { AppError, type ErrorCode, isAppError } from "#domain/errors.ts";
import type { Choice } from "#domain/workflow/types.ts";
import type { JobResult, JobSpec, TargetResult } from "#protocol/v1.ts";
import type { AgentContext, Work } from "../context.ts";
import { describe } from "./describe.ts";
import type { Effects } from "./effects.ts";

/** What a job came to, before it is signed. */
export type JobOutcome = Pick<JobResult, "outcome" | "error" | "targets">;

const NOTHING = { restore: null, check: null, preview: null, followUp: null } as const;

/** Does what was approved, target after target; ends with the first that fails. Never rejects. */
export async function runJob(
  ctx: AgentContext,
  effects: Effects,
  work: Work,
  spec: JobSpec,
): Promise<JobOutcome> {
  const targets: TargetResult[] = [];
  let alias: string | null = null;
  try {
    const { job, request, choices, manifests, restored, action } = spec;
    if (action === "restore" || action === "preview") {
      targets.push(...(await effects[action](ctx, work, { job, request, choices, manifests })));
    } else if (action === "rollback" || action === "drop") {
      if (restored === null) throw new AppError("AGENT_BUNDLE", "no restore is named");
      targets.push(...(await effects[action](ctx, work, { job, restored, choices })));
    } else {
      for (const choice of spec.choices) {
        alias = choice.alias;
        work.signal.throwIfAborted();
        const target = await runOne(ctx, effects, work, spec, choice);
        targets.push(target);
        if (target.check?.readable === false) {
          throw new AppError("VAULT_CORRUPT", "the backup does not verify");
        }
      }
    }
    return { outcome: "succeeded", error: null, targets };
  } catch (error) {
    return { ...failureOf(ctx, work, error, alias), targets };
  }
}

async function runOne(
  ctx: AgentContext,
  effects: Effects,
  work: Work,
  spec: JobSpec,
  { alias, backup }: Choice,
): Promise<TargetResult> {
  if (backup === null) {
    const { summary } = await effects.backup(ctx, work, alias);
    return { ...NOTHING, alias, engine: summary.engine, backup: summary };
  }
  const pinned = spec.manifests[backup];
  if (pinned === undefined) throw new AppError("AGENT_BUNDLE", "the manifest is not pinned");
  const { summary, check } = await effects.check(ctx, work, alias, backup, pinned);
  return { ...NOTHING, alias, engine: summary.engine, backup: summary, check };
}

function failureOf(
  ctx: AgentContext,
  work: Work,
  error: unknown,
  alias: string | null,
): Pick<JobResult, "outcome" | "error"> {
  const code: ErrorCode = isAppError(error) ? error.code : "INTERNAL";
  const named = isAppError(error) ? error.detail.alias : null;
  ctx.log("job failed", { job: work.job, ...describe(error) });
  return {
    outcome: code === "JOB_CANCELLED" && work.signal.aborted ? "cancelled" : "failed",
    error: { code, alias: typeof named === "string" ? named : alias },
  };
}
