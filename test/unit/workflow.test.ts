import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { positions } from "#domain/sop/navigate.ts";
import { actionOf } from "#domain/workflow/agent-work.ts";
import { barredFrom, decide } from "#domain/workflow/decide.ts";
import { evolve, replay } from "#domain/workflow/evolve.ts";
import type { Actor, Command, RequestState, WorkflowEvent } from "#domain/workflow/types.ts";
import { sampleSop } from "#support/sample-sop.ts";

const sop = sampleSop();
const hash = "0".repeat(64);
const content = { id: "c1", commitment: hash };
const actor = (person: string, jabatan: string): Actor => ({
  person,
  jabatan,
  capacity: jabatan === "pemohon" ? "pemohon" : "definitif",
});
const pemohon = actor("pemohon:1", "pemohon");
const kabid = actor("budi", "kabid");
const teknisi = actor("sari", "teknisi");
const auditor = actor("rina", "auditor");

const submitted = (kind: "backup" | "restore" = "backup"): WorkflowEvent => ({
  type: "submitted",
  act: "ajukan",
  kind,
  sop: { slug: sop.slug, digest: hash },
  by: pemohon,
  content,
  documents: [],
});

const perform = (act: string, by: Actor, more: Partial<Command> = {}): Command =>
  ({
    type: "perform",
    act,
    by,
    ticks: [0, 1],
    content: null,
    documents: [],
    branch: act === "putuskan" ? "Ya" : null,
    choices: act === "rencana" ? [{ alias: "db", backup: null }] : null,
    freeze: act === "rencana" ? { job: "j1", action: "backup", digest: hash } : null,
    ...more,
  }) as Command;
const start = (by: Actor): Command => ({
  type: "start_job",
  act: "laksana",
  by,
  choices: null,
  prepared: null,
});
const finish = (outcome: "succeeded" | "failed"): Command => ({
  type: "finish_job",
  job: "j1",
  outcome,
  result: hash,
});

/** The state after commands that must all be taken. */
function stateAfter(...commands: Command[]): RequestState {
  let state = replay(sop, [submitted()]) as RequestState;
  for (const command of commands) {
    const decision = decide(sop, state, command);
    if (!decision.ok) throw new Error(`${command.type} was refused: ${decision.code}`);
    for (const event of decision.events) state = evolve(sop, state, event);
  }
  return state;
}
const code = (state: RequestState, command: Command): string => {
  const decision = decide(sop, state, command);
  return decision.ok ? "ok" : decision.code;
};

const toExecution = [perform("putuskan", kabid), perform("rencana", teknisi)];
const toCheck = [...toExecution, start(teknisi), finish("succeeded"), perform("laksana", teknisi)];

describe("an SOP of neither source runs from its data", () => {
  it("goes from submission to completion by its acts in order", () => {
    const done = stateAfter(...toCheck, perform("periksa", auditor), perform("terima", pemohon));
    expect(done.status).toBe("completed");
    expect(done.act).toBeNull();
  });

  it("takes the exit that the decision names", () => {
    const declined = stateAfter(perform("putuskan", kabid, { branch: "Tidak" }));
    expect(declined.act).toBe("terima");
  });

  it("asks for a branch at a decision and accepts no other word", () => {
    expect(code(stateAfter(), perform("putuskan", kabid, { branch: null }))).toBe(
      "WORKFLOW_BRANCH",
    );
    expect(code(stateAfter(), perform("putuskan", kabid, { branch: "Mungkin" }))).toBe(
      "WORKFLOW_BRANCH",
    );
  });
});

describe("who may act", () => {
  it("refuses a person whose position is not in the role", () => {
    expect(code(stateAfter(), perform("putuskan", teknisi))).toBe("WORKFLOW_WRONG_PERSON");
    expect(code(stateAfter(), perform("putuskan", pemohon))).toBe("WORKFLOW_WRONG_PERSON");
  });

  it("refuses the doer as checker even when the position would allow it", () => {
    const state = stateAfter(...toCheck);
    expect(code(state, perform("periksa", teknisi))).toBe("WORKFLOW_SAME_PERSON");
    expect(code(state, perform("periksa", actor("tono", "teknisi")))).toBe("ok");
  });

  it("refuses an act out of turn and any act on a closed request", () => {
    expect(code(stateAfter(), perform("rencana", teknisi))).toBe("WORKFLOW_OUT_OF_TURN");
    const refused = stateAfter({
      type: "refuse",
      act: "putuskan",
      by: kabid,
      reason: "kapasitas",
      content,
    });
    expect(code(refused, perform("putuskan", kabid))).toBe("WORKFLOW_CLOSED");
  });

  it("lets only the pemohon cancel, and not while the agent works", () => {
    expect(code(stateAfter(), { type: "cancel", by: kabid, content })).toBe(
      "WORKFLOW_WRONG_PERSON",
    );
    const working = stateAfter(...toExecution, start(teknisi));
    expect(code(working, { type: "cancel", by: pemohon, content })).toBe("WORKFLOW_JOB_ACTIVE");
    expect(stateAfter({ type: "cancel", by: pemohon, content }).status).toBe("cancelled");
  });
});

