import {
  closesStep,
  frozenAct,
  nextAct,
  positionOf,
  positions,
  roleOf,
  wayBack,
} from "../sop/navigate.ts";
import type { Sop, SopAct } from "../sop/schema.ts";
import {
  actionOf,
  agentIsBusy,
  choicesFit,
  isKnownJob,
  jobIsActive,
  phaseOfJob,
} from "./agent-work.ts";
import { type Decision, events, refusal } from "./decision.ts";
import { decideFollowUp } from "./follow-up.ts";
import { startPreview } from "./preview.ts";
import type { Actor, Command, RequestState, WorkflowEvent } from "./types.ts";

/**
 * What a command leads to, from the SOP's data alone. Pure and total: an impossible command is a
 * refusal, never an exception. The submission itself is not a command here; it has no state yet.
 *
 * Source of the rule that each actor closes each step: PermenPANRB 35/2012, pencatatan dan pendataan.
 */
export function decide(sop: Sop, state: RequestState, command: Command): Decision {
  switch (command.type) {
    case "finish_job":
      return finishJob(state, command);
    // The kept copy outlives the request.
    case "ask_follow_up":
    case "approve_follow_up":
    case "decline_follow_up":
    case "withdraw_follow_up":
      return decideFollowUp(sop, state, command);
  }
  if (state.status !== "active" || state.act === null) return refusal("WORKFLOW_CLOSED");
  if (command.type === "cancel") return cancel(sop, state, command);
  if (command.type === "answer") return answer(sop, state, command);
  if (command.act !== state.act) return refusal("WORKFLOW_OUT_OF_TURN");
  const { act } = positionOf(sop, state.act);
  const barred = barredFrom(sop, state, act, command.by);
  if (barred) return refusal(barred);
  switch (command.type) {
    case "perform":
      return perform(sop, state, act, command);
    case "start_job":
      return startJob(state, act, command);
    case "start_preview":
      return startPreview(sop, state, act, command);
    case "return":
      return giveBack(sop, state, command);
    case "ask":
      return ask(sop, state, act, command);
    case "refuse":
      if (jobIsActive(state)) return refusal("WORKFLOW_JOB_ACTIVE");
      return events({
        type: "refused",
        act: act.id,
        by: command.by,
        reason: command.reason,
        content: command.content,
      });
  }
}

/**
 * Why this actor may not take this act; null if they may. Separation of duties is of natural
 * persons, by whatever position they act, and whoever sent the agent to work did the act too.
 */
export function barredFrom(
  sop: Sop,
  state: RequestState,
  act: SopAct,
  by: Actor,
): "WORKFLOW_WRONG_PERSON" | "WORKFLOW_SAME_PERSON" | null {
  const role = roleOf(sop, act.oleh);
  const holds = role.pemohon ? by.capacity === "pemohon" : role.jabatan.includes(by.jabatan);
  if (!holds) return "WORKFLOW_WRONG_PERSON";
  const same = act.bedaOrangDari.some(
    (other) => state.doers[other] === by.person || state.starters[other] === by.person,
  );
  return same ? "WORKFLOW_SAME_PERSON" : null;
}

function perform(
  sop: Sop,
  state: RequestState,
  act: SopAct,
  command: Extract<Command, { type: "perform" }>,
): Decision {
  const { step } = positionOf(sop, act.id);
  if (!ticksComplete(sop, act, command.ticks)) return refusal("WORKFLOW_CHECKLIST");
  const exits = closesStep(step, act.id) ? step.cabang.map((branch) => branch.label as string) : [];
  if (exits.length > 0 && !exits.includes(command.branch ?? "")) return refusal("WORKFLOW_BRANCH");
  const back = wayBack(step, command.branch);
  if (exits.length > 0 && back?.maks !== undefined && (state.ways[step.no] ?? 0) >= back.maks) {
    return refusal("WORKFLOW_ROUNDS");
  }

  if (act.tugasAgen !== null) {
    const phase = state.jobs[act.id]?.phase;
    if (phase === "started") return refusal("WORKFLOW_JOB_ACTIVE");
    if (phase === undefined || phase === "frozen") return refusal("WORKFLOW_EVIDENCE_MISSING");
    if (phase !== "succeeded") return refusal("WORKFLOW_JOB_FAILED");
  }
  const out: WorkflowEvent[] = [];
  // With an agent task the choice was made when the job was started.
  const choices = act.memilihSasaran && act.tugasAgen === null ? command.choices : state.choices;
  if (act.memilihSasaran && act.tugasAgen === null) {
    if (!choicesFit(choices, state.kind)) return refusal("WORKFLOW_TARGET");
    out.push({ type: "choice_made", act: act.id, choices: [...(choices ?? [])] });
  }
  out.push({
    type: "act_performed",
    act: act.id,
    by: command.by,
    ticks: [...command.ticks],
    content: command.content,
    documents: [...command.documents],
    branch: exits.length > 0 ? command.branch : null,
  });
  if (act.membekukan) {
    const target = frozenAct(sop, act.id);
    const wanted = target && actionOf(target, state.kind);
    const fits = command.freeze?.action === wanted && !isKnownJob(state, command.freeze.job);
    if (!target || !command.freeze || !fits) return refusal("WORKFLOW_TARGET");
    out.push({ type: "job_frozen", act: target.id, ...command.freeze });
  }
  if (nextAct(sop, act.id, command.branch) === null) out.push({ type: "completed" });
  return { ok: true, events: out };
}

