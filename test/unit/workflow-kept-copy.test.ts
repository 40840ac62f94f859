import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { positions, roleOf } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { canonicalJson, type Json } from "#domain/trust/canonical.ts";
import { replayApprovals } from "#domain/trust/replay-approvals.ts";
import { agentIsBusy } from "#domain/workflow/agent-work.ts";
import { decide } from "#domain/workflow/decide.ts";
import { evolve, replay } from "#domain/workflow/evolve.ts";
import { approverRole, askedFollowUp, openFollowUp } from "#domain/workflow/follow-up.ts";
import type { Actor, Command, RequestState } from "#domain/workflow/types.ts";
import { sampleSop } from "#support/sample-sop.ts";
import {
  actor,
  approve,
  ask,
  auditor,
  codeOf,
  completed,
  content,
  decline,
  finish,
  hash,
  kabid,
  pemohon,
  perform,
  planned,
  preview,
  restored,
  start,
  stateAfter,
  submitted,
  teknisi,
  withdraw,
} from "./restore-course.ts";

describe("what becomes of a kept copy", () => {
  it("is asked only about a restore that succeeded, while the request runs and after", () => {
    for (const commands of [
      planned,
      [...planned, start()],
      [...planned, start(), finish("j1", "failed")],
    ]) {
      expect(codeOf(stateAfter(...commands), ask("rollback", "f1"))).toBe("WORKFLOW_FOLLOW_UP");
    }
    expect(codeOf(stateAfter(...restored), ask("rollback", "f1"))).toBe("ok");
    expect(codeOf(stateAfter(...completed), ask("drop", "f1"))).toBe("ok");
    const refuse = {
      type: "refuse",
      act: "laksana",
      by: teknisi,
      reason: "lainnya",
      content,
    } as const;
    expect(codeOf(stateAfter(...planned, refuse), ask("drop", "f1"))).toBe("WORKFLOW_FOLLOW_UP");
    expect(codeOf(stateAfter(...restored, refuse), ask("drop", "f1"))).toBe("ok");
  });

  it.each([
    ["the pemohon", pemohon, "WORKFLOW_WRONG_PERSON"],
    [
      "an official of the agency without a part in the SOP",
      actor("x", "satpam"),
      "WORKFLOW_WRONG_PERSON",
    ],
    ["who did the restore", teknisi, "ok"],
    ["who checks it", auditor, "ok"],
    ["who disposed", kabid, "ok"],
  ])("may be asked by %s: %s", (_, by, code) => {
    expect(codeOf(stateAfter(...restored), ask("rollback", "f1", by))).toBe(code);
  });

  it.each([
    ["the one who asked, by the right position", actor("rina", "kabid"), "WORKFLOW_OTHER_PERSON"],
    [
      "the one who sent the restore, by the right position",
      actor("sari", "kabid"),
      "WORKFLOW_OTHER_PERSON",
    ],
    ["another of a wrong position", actor("tono", "teknisi"), "WORKFLOW_WRONG_PERSON"],
    ["the pemohon", pemohon, "WORKFLOW_WRONG_PERSON"],
    ["another of the right position", kabid, "ok"],
  ])("is answered by %s: %s", (_, by, code) => {
    const asked = stateAfter(...restored, ask("rollback", "f1", auditor));
    expect(codeOf(asked, approve("f1", by))).toBe(code);
    expect(codeOf(asked, decline("f1", by))).toBe(code);
  });

  it("names the order that was asked for, by its digest", () => {
    const asked = stateAfter(...restored, ask("drop", "f1"));
    expect(codeOf(asked, approve("f1", kabid, "1".repeat(64)))).toBe("WORKFLOW_STALE");
    expect(codeOf(asked, approve("f2"))).toBe("WORKFLOW_FOLLOW_UP");
    expect(askedFollowUp(sampleSop(), asked, "t")).toEqual({
      job: "f1",
      action: "drop",
      role: "kabid",
      asker: "sari",
      starter: "sari",
      at: "t",
    });
  });

  it("is one at a time, and nothing after one was carried out", () => {
    const asked = [...restored, ask("rollback", "f1")];
    expect(codeOf(stateAfter(...asked), ask("drop", "f2"))).toBe("WORKFLOW_FOLLOW_UP");
    const working = stateAfter(...asked, approve("f1"));
    expect(agentIsBusy(working)).toBe(true);
    expect(codeOf(working, ask("drop", "f2"))).toBe("WORKFLOW_JOB_ACTIVE");
    expect(codeOf(working, approve("f1"))).toBe("WORKFLOW_FOLLOW_UP");
    expect(codeOf(working, decline("f1"))).toBe("WORKFLOW_FOLLOW_UP");
    for (const done of ["rollback", "drop"] as const) {
      const over = stateAfter(...restored, ask(done, "f1"), approve("f1"), finish("f1"));
      for (const again of ["rollback", "drop"] as const) {
        expect(codeOf(over, ask(again, "f2")), `${again} after ${done}`).toBe("WORKFLOW_FOLLOW_UP");
      }
    }
  });

  it("may be asked again after it was declined or failed, under a new order", () => {
    const declined = stateAfter(...restored, ask("drop", "f1"), decline("f1"));
    expect(codeOf(declined, ask("rollback", "f2"))).toBe("ok");
    const failed = stateAfter(
      ...restored,
      ask("drop", "f1"),
      approve("f1"),
      finish("f1", "failed"),
    );
    expect(codeOf(failed, ask("drop", "f1"))).toBe("WORKFLOW_TARGET");
    expect(codeOf(failed, ask("drop", "f2"))).toBe("ok");
    expect(codeOf(failed, ask("drop", "j1"))).toBe("WORKFLOW_TARGET");
  });

  it.each([
    ["the one who asked", auditor, "ok"],
    ["the one who asked, by another official position", actor("rina", "kabid"), "ok"],
    ["the one who asked, once outside the SOP", actor("rina", "satpam"), "WORKFLOW_WRONG_PERSON"],
    ["who may answer", kabid, "WORKFLOW_WRONG_PERSON"],
    ["who sent the restore", teknisi, "WORKFLOW_WRONG_PERSON"],
    ["the pemohon", pemohon, "WORKFLOW_WRONG_PERSON"],
  ])("is withdrawn by %s: %s", (_, by, code) => {
    const asked = stateAfter(...restored, ask("rollback", "f1", auditor));
    expect(codeOf(asked, withdraw("f1", by))).toBe(code);
  });

  it("is withdrawn before anybody answered, and then answered by nobody, but may be asked again", () => {
    const asked = [...restored, ask("drop", "f1")];
    const withdrawn = stateAfter(...asked, withdraw("f1"));
    expect(withdrawn.restores[0]?.followUp).toMatchObject({ job: "f1", phase: "withdrawn" });
    expect(askedFollowUp(sampleSop(), withdrawn, "t")).toBeNull();
    for (const late of [approve("f1"), decline("f1"), withdraw("f1"), finish("f1")]) {
      expect(codeOf(withdrawn, late), late.type).not.toBe("ok");
    }
    expect(codeOf(withdrawn, ask("rollback", "f2"))).toBe("ok");
    expect(codeOf(withdrawn, ask("drop", "f1")), "its order is used up").toBe("WORKFLOW_TARGET");
    for (const answered of [approve("f1"), decline("f1")]) {
      expect(codeOf(stateAfter(...asked, answered), withdraw("f1"))).toBe("WORKFLOW_FOLLOW_UP");
    }
    expect(codeOf(stateAfter(...asked), withdraw("f2"))).toBe("WORKFLOW_FOLLOW_UP");
  });

  it("goes back behind the newest restore only; older copies may be dropped", () => {
    const again: Command[] = [
      { type: "return", act: "laksana", to: "rencana", by: teknisi, content },
      {
        ...perform("rencana", teknisi),
        freeze: { job: "j2", action: "restore", digest: hash },
      } as Command,
      start(),
      finish("j2"),
    ];
    const state = stateAfter(...restored, ...again);
    expect(state.restores.map(({ job }) => job)).toEqual(["j1", "j2"]);
    expect(codeOf(state, ask("rollback", "f1"))).toBe("WORKFLOW_FOLLOW_UP");
    expect(codeOf(state, ask("drop", "f1"))).toBe("ok");
    expect(codeOf(state, { ...ask("rollback", "f1"), restored: "j2" } as Command)).toBe("ok");
  });

  it("leaves the request where it is", () => {
    const open = stateAfter(...restored, ask("rollback", "f1"), approve("f1"), finish("f1"));
    expect(open).toMatchObject({ status: "active", act: "laksana" });
    const closed = stateAfter(...completed, ask("drop", "f1"), approve("f1"), finish("f1"));
    expect(closed).toMatchObject({ status: "completed", act: null });
  });
});

