/** What agents are sent to do, and whether one is at it. */
import type { SopAct } from "../sop/schema.ts";
import type { Choice, FollowUpAction, FollowUpInState, JobAction, RequestState } from "./types.ts";

/** What the agent is to do for an act, if anything. */
export function actionOf(act: SopAct, kind: RequestState["kind"]): JobAction | null {
  if (act.tugasAgen === null) return null;
  return act.tugasAgen === "cek-berkas" ? "check" : kind;
}

/** Work of the procedure itself; a preview and a follow-up are outside the SOP and no evidence of it. */
export function isOfProcedure(action: JobAction): action is "backup" | "restore" | "check" {
  return action === "backup" || action === "restore" || action === "check";
}

export function isFollowUp(action: JobAction): action is FollowUpAction {
  return action === "rollback" || action === "drop";
}

/** Whether it changes or takes away what is live or was kept. */
export function isDestructive(action: JobAction): boolean {
  return action === "restore" || isFollowUp(action);
}

/** The agent works for the open act, so that nothing of the procedure can be decided. */
export function jobIsActive(state: RequestState): boolean {
  return Object.values(state.jobs).some((job) => job.phase === "started");
}

/** The agent works for the request at all: it is given nothing more that touches the same targets. */
export function agentIsBusy(state: RequestState): boolean {
  return jobIsActive(state) || worksOutsideSop(state);
}

/** The agent is at a preview or a follow-up. */
export function worksOutsideSop(state: RequestState): boolean {
  return outsideSop(state).some((job) => job.phase === "started");
}

/** How far a job is that somebody sent the agent to; null where this request sent none such. */
export function phaseOfJob(state: RequestState, job: string): FollowUpInState["phase"] | null {
  const sent = [...Object.values(state.jobs), ...outsideSop(state)];
  return sent.find((one) => one.job === job)?.phase ?? null;
}

/** An order is told by its job: one that is known already cannot be another. */
export function isKnownJob(state: RequestState, job: string): boolean {
  return phaseOfJob(state, job) !== null || state.restores.some((one) => one.job === job);
}

function outsideSop({ preview, restores }: RequestState): Pick<FollowUpInState, "job" | "phase">[] {
  return [...(preview ? [preview] : []), ...restores.flatMap(({ followUp }) => followUp ?? [])];
}

export function choicesFit(choices: readonly Choice[] | null, action: JobAction): boolean {
  if (!choices || choices.length === 0) return false;
  const aliases = new Set(choices.map((choice) => choice.alias));
  if (aliases.size !== choices.length) return false;
  return choices.every((choice) => (action === "backup") === (choice.backup === null));
}
