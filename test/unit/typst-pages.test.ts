import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Edge, edgesOf } from "#diagram/route.ts";
import { anyProcedure, procedureOf } from "#support/procedures.ts";
import { crossingsOf, pageStarts, printedBreaks } from "../../src/typst/pages.ts";

const nothing = new Map<number, string>();
const room = { first: 100, later: 120 };

function starts(heights: readonly number[], printed: ReadonlyMap<number, string> = nothing) {
  return pageStarts(heights, { room, strip: () => 10, printed });
}

const straight = (from: number, to: number, x = 0.5): Edge => ({
  kind: to === from + 1 ? "next" : "branch",
  from: { row: from, column: 0 },
  to: { row: to, column: 0 },
  label: null,
  points: [
    { x: 0.5, y: from + 0.5 },
    { x, y: from + 0.5 },
    { x, y: to + 0.5 },
    { x: 0.5, y: to + 0.5 },
  ],
});

describe("where pages end", () => {
  test("a procedure that fits one page has one page", () => {
    expect(starts([20, 20, 20, 20, 20])).toEqual([0]);
  });

  test("a page keeps room for its connectors", () => {
    expect(starts([20, 20, 20, 20, 20, 20, 20])).toEqual([0, 4]);
  });

  test("the break of the source is kept", () => {
    expect(starts([20, 20, 20, 20], new Map([[2, "A"]]))).toEqual([0, 2]);
  });

  test("a break of the source that would leave a row alone is not kept", () => {
    expect(starts([20, 20, 20, 20], new Map([[1, "A"]]))).toEqual([0]);
  });

  test("no row stands alone on the last page where it can have company", () => {
    expect(starts([30, 30, 30, 30])).toEqual([0, 2]);
  });

  test("a row higher than a page gets one for itself", () => {
    expect(starts([20, 500, 20])).toEqual([0, 1, 2]);
  });

  test("every page holds its rows, whatever their heights", () => {
    const heights = fc.array(fc.integer({ min: 5, max: 90 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(heights, (rows) => {
        const found = starts(rows);
        expect(found[0]).toBe(0);
        found.forEach((from, page) => {
          const to = found[page + 1] ?? rows.length;
          expect(to).toBeGreaterThan(from);
          const strips = (from > 0 ? 10 : 0) + (to < rows.length ? 10 : 0);
          const taken = rows.slice(from, to).reduce((sum, one) => sum + one, strips);
          if (to - from > 1) expect(taken).toBeLessThanOrEqual(page === 0 ? 100 : 120);
        });
      }),
    );
  });
});

describe("breaks of the source", () => {
  test("stand after a step that goes out and before one that comes in", () => {
    const out = { huruf: "A", arah: "keluar" } as const;
    const into = { huruf: "A", arah: "masuk" } as const;
    const steps = [["a"], ["a"], ["a"], ["a"]];
    expect(printedBreaks(procedureOf(steps, { connectors: { 1: out, 2: into } }))).toEqual(
      new Map([[2, "A"]]),
    );
    expect(printedBreaks(procedureOf(steps, { connectors: { 0: into, 3: out } })).size).toBe(0);
  });
});

describe("connectors", () => {
  test("an edge has one letter wherever it crosses", () => {
    const found = crossingsOf([straight(0, 5, 0.1), straight(1, 2)], [0, 2, 4], nothing);
    expect(found.map(({ row, letter }) => [row, letter])).toEqual([
      [2, "A"],
      [2, "B"],
      [4, "A"],
    ]);
  });

  test("a way back crosses upwards", () => {
    const [found] = crossingsOf([straight(3, 1, 0.9)], [0, 3], nothing);
    expect(found).toMatchObject({ row: 3, x: 0.9, direction: "up", letter: "A" });
  });

  test("the letter of the source stays with its break, and nothing else takes it", () => {
    const edges = [straight(0, 1), straight(2, 0, 0.1), straight(1, 2)];
    const found = crossingsOf(edges, [0, 1, 2], new Map([[2, "A"]]));
    expect(found.map(({ row, x, letter }) => [row, x, letter])).toEqual([
      [1, 0.1, "B"],
      [1, 0.5, "C"],
      [2, 0.1, "B"],
      [2, 0.5, "A"],
    ]);
  });

  test("after Z comes AA", () => {
    const edges = Array.from({ length: 28 }, (_, at) => straight(0, 1, at / 100));
    const letters = crossingsOf(edges, [0, 1], nothing).map(({ letter }) => letter);
    expect(letters.slice(24)).toEqual(["Y", "Z", "AA", "AB"]);
  });

  test("every edge between pages crosses each break on its way", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        const pages = [0, 3, 6, 9].filter((row) => row < procedure.langkah.length);
        const edges = edgesOf(procedure);
        const found = crossingsOf(edges, pages, nothing);
        for (const edge of edges) {
          const [top, bottom] = [edge.from.row, edge.to.row].sort((a, b) => a - b) as [
            number,
            number,
          ];
          for (const row of pages.slice(1).filter((row) => row > top && row <= bottom)) {
            expect(found.some((one) => one.edge === edge && one.row === row)).toBe(true);
          }
        }
      }),
    );
  });
});