function startJob(
  state: RequestState,
  act: SopAct,
  command: Extract<Command, { type: "start_job" }>,
): Decision {
  const action = actionOf(act, state.kind);
  if (action === null) return refusal("WORKFLOW_OUT_OF_TURN");
  const job = state.jobs[act.id];
  // A preview or follow-up works on the same targets: the restore waits for its end.
  if (agentIsBusy(state)) return refusal("WORKFLOW_JOB_ACTIVE");
  if (job?.phase === "succeeded") return refusal("WORKFLOW_OUT_OF_TURN");
  if (!act.memilihSasaran) {
    // A frozen job runs at most once for one approval: a second run needs a new plan.
    if (job === undefined) return refusal("WORKFLOW_TARGET");
    if (job.phase !== "frozen") return refusal("WORKFLOW_JOB_FAILED");
    const { job: id, digest } = job;
    return events({ type: "job_started", act: act.id, by: command.by, job: id, action, digest });
  }
  const fits = choicesFit(command.choices, action) && command.prepared?.action === action;
  if (!fits || !command.prepared || isKnownJob(state, command.prepared.job)) {
    return refusal("WORKFLOW_TARGET");
  }
  return events(
    { type: "choice_made", act: act.id, choices: [...(command.choices ?? [])] },
    { type: "job_started", act: act.id, by: command.by, ...command.prepared },
  );
}

function finishJob(
  state: RequestState,
  command: Extract<Command, { type: "finish_job" }>,
): Decision {
  const { job, outcome, result } = command;
  if (phaseOfJob(state, job) !== "started") return refusal("JOB_STATE");
  return events({ type: "job_finished", job, outcome, result });
}

function giveBack(
  sop: Sop,
  state: RequestState,
  command: Extract<Command, { type: "return" }>,
): Decision {
  if (jobIsActive(state)) return refusal("WORKFLOW_JOB_ACTIVE");
  if (state.returns >= sop.maksPengembalian) return refusal("WORKFLOW_ROUNDS");
  const order = positions(sop).map((position) => position.act.id);
  const to = order.indexOf(command.to);
  if (to < 0 || to >= order.indexOf(command.act)) return refusal("WORKFLOW_RETURN_TARGET");
  const { act: from, by, content } = command;
  return events({ type: "returned", from, to: command.to, by, content });
}

function ask(
  sop: Sop,
  state: RequestState,
  act: SopAct,
  { by, content }: Extract<Command, { type: "ask" }>,
): Decision {
  if (jobIsActive(state)) return refusal("WORKFLOW_JOB_ACTIVE");
  // Where the pemohon is to act anyway, nobody asks them to; a second question waits for the answer.
  if (roleOf(sop, act.oleh).pemohon || state.awaitsAnswer) return refusal("WORKFLOW_QUESTION");
  return events({ type: "asked", act: act.id, by, content });
}

function answer(
  sop: Sop,
  state: RequestState,
  { by, content }: Extract<Command, { type: "answer" }>,
): Decision {
  if (!state.awaitsAnswer) return refusal("WORKFLOW_QUESTION");
  if (!isSubmitter(sop, state, by)) return refusal("WORKFLOW_WRONG_PERSON");
  return events({ type: "answered", by, content });
}

function cancel(
  sop: Sop,
  state: RequestState,
  { by, content }: Extract<Command, { type: "cancel" }>,
): Decision {
  if (jobIsActive(state)) return refusal("WORKFLOW_JOB_ACTIVE");
  if (!isSubmitter(sop, state, by)) return refusal("WORKFLOW_WRONG_PERSON");
  return events({ type: "cancelled", by, content });
}

function isSubmitter(sop: Sop, state: RequestState, by: Actor): boolean {
  return state.doers[positions(sop)[0]?.act.id ?? ""] === by.person;
}

/** Officials tick the whole kelengkapan at the first act of a step; the pemohon's letter is its own proof. */
function ticksComplete(sop: Sop, act: SopAct, ticks: readonly number[]): boolean {
  const { step } = positionOf(sop, act.id);
  if (!needsTicks(sop, act)) return true;
  return step.kelengkapan.every((_, index) => ticks.includes(index));
}

export function needsTicks(sop: Sop, act: SopAct): boolean {
  const { step } = positionOf(sop, act.id);
  return step.tindakan[0]?.id === act.id && !roleOf(sop, act.oleh).pemohon;
}
