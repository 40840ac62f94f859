import { describe, expect, it } from "vitest";
import { decide } from "#domain/workflow/decide.ts";
import { evolve, replay } from "#domain/workflow/evolve.ts";
import type { Command, RequestState, WorkflowEvent } from "#domain/workflow/types.ts";
import { sampleSop } from "#support/sample-sop.ts";

const hash = "0".repeat(64);
const kabid = { person: "budi", jabatan: "kabid", capacity: "definitif" } as const;

/** The sample with its decision leading back to itself, at most `maks` times. */
function looping(maks: number | undefined) {
  const sop = sampleSop();
  return sampleSop({
    langkah: sop.langkah.map((step) =>
      step.no === 2
        ? {
            ...step,
            cabang: [
              { label: "Ya", ke: 3 },
              { label: "Tidak", ke: 2, ...(maks === undefined ? {} : { maks }) },
            ],
          }
        : step,
    ),
  });
}

const submitted: WorkflowEvent = {
  type: "submitted",
  act: "ajukan",
  kind: "backup",
  sop: { slug: "contoh", digest: hash },
  by: { person: "pemohon:1", jabatan: "pemohon", capacity: "pemohon" },
  content: { id: "c1", commitment: hash },
  documents: [],
};

const choose = (branch: string): Command => ({
  type: "perform",
  act: "putuskan",
  by: kabid,
  ticks: [0, 1],
  content: null,
  documents: [],
  branch,
  choices: null,
  freeze: null,
});

/** Codes of taking the way back again and again, then the way on. */
function course(maks: number | undefined, turns: number): string[] {
  const sop = looping(maks);
  let state = replay(sop, [submitted]) as RequestState;
  return [...Array.from({ length: turns }, () => "Tidak"), "Ya"].map((branch) => {
    const decision = decide(sop, state, choose(branch));
    if (!decision.ok) return decision.code;
    for (const event of decision.events) state = evolve(sop, state, event);
    return `${branch} → ${state.act}`;
  });
}

describe("a way back in the procedure", () => {
  it("may be taken as often as the SOP allows, then only the way on", () => {
    expect(course(2, 3)).toEqual([
      "Tidak → putuskan",
      "Tidak → putuskan",
      "WORKFLOW_ROUNDS",
      "Ya → rencana",
    ]);
  });

  it("has no end where the SOP names none", () => {
    expect(course(undefined, 5).every((one) => one !== "WORKFLOW_ROUNDS")).toBe(true);
  });
});
