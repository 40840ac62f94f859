import type { ErrorCode } from "../errors.ts";
import { firstAct, positions, roleOf } from "../sop/navigate.ts";
import type { Sop } from "../sop/schema.ts";
import { barredFrom, decide } from "../workflow/decide.ts";
import { evolve } from "../workflow/evolve.ts";
import type { Command, RequestState, WorkflowEvent } from "../workflow/types.ts";
import { canonicalJson, type Json } from "./canonical.ts";

export type Replayed =
  | { readonly ok: true; readonly state: RequestState }
  | { readonly ok: false; readonly code: ErrorCode; readonly at: number };

/**
 * Makes every decision of a request again from its events: each event must be exactly what `decide`
 * answers to the command it stands for, so order, roles, separation of duties, ticks and freezing
 * hold by the SOP alone, whoever stored the events.
 */
export function replayApprovals(sop: Sop, events: readonly WorkflowEvent[]): Replayed {
  const submitted = events[0];
  if (submitted?.type !== "submitted" || !procedureHolds(sop))
    return illegal("WORKFLOW_OUT_OF_TURN", 0);
  const first = firstAct(sop);
  if (submitted.act !== first.id) return illegal("WORKFLOW_OUT_OF_TURN", 0);
  if (!sop.jenisPermohonan.includes(submitted.kind)) return illegal("SOP_KIND_UNKNOWN", 0);
  let state = evolve(sop, null, submitted);
  const barred = barredFrom(sop, state, first, submitted.by);
  if (barred) return illegal(barred, 0);

  let at = 1;
  while (at < events.length) {
    const command = commandAt(events, at);
    if (!command) return illegal("WORKFLOW_OUT_OF_TURN", at);
    const decision = decide(sop, state, command);
    if (!decision.ok) return illegal(decision.code, at);
    for (const expected of decision.events) {
      const found = events[at];
      if (!found || !isSame(found, expected)) return illegal("WORKFLOW_OUT_OF_TURN", at);
      state = evolve(sop, state, found);
      at += 1;
    }
  }
  return { ok: true, state };
}

/** The command that the events from `at` on are said to answer; null where none begins so. */
function commandAt(events: readonly WorkflowEvent[], at: number): Command | null {
  const first = events[at];
  const chosen = first?.type === "choice_made" ? first : null;
  const main = chosen ? events[at + 1] : first;
  const choices = chosen?.choices ?? null;
  switch (main?.type) {
    case "act_performed": {
      const { act, by, ticks, content, documents, branch } = main;
      const next = events[at + (chosen ? 2 : 1)];
      const freeze = next?.type === "job_frozen" ? preparedOf(next) : null;
      return { type: "perform", act, by, ticks, content, documents, branch, choices, freeze };
    }
    case "job_started": {
      const { act, by } = main;
      return { type: "start_job", act, by, choices, prepared: preparedOf(main) };
    }
    case "preview_started": {
      const { act, by, job, digest } = main;
      const prepared = { job, action: "preview" as const, digest };
      return { type: "start_preview", act, by, choices: main.choices, prepared };
    }
    case "follow_up_asked": {
      const { action, restored, by, content, job, digest } = main;
      const prepared = { job, action, digest };
      return { type: "ask_follow_up", action, restored, by, content, prepared };
    }
    case "follow_up_approved":
      return { type: "approve_follow_up", job: main.job, digest: main.digest, by: main.by };
    case "follow_up_declined":
      return { type: "decline_follow_up", job: main.job, by: main.by, content: main.content };
    case "follow_up_withdrawn":
      return { type: "withdraw_follow_up", job: main.job, by: main.by };
    case "job_finished":
      return { type: "finish_job", job: main.job, outcome: main.outcome, result: main.result };
    case "returned":
      return { type: "return", act: main.from, to: main.to, by: main.by, content: main.content };
    case "asked":
      return { type: "ask", act: main.act, by: main.by, content: main.content };
    case "answered":
      return { type: "answer", by: main.by, content: main.content };
    case "refused":
      return {
        type: "refuse",
        act: main.act,
        by: main.by,
        reason: main.reason,
        content: main.content,
      };
    case "cancelled":
      return { type: "cancel", by: main.by, content: main.content };
    default:
      return null;
  }
}

function preparedOf({
  job,
  action,
  digest,
}: Extract<WorkflowEvent, { type: "job_frozen" | "job_started" }>) {
  return { job, action, digest };
}

/** What the pure rules take for granted of a published SOP: unique acts, known roles, one start. */
function procedureHolds(sop: Sop): boolean {
  const acts = positions(sop).map(({ act }) => act);
  const ids = new Set(acts.map((act) => act.id));
  const roles = new Set(sop.pelaksana.flatMap((column) => column.peran.map((role) => role.id)));
  return (
    acts.length > 0 &&
    ids.size === acts.length &&
    acts.every(
      (act) => roles.has(act.oleh) && act.bedaOrangDari.every((other) => ids.has(other)),
    ) &&
    acts.every((act) => roleOf(sop, act.oleh).pemohon || roleOf(sop, act.oleh).jabatan.length > 0)
  );
}

function isSame(one: WorkflowEvent, other: WorkflowEvent): boolean {
  return canonicalJson(one as unknown as Json) === canonicalJson(other as unknown as Json);
}

function illegal(code: ErrorCode, at: number): Replayed {
  return { ok: false, code, at };
}