describe("the approver's role", () => {
  it("is another than the doer's where the SOP has one, in both sources", async () => {
    const { sops } = await loadCatalog("content");
    const roles = ["kaltim-backup-restore-database", "kukar-restore-vps-vm"].map((slug) => {
      const sop = sops.get(slug)?.sop as Sop;
      const act = positions(sop).find((one) => one.act.tugasAgen === "sesuai-permohonan")?.act;
      const role = approverRole(sop, act?.id ?? "");
      expect(role.id).not.toBe(act?.oleh);
      expect(role.jabatan.length).toBeGreaterThan(0);
      return role.id;
    });
    expect(roles).toEqual(["pengawas", "kepala-bidang"]);
  });

  it("is the role that fixed the order, where that is not the doer's own", () => {
    const langkah = sampleSop().langkah.map((step) => ({
      ...step,
      tindakan: step.tindakan.map((act) =>
        act.id === "rencana" ? { ...act, oleh: "pemeriksa" } : act,
      ),
    }));
    expect(approverRole(sampleSop({ langkah }), "laksana").id).toBe("pemeriksa");
    expect(approverRole(sampleSop(), "laksana").id).toBe("kabid");
  });
});

describe("properties over random commands", () => {
  const sop = sampleSop();
  const people = [pemohon, kabid, teknisi, auditor, actor("sari", "kabid"), actor("tono", "kabid")];
  const acts = positions(sop).map(({ act }) => act.id);
  const KINDS = [
    ...["forward", "forward", "forward", "forward", "finish", "finish", "preview"],
    ...["ask", "ask", "approve", "approve", "decline", "withdraw", "return"],
  ];
  const isActor = (id: string, by: Actor): boolean => {
    const act = positions(sop).find((one) => one.act.id === id)?.act;
    const role = roleOf(sop, act?.oleh ?? "");
    return role.pemohon ? by === pemohon : role.jabatan.includes(by.jabatan);
  };
  const runningJob = ({ jobs, preview: looked, restores }: RequestState): string | undefined =>
    [
      ...Object.values(jobs),
      ...(looked ? [looked] : []),
      ...restores.flatMap((one) => one.followUp ?? []),
    ].find(({ phase }) => phase === "started")?.job;
  const ids = fc.constantFrom("j1", "j2", "p1", "p2", "f1", "f2", "f3");
  const command = fc
    .tuple(
      fc.constantFrom(...KINDS),
      ids,
      fc.constantFrom(...people),
      fc.constantFrom("rollback" as const, "drop" as const),
      fc.constantFrom("succeeded" as const, "failed" as const),
    )
    .map(([kind, job, by, action, outcome]) => (state: RequestState): Command => {
      const act = state.act ?? acts[0] ?? "";
      switch (kind) {
        case "preview":
          return preview(job, by, act);
        case "ask":
          return {
            ...ask(action, job, by),
            restored: state.restores.at(-1)?.job ?? "j1",
          } as Command;
        case "approve":
          return approve(openFollowUp(state)?.followUp.job ?? job, by);
        case "decline":
          return decline(openFollowUp(state)?.followUp.job ?? job, by);
        case "withdraw":
          return withdraw(openFollowUp(state)?.followUp.job ?? job, by);
        case "finish":
          return finish(runningJob(state) ?? job, outcome);
        case "return":
          return { type: "return", act, to: "rencana", by, content };
        default: {
          // The right person as a rule, so that courses come far; anybody else is refused above.
          const right = people.find((one) => isActor(act, one)) ?? by;
          if (act === "laksana" && state.jobs["laksana"]?.phase === "frozen") return start(right);
          const freeze =
            act === "rencana" ? { job, action: "restore" as const, digest: hash } : null;
          return { ...perform(act, right), freeze } as Command;
        }
      }
    });

  it("replays to the same state, and nobody answers for themselves", () => {
    let answered = 0;
    let withdrawn = 0;
    fc.assert(
      fc.property(fc.array(command, { minLength: 20, maxLength: 60 }), (commands) => {
        const events = [submitted(sop)];
        let state = replay(sop, events) as RequestState;
        for (const make of commands) {
          const before = state;
          const decision = decide(sop, state, make(state));
          if (!decision.ok) continue;
          for (const event of decision.events) {
            state = evolve(sop, state, event);
            events.push(event);
            if (event.type === "follow_up_withdrawn") {
              const asker = openFollowUp(before)?.followUp.asker;
              expect(event.by.person).toBe(asker);
              withdrawn += 1;
            }
            if (event.type !== "follow_up_approved" && event.type !== "follow_up_declined")
              continue;
            answered += 1;
            const restore = before.restores.find(({ followUp }) => followUp?.job === event.job);
            expect([restore?.starter, restore?.followUp?.asker]).not.toContain(event.by.person);
            expect(roleOf(sop, "kabid").jabatan).toContain(event.by.jabatan);
          }
          const started = Object.values(state.jobs).filter(
            ({ phase }) => phase === "started",
          ).length;
          const beside = state.restores.filter(
            ({ followUp }) => followUp?.phase === "started",
          ).length;
          const looking = state.preview?.phase === "started" ? 1 : 0;
          expect(started + beside + looking).toBeLessThanOrEqual(1);
        }
        expect(replay(sop, events)).toEqual(state);
        const replayed = replayApprovals(sop, events);
        expect(replayed.ok && canonicalJson(replayed.state as unknown as Json)).toBe(
          canonicalJson(state as unknown as Json),
        );
      }),
      { numRuns: 1_500 },
    );
    expect(answered, "random courses reach an answer").toBeGreaterThan(0);
    expect(withdrawn, "random courses reach a withdrawal").toBeGreaterThan(0);
  });
});
