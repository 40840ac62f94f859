import { signs } from "#domain/letters/task.ts";
import { positionOf } from "#domain/sop/navigate.ts";
import type { Sop, SopAct } from "#domain/sop/schema.ts";
import { actionOf } from "#domain/workflow/agent-work.ts";
import { actForm, type Field, PASSPHRASE_FIELD } from "#domain/workflow/form.ts";
import type { JobAction, RequestState } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { type OfferedTarget, offeredTargets } from "../jobs/offered-targets.ts";

export interface OfferedForm {
  readonly fields: readonly Field[];
  readonly targets: readonly OfferedTarget[];
}

/** The form of an act with the targets that may be chosen now. */
export async function formOf(
  deps: Deps,
  input: {
    readonly sop: Sop;
    readonly act: SopAct;
    readonly kind: RequestState["kind"];
    readonly phase: "start" | "close";
  },
): Promise<OfferedForm> {
  const { sop, act, kind, phase } = input;
  const chooses = act.memilihSasaran && (act.tugasAgen === null) === (phase === "close");
  const targets = chooses
    ? await offeredTargets(deps, { agency: sop.instansi, action: chosenAction(act, kind) })
    : [];
  const fields = actForm(act, phase, { targets });
  const asksPassphrase = phase === "close" && deps.signer?.passphrase && signs(sop, act);
  return { fields: asksPassphrase ? [...fields, PASSPHRASE_FIELD] : fields, targets };
}

/** What the choice is for: the act's own task, or the request's where only a plan is made. */
function chosenAction(act: SopAct, kind: RequestState["kind"]): JobAction {
  return actionOf(act, kind) ?? kind;
}

/** Exits that must be chosen to close an act. */
export function branchesOf(sop: Sop, act: SopAct): string[] {
  const { step } = positionOf(sop, act.id);
  return step.tindakan.at(-1)?.id === act.id ? step.cabang.map(({ label }) => label) : [];
}
