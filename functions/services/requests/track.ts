import { AppError } from "#domain/errors.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { RequestView } from "#domain/workflow/view.ts";
import type { Deps } from "../deps.ts";
import { loadRequest } from "./load.ts";
import { phaseOf } from "./next.ts";
import { readReference } from "./reference.ts";
import { outlineOf, viewRequest } from "./view.ts";

/** What the number alone tells anyone: the stage and when it is due. With the code, everything. */
export async function trackRequest(
  deps: Deps,
  input: { readonly ref: string; readonly code: string | null; readonly requestId: string },
): Promise<RequestView> {
  const { ref, code, requestId } = input;
  if (code !== null && code.trim() !== "") {
    return viewRequest(deps, { viewer: null, code, requestId }, ref);
  }
  const hidden = new AppError("AUTH_TRACKING", "no such request");
  const id = readReference(ref);
  if (id === null) throw hidden;
  const loaded = await loadRequest(deps, id).catch((error: unknown) => {
    throw error instanceof AppError && error.code === "NOT_FOUND" ? hidden : error;
  });
  const { state, row, running } = loaded;
  const outline = { ...outlineOf(deps, loaded), head: "" };
  if (state.act === null || state.status !== "active") return { ...outline, next: null };
  const { step, act } = positionOf(running.sop, state.act);
  const role = roleOf(running.sop, act.oleh);
  return {
    ...outline,
    next: {
      stepNo: step.no,
      act: act.id,
      kind: act.jenis,
      title: act.judul,
      role: role.id,
      roleTitle: role.judul,
      byRequester: role.pemohon,
      phase: phaseOf(act, state),
      fields: [],
      checklist: [],
      branches: [],
      dueAt: row.dueAt,
      returnTo: [],
      mayAct: false,
      mayNot: null,
    },
  };
}