describe("kelengkapan, choice and evidence", () => {
  it("wants every kelengkapan ticked before an official closes the step", () => {
    expect(code(stateAfter(), perform("putuskan", kabid, { ticks: [0] }))).toBe(
      "WORKFLOW_CHECKLIST",
    );
  });

  it("wants a target, no target twice, and a backup exactly for a restore", () => {
    const state = stateAfter(perform("putuskan", kabid));
    const choose = (choices: unknown) =>
      perform("rencana", teknisi, { choices } as Partial<Command>);
    expect(code(state, choose(null))).toBe("WORKFLOW_TARGET");
    expect(code(state, choose([]))).toBe("WORKFLOW_TARGET");
    const db = { alias: "db", backup: null };
    expect(code(state, choose([db, db]))).toBe("WORKFLOW_TARGET");
    expect(code(state, choose([{ alias: "db", backup: "b1" }]))).toBe("WORKFLOW_TARGET");
  });

  it("freezes for an act only what that act does", () => {
    const state = stateAfter(perform("putuskan", kabid));
    const freeze = { job: "j1", action: "restore" as const, digest: hash };
    expect(code(state, perform("rencana", teknisi, { freeze }))).toBe("WORKFLOW_TARGET");
  });

  it("closes an agent's step only with the agent's result", () => {
    const frozen = stateAfter(...toExecution);
    expect(code(frozen, perform("laksana", teknisi))).toBe("WORKFLOW_EVIDENCE_MISSING");
    const working = stateAfter(...toExecution, start(teknisi));
    expect(code(working, perform("laksana", teknisi))).toBe("WORKFLOW_JOB_ACTIVE");
    const failed = stateAfter(...toExecution, start(teknisi), finish("failed"));
    expect(code(failed, perform("laksana", teknisi))).toBe("WORKFLOW_JOB_FAILED");
  });

  it("runs a frozen job once: a failed one needs a new plan", () => {
    const failed = stateAfter(...toExecution, start(teknisi), finish("failed"));
    expect(code(failed, start(teknisi))).toBe("WORKFLOW_JOB_FAILED");
    const replanned = stateAfter(
      ...toExecution,
      start(teknisi),
      finish("failed"),
      { type: "return", act: "laksana", to: "rencana", by: teknisi, content },
      perform("rencana", teknisi, { freeze: { job: "j2", action: "backup", digest: hash } }),
    );
    expect(replanned.jobs.laksana).toMatchObject({ job: "j2", phase: "frozen" });
  });

  it("takes a job's end once, and none for a job that was not started", () => {
    expect(code(stateAfter(...toExecution), finish("succeeded"))).toBe("JOB_STATE");
    const ended = stateAfter(...toExecution, start(teknisi), finish("succeeded"));
    expect(code(ended, finish("succeeded"))).toBe("JOB_STATE");
  });
});

describe("return", () => {
  const back = (to: string): Command => ({
    type: "return",
    act: "periksa",
    to,
    by: auditor,
    content,
  });

  it("goes to an earlier act only and forgets the doers from there on", () => {
    const state = stateAfter(...toCheck);
    expect(code(state, back("terima"))).toBe("WORKFLOW_RETURN_TARGET");
    expect(code(state, back("periksa"))).toBe("WORKFLOW_RETURN_TARGET");
    const returned = stateAfter(...toCheck, back("rencana"));
    expect(Object.keys(returned.doers)).toEqual(["ajukan", "putuskan"]);
    expect(returned.jobs).toEqual({});
  });

  it("is bounded by the SOP", () => {
    const toLetter: Command = { type: "return", act: "putuskan", to: "ajukan", by: kabid, content };
    const again = perform("ajukan", pemohon);
    const thrice = stateAfter(toLetter, again, toLetter, again, toLetter, again);
    expect(code(thrice, toLetter)).toBe("WORKFLOW_ROUNDS");
  });
});

describe("properties over random commands", () => {
  const actors = [pemohon, kabid, teknisi, auditor];
  const acts = positions(sop).map((position) => position.act.id);
  const command = fc
    .tuple(
      fc.constantFrom("perform", "start_job", "finish_job", "return", "refuse", "cancel"),
      fc.constantFrom(...acts),
      fc.constantFrom(...actors),
      fc.constantFrom(...acts),
      fc.constantFrom("Ya", "Tidak", null),
      fc.constantFrom("succeeded" as const, "failed" as const),
    )
    .map(([type, act, by, to, branch, outcome]): Command => {
      if (type === "perform") return perform(act, by, { branch } as Partial<Command>);
      if (type === "start_job") return { ...start(by), act } as Command;
      if (type === "finish_job") return finish(outcome);
      return { type, act, by, to, reason: "lainnya", content } as Command;
    });

  it("never throws, never breaks separation, never completes without evidence", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        let state = replay(sop, [submitted()]) as RequestState;
        const events: WorkflowEvent[] = [submitted()];
        for (const one of commands) {
          const decision = decide(sop, state, one);
          if (!decision.ok) continue;
          for (const event of decision.events) {
            if (event.type === "act_performed") {
              const position = positions(sop).find((each) => each.act.id === event.act);
              expect(position).toBeDefined();
              if (position) {
                expect(barredFrom(sop, state, position.act, event.by)).toBeNull();
                if (actionOf(position.act, state.kind)) {
                  expect(state.jobs[event.act]?.phase).toBe("succeeded");
                }
              }
            }
            state = evolve(sop, state, event);
            events.push(event);
          }
        }
        expect(replay(sop, events)).toEqual(state);
        expect(state.act === null).toBe(state.status !== "active");
      }),
      { numRuns: 2_000 },
    );
  });
});
