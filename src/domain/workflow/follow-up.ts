/**
 * What becomes of the copy that a restore has kept: `rollback` makes it live again, `drop` removes
 * it for good. No source SOP knows either, so both are "di luar SOP", and both need two people:
 * one official of the SOP asks with a reason, another approves, which sends the agent to work.
 */
import { frozenAct, positions, roleOf } from "../sop/navigate.ts";
import type { Sop, SopRole } from "../sop/schema.ts";
import { agentIsBusy, isKnownJob } from "./agent-work.ts";
import { type Decision, events, refusal } from "./decision.ts";
import { overseerOf } from "./overseer.ts";
import type {
  Actor,
  Command,
  FollowUpAction,
  FollowUpInState,
  RequestState,
  RestoreInState,
} from "./types.ts";

export type FollowUpCommand = Extract<
  Command,
  { type: "ask_follow_up" | "approve_follow_up" | "decline_follow_up" | "withdraw_follow_up" }
>;

export function decideFollowUp(sop: Sop, state: RequestState, command: FollowUpCommand): Decision {
  switch (command.type) {
    case "ask_follow_up":
      return ask(sop, state, command);
    case "withdraw_follow_up":
      return withdraw(sop, state, command);
    default:
      return answer(sop, state, command);
  }
}

/**
 * The role whose holder answers. It is read from the SOP: the role that fixed the order, where that
 * is another than the one that carried it out, since its approval would be no second look; else the
 * role that sent the work there by its disposisi; else the first official role of the procedure.
 */
export function approverRole(sop: Sop, restoreAct: string): SopRole {
  const acts = positions(sop).map(({ act }) => act);
  const officials = acts.filter(({ oleh }) => !roleOf(sop, oleh).pemohon);
  const doer = acts.find(({ id }) => id === restoreAct)?.oleh;
  const freezing = officials.find(
    ({ id, membekukan, oleh }) =>
      membekukan && oleh !== doer && frozenAct(sop, id)?.id === restoreAct,
  );
  const role = freezing?.oleh ?? overseerOf(sop, restoreAct) ?? officials[0]?.oleh ?? doer;
  return roleOf(sop, role ?? "");
}

/** Whether the SOP gives the position any part that is not the pemohon's. */
export function isOfficialPosition(sop: Sop, jabatan: string): boolean {
  const roles = sop.pelaksana.flatMap((column) => column.peran);
  return roles.some((role) => !role.pemohon && role.jabatan.includes(jabatan));
}

/** Why nobody can ask for it now; null where somebody can. */
export function whyNotAsked(
  state: RequestState,
  restore: RestoreInState,
  action: FollowUpAction,
): "WORKFLOW_FOLLOW_UP" | "WORKFLOW_JOB_ACTIVE" | null {
  if (restore.followUp?.phase === "succeeded" || openFollowUp(state)) return "WORKFLOW_FOLLOW_UP";
  // Behind a newer restore lies what that one has kept, not what this one replaced.
  const newest = state.restores.at(-1)?.job === restore.job;
  if (action === "rollback" && !newest) return "WORKFLOW_FOLLOW_UP";
  return agentIsBusy(state) ? "WORKFLOW_JOB_ACTIVE" : null;
}

/** Why this person may not answer; null if they may. */
export function whyNotAnswered(
  sop: Sop,
  restore: RestoreInState,
  followUp: FollowUpInState,
  by: Actor,
): "WORKFLOW_WRONG_PERSON" | "WORKFLOW_OTHER_PERSON" | null {
  if (!approverRole(sop, restore.act).jabatan.includes(by.jabatan)) return "WORKFLOW_WRONG_PERSON";
  const own = by.person === followUp.asker || by.person === restore.starter;
  return own ? "WORKFLOW_OTHER_PERSON" : null;
}

/** Who asked may take it back while nobody has answered, as long as the SOP gives them a part. */
export function mayWithdraw(sop: Sop, followUp: FollowUpInState, by: Actor): boolean {
  return (
    followUp.phase === "frozen" &&
    by.person === followUp.asker &&
    isOfficialPosition(sop, by.jabatan)
  );
}

/** The one that waits for an answer; there is never more than one. */
export function openFollowUp(
  state: RequestState,
): { readonly restore: RestoreInState; readonly followUp: FollowUpInState } | null {
  for (const restore of state.restores) {
    const { followUp } = restore;
    if (followUp?.phase === "frozen") return { restore, followUp };
  }
  return null;
}

/** The same for lists: who may answer follows from it without reading the request. */
export interface AskedFollowUp {
  readonly job: string;
  readonly action: FollowUpAction;
  /** Role of the approver. */
  readonly role: string;
  readonly asker: string;
  readonly starter: string;
  readonly at: string;
}

export function askedFollowUp(sop: Sop, state: RequestState, at: string): AskedFollowUp | null {
  const open = openFollowUp(state);
  if (!open) return null;
  const { job, action, asker } = open.followUp;
  const { starter, act } = open.restore;
  return { job, action, role: approverRole(sop, act).id, asker, starter, at };
}

function ask(
  sop: Sop,
  state: RequestState,
  { restored, action, by, content, prepared }: Extract<Command, { type: "ask_follow_up" }>,
): Decision {
  const restore = state.restores.find(({ job }) => job === restored);
  if (!restore) return refusal("WORKFLOW_FOLLOW_UP");
  if (!isOfficialPosition(sop, by.jabatan)) return refusal("WORKFLOW_WRONG_PERSON");
  const why = whyNotAsked(state, restore, action);
  if (why) return refusal(why);
  const { job, digest } = prepared;
  if (prepared.action !== action || isKnownJob(state, job)) return refusal("WORKFLOW_TARGET");
  return events({ type: "follow_up_asked", action, restored, by, content, job, digest });
}

function withdraw(
  sop: Sop,
  state: RequestState,
  { job, by }: Extract<Command, { type: "withdraw_follow_up" }>,
): Decision {
  const followUp = openFollowUp(state)?.followUp;
  if (followUp?.job !== job) return refusal("WORKFLOW_FOLLOW_UP");
  if (!mayWithdraw(sop, followUp, by)) return refusal("WORKFLOW_WRONG_PERSON");
  return events({ type: "follow_up_withdrawn", action: followUp.action, job, by });
}

function answer(
  sop: Sop,
  state: RequestState,
  command: Extract<Command, { type: "approve_follow_up" | "decline_follow_up" }>,
): Decision {
  const open = openFollowUp(state);
  if (open?.followUp.job !== command.job) return refusal("WORKFLOW_FOLLOW_UP");
  const { restore, followUp } = open;
  const { by, job } = command;
  const why = whyNotAnswered(sop, restore, followUp, by);
  if (why) return refusal(why);
  const { action, digest } = followUp;
  if (command.type === "decline_follow_up") {
    return events({ type: "follow_up_declined", action, job, by, content: command.content });
  }
  if (command.digest !== digest) return refusal("WORKFLOW_STALE");
  if (agentIsBusy(state)) return refusal("WORKFLOW_JOB_ACTIVE");
  const restored = restore.job;
  return events({ type: "follow_up_approved", action, restored, by, job, digest });
}
