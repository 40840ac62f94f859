import { eq } from "drizzle-orm";
import { plans } from "#db/schema/assets.ts";
import { AppError } from "#domain/errors.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { Ctx, Deps } from "../deps.ts";
import type { TrackedView } from "../tracked.ts";
import { openRequest } from "./access.ts";
import { correctionForm, mendsNow } from "./correct.ts";
import { roundsOf } from "./desk.ts";
import { estimateFor } from "./estimate.ts";
import { loadRequest } from "./load.ts";
import { phaseOf } from "./next.ts";
import { readReference } from "./reference.ts";
import { outlineOf, viewOpened } from "./view.ts";

/** What the number alone tells anyone: the stage and when it is due. With the code, everything. */
export async function trackRequest(
  deps: Deps,
  input: { readonly ref: string; readonly code: string | null; readonly requestId: string },
): Promise<TrackedView> {
  const { ref, code, requestId } = input;
  if (code !== null && code.trim() !== "") {
    return followRequest(deps, { viewer: null, code, requestId }, ref);
  }
  const hidden = new AppError("AUTH_TRACKING", "no such request");
  const id = readReference(ref);
  if (id === null) throw hidden;
  const loaded = await loadRequest(deps, id).catch((error: unknown) => {
    throw error instanceof AppError && error.code === "NOT_FOUND" ? hidden : error;
  });
  const { state, row, running } = loaded;
  const outline = {
    ...outlineOf(deps, loaded),
    head: "",
    estimate: null,
    rounds: [],
    mending: null,
    plan: null,
  };
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
      leavesLetter: false,
      mayAsk: false,
    },
  };
}

/** All that the pemohon is told and may do. */
async function followRequest(deps: Deps, ctx: Ctx, ref: string): Promise<TrackedView> {
  const opened = await openRequest(deps, ctx, ref);
  const view = await viewOpened(deps, ctx, opened);
  const { orm } = deps.db;
  const [estimate, mending, [plan]] = await Promise.all([
    estimateFor(deps, opened, view.steps),
    mendsNow(opened) ? correctionForm(deps, opened) : null,
    orm
      .select({ startsAt: plans.startsAt, endsAt: plans.endsAt })
      .from(plans)
      .where(eq(plans.request, opened.row.id)),
  ]);
  return {
    ...view,
    estimate,
    mending,
    plan: plan ?? null,
    rounds: roundsOf(opened, view.timeline),
  };
}
