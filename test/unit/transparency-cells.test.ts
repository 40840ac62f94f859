import { describe, expect, it } from "vitest";
import { type CountedRequest, cellsOf, difference, sumOf } from "#domain/transparency/cells.ts";

const monthOf = (instant: string): string => instant.slice(0, 7);

const request = (changes: Partial<CountedRequest> = {}): CountedRequest => ({
  slug: "contoh",
  versi: 1,
  kind: "restore",
  status: "active",
  refusal: null,
  submittedAt: "2026-01-30T02:00:00Z",
  closedAt: null,
  steps: [
    step({ workingMinutes: null, closedAt: "2026-01-30T02:00:00Z" }),
    step({ step: 2, outcome: "open", closedAt: null, workingMinutes: null, onTime: null }),
  ],
  ...changes,
});

function step(changes: Partial<CountedRequest["steps"][number]> = {}) {
  const base = { step: 1, outcome: "closed", closedAt: "2026-02-02T02:00:00Z" } as const;
  return { ...base, workingMinutes: 30, onTime: true, ...changes };
}

const told = (cells: ReturnType<typeof cellsOf>): string[] =>
  cells.map(({ month, step, measure, bucket, count }) =>
    [month, step, measure, bucket, count].join(" "),
  );

describe("the cells of a request", () => {
  it("count its arrival in the month it came, and nothing of a step without a clock", () => {
    expect(told(cellsOf(request(), monthOf))).toEqual(["2026-01 0 received 0 1"]);
  });

  it("count what ended in the month in which it ended", () => {
    const done = request({
      status: "completed",
      closedAt: "2026-03-01T02:00:00Z",
      steps: [
        step({ step: 2, outcome: "returned", workingMinutes: 10, onTime: null }),
        step({ step: 2, workingMinutes: 20 }),
        step({ step: 3, workingMinutes: 45, onTime: false, closedAt: "2026-03-01T02:00:00Z" }),
      ],
    });
    expect(told(cellsOf(done, monthOf))).toEqual([
      "2026-01 0 received 0 1",
      "2026-03 0 completed 0 1",
      "2026-03 0 request-minutes 75 1",
      "2026-02 2 returned 0 1",
      "2026-02 2 on-time 0 1",
      "2026-02 2 step-minutes 20 1",
      "2026-03 3 late 0 1",
      "2026-03 3 step-minutes 45 1",
    ]);
  });

  it("count a refusal once as such and once by its class", () => {
    const refused = request({
      status: "refused",
      refusal: "kapasitas",
      closedAt: "2026-02-02T02:00:00Z",
      steps: [],
    });
    expect(told(cellsOf(refused, monthOf))).toContain("2026-02 0 refused:kapasitas 0 1");
    expect(told(cellsOf({ ...refused, refusal: null }, monthOf))).toContain(
      "2026-02 0 refused:lainnya 0 1",
    );
  });

  it("change by exactly the difference", () => {
    const before = cellsOf(request(), monthOf);
    const after = cellsOf(
      request({ status: "cancelled", closedAt: "2026-02-01T00:00:00Z" }),
      monthOf,
    );
    const change = difference(before, after);
    expect(told(change)).toEqual(["2026-02 0 cancelled 0 1"]);
    expect(sumOf([...before, ...change])).toEqual(after);
    expect(difference(after, after)).toEqual([]);
  });
});
