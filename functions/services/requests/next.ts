import { ERRORS, type ErrorCode } from "#domain/errors.ts";
import { letterTask } from "#domain/letters/task.ts";
import { positionOf, positions, roleOf } from "#domain/sop/navigate.ts";
import type { Sop, SopAct } from "#domain/sop/schema.ts";
import { barredFrom, needsTicks } from "#domain/workflow/decide.ts";
import type { RequestState } from "#domain/workflow/types.ts";
import type { NextView } from "#domain/workflow/view.ts";
import type { Ctx, Deps } from "../deps.ts";
import { withPlanning } from "../planning/form-of-act.ts";
import { actorFor, type OpenedRequest } from "./access.ts";
import { branchesOf, formOf } from "./act-form.ts";

/** What the request waits for, and whether the one who looks may do it; null when closed. */
export async function nextOf(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
): Promise<NextView | null> {
  const { state, row, running } = opened;
  if (state.act === null || state.status !== "active") return null;
  const { sop } = running;
  const { step, act } = positionOf(sop, state.act);
  const role = roleOf(sop, act.oleh);
  const phase = phaseOf(act, state);
  const why = whyNot(ctx, opened, act);
  const mayAct = why === null;
  // The targets of the agency are shown to none but the one who chooses among them.
  const asks = mayAct && phase !== "wait" && (phase !== "failed" || act.memilihSasaran);
  const form = asks
    ? await withPlanning(
        deps,
        opened,
        act,
        await formOf(deps, {
          sop,
          act,
          kind: state.kind,
          phase: phase === "close" ? "close" : "start",
        }),
      )
    : { fields: [] };
  return {
    stepNo: step.no,
    act: act.id,
    kind: act.jenis,
    title: act.judul,
    role: role.id,
    roleTitle: role.judul,
    byRequester: role.pemohon,
    phase,
    fields: form.fields,
    leavesLetter: phase === "close" && letterTask(sop, act) !== null,
    checklist: phase === "close" && needsTicks(sop, act) ? step.kelengkapan : [],
    branches: phase === "close" ? branchesOf(sop, act) : [],
    dueAt: row.dueAt,
    returnTo:
      phase === "wait" || state.returns >= sop.maksPengembalian ? [] : earlierActs(sop, act),
    mayAct,
    mayNot: why && ERRORS[why].pesan,
    mayAsk: mayAct && !role.pemohon && phase !== "wait" && !state.awaitsAnswer,
  };
}

/** An act with an agent task is started, waited for, then closed on the signed result. */
export function phaseOf(act: SopAct, state: RequestState): NextView["phase"] {
  if (act.tugasAgen === null) return "close";
  switch (state.jobs[act.id]?.phase) {
    case undefined:
    case "frozen":
      return "start";
    case "started":
      return "wait";
    case "succeeded":
      return "close";
    default:
      return "failed";
  }
}

function whyNot(ctx: Ctx, opened: OpenedRequest, act: SopAct): ErrorCode | null {
  const { sop } = opened.running;
  const by = actorFor(ctx, opened, sop, act);
  return by ? barredFrom(sop, opened.state, act, by) : "WORKFLOW_WRONG_PERSON";
}

function earlierActs(sop: Sop, act: SopAct): NextView["returnTo"] {
  const all = positions(sop).map((position) => position.act);
  const at = all.findIndex((one) => one.id === act.id);
  return all.slice(0, at).map(({ id, judul }) => ({ act: id, title: judul }));
}
