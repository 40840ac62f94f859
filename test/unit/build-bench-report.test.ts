import { afterEach, describe, expect, test, vi } from "vitest";
import { meets, printReport, rows } from "../bench/report.ts";

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

function printed(...report: Parameters<typeof printReport>): string {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  printReport(...report);
  return lines.join("\n");
}

describe("the report of a benchmark", () => {
  test("holds a figure against its budget, and what was not measured meets nothing", () => {
    expect(meets(15, "≤ 15")).toBe(true);
    expect(meets(15.1, "≤ 15")).toBe(false);
    expect(meets(95, "≥ 95")).toBe(true);
    expect(meets(94, "≥ 95")).toBe(false);
    expect(meets(null, "≤ 15")).toBeNull();
    expect(meets(15, null)).toBeNull();
    expect(() => meets(15, "15")).toThrow(/no budget/);
  });

  test("has one row a peer, and tells our own figure once", () => {
    const peers = [
      { name: "A", value: 20 },
      { name: "B", value: null },
    ];
    const all = rows("build", "s", 12.3456, "≤ 15", peers);
    expect(all.map(({ peerName, peer, ours, met }) => [peerName, peer, ours, met])).toEqual([
      ["A", 20, 12.3456, true],
      ["B", null, 12.3456, true],
    ]);
    const table = printed("Site", all, true);
    expect(table.match(/12\.3/g)).toHaveLength(1);
    expect(table).toMatch(/20 {2}A\n.*– {2}B/);
  });

  test("names what is over budget without calling the run a failure", () => {
    const text = printed("Site", rows("build", "s", 16, "≤ 15"), true);
    expect(text).toContain("over budget: build");
    expect(process.exitCode).toBeUndefined();
  });

  test("is a failure where something could not be measured", () => {
    printed("Site", rows("build", "s", null, "≤ 15"), false);
    expect(process.exitCode).toBe(1);
  });
});
