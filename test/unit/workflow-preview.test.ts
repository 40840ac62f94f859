import { describe, expect, it } from "vitest";
import type { Sop } from "#domain/sop/schema.ts";
import { previewable } from "#domain/workflow/preview.ts";
import type { Command } from "#domain/workflow/types.ts";
import { sampleSop } from "#support/sample-sop.ts";
import {
  actor,
  choices,
  codeOf,
  completed,
  content,
  courseOf,
  finish,
  kabid,
  pemohon,
  perform,
  planned,
  preview,
  restored,
  start,
  stateAfter,
  teknisi,
} from "./restore-course.ts";

/** Where the act that runs also chooses: nothing is fixed before. */
function choosingSop(): Sop {
  const langkah = sampleSop().langkah.map((step) => ({
    ...step,
    tindakan: step.tindakan
      .filter(({ id }) => id !== "rencana")
      .map((act) => (act.id === "laksana" ? { ...act, memilihSasaran: true } : act)),
  }));
  return sampleSop({ langkah });
}

describe("a preview", () => {
  it("is there from the moment the order is fixed until the restore begins", () => {
    expect(codeOf(stateAfter(perform("putuskan", kabid)), preview("p1", teknisi, "rencana"))).toBe(
      "WORKFLOW_PREVIEW",
    );
    expect(codeOf(stateAfter(...planned), preview("p1"))).toBe("ok");
    expect(codeOf(stateAfter(...planned, start()), preview("p1"))).toBe("WORKFLOW_PREVIEW");
    expect(codeOf(stateAfter(...restored), preview("p1"))).toBe("WORKFLOW_PREVIEW");
    expect(codeOf(stateAfter(...completed), preview("p1"))).toBe("WORKFLOW_CLOSED");
  });

  it("is for whoever may take the open act, and looks at what is fixed", () => {
    const state = stateAfter(...planned);
    expect(codeOf(state, preview("p1", kabid))).toBe("WORKFLOW_WRONG_PERSON");
    expect(codeOf(state, preview("p1", actor("tono", "teknisi")))).toBe("ok");
    const other = { ...preview("p1"), choices: [{ alias: "lain", backup: "b9" }] } as Command;
    const { state: looked } = courseOf([...planned, other]);
    expect(looked.preview?.choices).toEqual(choices);
  });

  it("looks at what the open act would choose, where that act chooses, and fixes nothing", () => {
    const sop = choosingSop();
    const open = courseOf([perform("putuskan", kabid)], sop).state;
    expect(previewable(sop, open)).toEqual({ act: "laksana", choices: null });
    expect(codeOf(open, preview("p1"), sop)).toBe("WORKFLOW_TARGET");
    const chosen = { ...preview("p1"), choices } as Command;
    const looked = courseOf([perform("putuskan", kabid), chosen, finish("p1")], sop).state;
    expect(looked.preview).toMatchObject({ choices, phase: "succeeded" });
    expect(looked.choices).toEqual([]);
    const backup = { ...preview("p1"), choices: [{ alias: "db", backup: null }] } as Command;
    expect(codeOf(open, backup, sop)).toBe("WORKFLOW_TARGET");
  });

  it("may be made again, one at a time, and only the restore waits for it", () => {
    const working = stateAfter(...planned, preview("p1"));
    expect(codeOf(working, preview("p2"))).toBe("WORKFLOW_JOB_ACTIVE");
    expect(codeOf(working, start())).toBe("WORKFLOW_JOB_ACTIVE");
    for (const command of [
      { type: "ask", act: "laksana", by: teknisi, content },
      { type: "return", act: "laksana", to: "rencana", by: teknisi, content },
      { type: "refuse", act: "laksana", by: teknisi, reason: "lainnya", content },
      { type: "cancel", by: pemohon, content },
    ] as const) {
      expect(codeOf(working, command), command.type).toBe("ok");
    }
    for (const outcome of ["succeeded", "failed"] as const) {
      const ended = stateAfter(...planned, preview("p1"), finish("p1", outcome));
      expect(codeOf(ended, preview("p2"))).toBe("ok");
      expect(codeOf(ended, preview("p1"))).toBe("WORKFLOW_TARGET");
      expect(codeOf(ended, start())).toBe("ok");
      expect(codeOf(ended, finish("p1"))).toBe("JOB_STATE");
    }
  });

  it("ends also where the request was sent back or given up meanwhile", () => {
    const back = { type: "return", act: "laksana", to: "rencana", by: teknisi, content } as const;
    const over = { type: "cancel", by: pemohon, content } as const;
    for (const command of [back, over]) {
      const state = stateAfter(...planned, preview("p1"), command, finish("p1"));
      expect(state.preview?.phase).toBe("succeeded");
    }
  });

  it("is no doing of the act: the starter of a preview may check what another did", () => {
    const looked = [...planned, preview("p1", actor("tono", "teknisi")), finish("p1")];
    const state = stateAfter(...looked, start(), finish("j1"), perform("laksana", teknisi));
    expect(codeOf(state, perform("periksa", actor("tono", "teknisi")))).toBe("ok");
  });
});
