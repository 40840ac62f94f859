import { invariant } from "../errors.ts";
import { nextAct, positionOf, positions, wayBack } from "../sop/navigate.ts";
import type { Sop } from "../sop/schema.ts";
import type { FollowUpInState, RequestState, RestoreInState, WorkflowEvent } from "./types.ts";

/** The state after one more event. Total on any stream that `decide` produced. */
export function evolve(sop: Sop, state: RequestState | null, event: WorkflowEvent): RequestState {
  if (event.type === "submitted") {
    invariant(state === null, "a request is submitted once");
    return {
      status: "active",
      kind: event.kind,
      act: nextAct(sop, event.act)?.id ?? null,
      doers: { [event.act]: event.by.person },
      starters: {},
      choices: [],
      jobs: {},
      preview: null,
      restores: [],
      returns: 0,
      ways: {},
      awaitsAnswer: false,
    };
  }
  invariant(state, "a request begins with its submission");
  switch (event.type) {
    case "act_performed":
      return {
        ...state,
        act: nextAct(sop, event.act, event.branch)?.id ?? null,
        doers: { ...state.doers, [event.act]: event.by.person },
        ways: waysAfter(sop, state, event.act, event.branch),
        // Whoever acts without the answer no longer waits for it.
        awaitsAnswer: false,
      };
    case "choice_made":
      return { ...state, choices: event.choices };
    case "job_frozen":
    case "job_started": {
      const { job, act, action, digest } = event;
      const phase = event.type === "job_frozen" ? "frozen" : "started";
      const starters =
        event.type === "job_started"
          ? { ...state.starters, [act]: event.by.person }
          : state.starters;
      const jobs = { ...state.jobs, [act]: { job, act, action, digest, phase } as const };
      return { ...state, starters, jobs };
    }
    case "preview_started": {
      const { job, of: act, digest, choices } = event;
      return { ...state, preview: { job, act, digest, choices, phase: "started" } };
    }
    case "follow_up_asked": {
      const { job, action, digest, by } = event;
      const followUp = { job, action, digest, asker: by.person, phase: "frozen" } as const;
      return withRestores(state, (one) =>
        one.job === event.restored ? { ...one, followUp } : one,
      );
    }
    case "follow_up_approved":
      return withFollowUp(state, event.job, "started");
    case "follow_up_declined":
      return withFollowUp(state, event.job, "declined");
    case "follow_up_withdrawn":
      return withFollowUp(state, event.job, "withdrawn");
    case "job_finished":
      return finished(state, event);
    case "asked":
      return { ...state, awaitsAnswer: true };
    case "answered":
      return { ...state, awaitsAnswer: false };
    case "returned":
      return undo(sop, { ...state, act: event.to, returns: state.returns + 1 }, event.to);
    case "refused":
      return { ...state, status: "refused", act: null, awaitsAnswer: false };
    case "cancelled":
      return { ...state, status: "cancelled", act: null, awaitsAnswer: false };
    case "completed":
      return { ...state, status: "completed", act: null };
  }
}

export function replay(sop: Sop, events: Iterable<WorkflowEvent>): RequestState | null {
  let state: RequestState | null = null;
  for (const event of events) state = evolve(sop, state, event);
  return state;
}

function finished(
  state: RequestState,
  { job: id, outcome }: Extract<WorkflowEvent, { type: "job_finished" }>,
): RequestState {
  if (state.preview?.job === id) {
    return { ...state, preview: { ...state.preview, phase: outcome } };
  }
  if (state.restores.some(({ followUp }) => followUp?.job === id)) {
    return withFollowUp(state, id, outcome);
  }
  const job = Object.values(state.jobs).find((one) => one.job === id);
  invariant(job, `job ${id} was not started by this request`);
  const jobs = { ...state.jobs, [job.act]: { ...job, phase: outcome } };
  if (job.action !== "restore" || outcome !== "succeeded") return { ...state, jobs };
  const starter = state.starters[job.act] ?? "";
  const restored = { job: id, act: job.act, starter, choices: state.choices, followUp: null };
  return { ...state, jobs, restores: [...state.restores, restored] };
}

function withFollowUp(
  state: RequestState,
  job: string,
  phase: FollowUpInState["phase"],
): RequestState {
  return withRestores(state, (one) =>
    one.followUp?.job === job ? { ...one, followUp: { ...one.followUp, phase } } : one,
  );
}

function withRestores(
  state: RequestState,
  change: (one: RestoreInState) => RestoreInState,
): RequestState {
  return { ...state, restores: state.restores.map(change) };
}

function waysAfter(
  sop: Sop,
  { ways }: RequestState,
  actId: string,
  branch: string | null,
): RequestState["ways"] {
  const { step } = positionOf(sop, actId);
  return wayBack(step, branch) ? { ...ways, [step.no]: (ways[step.no] ?? 0) + 1 } : ways;
}

/** A return takes back what was done from `actId` on: doers and jobs of a new round are new. */
function undo(sop: Sop, state: RequestState, actId: string): RequestState {
  const order = positions(sop).map((position) => position.act.id);
  const kept = new Set(order.slice(0, order.indexOf(actId)));
  const keep = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([act]) => kept.has(act)));
  return {
    ...state,
    doers: keep(state.doers),
    starters: keep(state.starters),
    jobs: keep(state.jobs),
    awaitsAnswer: false,
  };
}
