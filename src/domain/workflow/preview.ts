/**
 * A look, outside the SOP, at what a restore would add, change and lose. It changes nothing that is
 * live and takes no turn: whoever may take the open act may send the agent to it as often as they
 * like, one at a time.
 */
import { positionOf } from "../sop/navigate.ts";
import type { Sop, SopAct } from "../sop/schema.ts";
import { actionOf, agentIsBusy, choicesFit, isKnownJob } from "./agent-work.ts";
import { type Decision, events, refusal } from "./decision.ts";
import type { Choice, Command, RequestState } from "./types.ts";

export interface Previewable {
  /** Act whose restore is looked at. */
  readonly act: string;
  /** What it will restore; null where the open act still chooses that. */
  readonly choices: readonly Choice[] | null;
}

/** The restore that could be started next, once its choices are known; null for none. */
export function previewable(sop: Sop, state: RequestState): Previewable | null {
  if (state.status !== "active" || state.act === null) return null;
  const { act } = positionOf(sop, state.act);
  if (act.memilihSasaran && actionOf(act, state.kind) === "restore") {
    const phase = state.jobs[act.id]?.phase;
    return phase === "started" || phase === "succeeded" ? null : { act: act.id, choices: null };
  }
  const frozen = Object.values(state.jobs).find(
    ({ action, phase }) => action === "restore" && phase === "frozen",
  );
  return frozen ? { act: frozen.act, choices: state.choices } : null;
}

export function startPreview(
  sop: Sop,
  state: RequestState,
  open: SopAct,
  { by, choices: given, prepared }: Extract<Command, { type: "start_preview" }>,
): Decision {
  const restore = previewable(sop, state);
  if (!restore || by.capacity === "pemohon") return refusal("WORKFLOW_PREVIEW");
  if (agentIsBusy(state)) return refusal("WORKFLOW_JOB_ACTIVE");
  const choices = restore.choices ?? given;
  const fits = choicesFit(choices, "preview") && prepared?.action === "preview";
  if (!fits || !choices || !prepared) return refusal("WORKFLOW_TARGET");
  const { job, digest } = prepared;
  if (isKnownJob(state, job)) return refusal("WORKFLOW_TARGET");
  const shown = { of: restore.act, choices: [...choices], job, digest };
  return events({ type: "preview_started", act: open.id, by, ...shown });
}
