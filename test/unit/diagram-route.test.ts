import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnsOf, edgesOf, type Procedure } from "#diagram/route.ts";
import { cut, tilesOf } from "#diagram/tiles.ts";
import { anyProcedure, procedureOf } from "#support/procedures.ts";

/** Symbols are 56 px wide and columns at least 104 px, so a symbol begins at 23 % of its cell. */
const SYMBOL_BEGINS = 0.23;

describe("routes of a procedure", () => {
  it("every step has its symbol in each of its columns and nowhere else", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        const tiles = tilesOf(procedure);
        procedure.langkah.forEach((step, row) => {
          const drawn = procedure.pelaksana.flatMap(({ id }, column) =>
            tiles[row]?.[column]?.symbol ? [id] : [],
          );
          expect(new Set(drawn)).toEqual(new Set(step.kolom));
        });
      }),
    );
  });

  it("every edge starts and ends at the middle of a symbol", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        for (const edge of edgesOf(procedure)) {
          for (const [square, point] of [
            [edge.from, edge.points[0]],
            [edge.to, edge.points.at(-1)],
          ] as const) {
            const step = procedure.langkah[square.row];
            expect(step && columnsOf(procedure, step)).toContain(square.column);
            expect(point).toEqual({ x: square.column + 0.5, y: square.row + 0.5 });
          }
        }
      }),
    );
  });

  it("every edge runs only across or down", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        for (const { points } of edgesOf(procedure)) {
          points.slice(1).forEach((point, at) => {
            const before = points[at];
            expect(before?.x === point.x || before?.y === point.y).toBe(true);
          });
        }
      }),
    );
  });

  it("every exit of every step is drawn once, and the last step leads nowhere", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        const drawn = edgesOf(procedure)
          .filter((edge) => edge.kind !== "joint")
          .map((edge) => `${edge.from.row} ${edge.label ?? ""} ${edge.to.row}`);
        expect(drawn.toSorted()).toEqual(exits(procedure).toSorted());
      }),
    );
  });

  it("an edge to the next row passes through no symbol on its way", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        const tiles = tilesOf(procedure);
        for (const edge of edgesOf(procedure).filter(({ kind }) => kind === "next")) {
          const between = cut(edge).filter(
            ({ row, column }) =>
              !(row === edge.from.row && column === edge.from.column) &&
              !(row === edge.to.row && column === edge.to.column),
          );
          for (const { row, column } of between) {
            expect(tiles[row]?.[column]?.symbol ?? null).toBeNull();
          }
        }
      }),
    );
  });

  it("a track beside a symbol keeps clear of it", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        for (const edge of edgesOf(procedure).filter(({ kind }) => kind === "branch")) {
          const x = (edge.points[1]?.x ?? 0) % 1;
          expect(Math.min(x, 1 - x)).toBeGreaterThan(0);
          expect(Math.min(x, 1 - x)).toBeLessThan(SYMBOL_BEGINS);
        }
      }),
    );
  });
});

describe("tracks", () => {
  it("two detours that pass the same rows on the same side never share a track", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        const tracks = edgesOf(procedure)
          .filter(({ kind }) => kind === "branch")
          .map(({ points: [, out, back] }) => ({
            x: out?.x,
            rows: [out?.y ?? 0, back?.y ?? 0].toSorted((a, b) => a - b) as [number, number],
          }));
        tracks.forEach((one, at) => {
          for (const other of tracks.slice(at + 1)) {
            const meet = one.rows[0] < other.rows[1] && other.rows[0] < one.rows[1];
            expect(meet && one.x === other.x).toBe(false);
          }
        });
      }),
    );
  });
});

describe("tiles of a procedure", () => {
  it("all coordinates are percents of the cell", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        for (const tile of tilesOf(procedure).flat()) {
          for (const line of tile.lines) {
            for (const value of Object.values(line)) {
              expect(value).toBeGreaterThanOrEqual(0);
              expect(value).toBeLessThanOrEqual(100);
            }
          }
        }
      }),
    );
  });

  it("the cut pieces of an edge add up to the edge", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        for (const edge of edgesOf(procedure)) {
          const whole = edge.points
            .slice(1)
            .reduce(
              (sum, point, at) =>
                sum +
                Math.abs(point.x - (edge.points[at]?.x ?? 0)) +
                Math.abs(point.y - (edge.points[at]?.y ?? 0)),
              0,
            );
          const pieces = cut(edge).reduce(
            (sum, { line }) => sum + Math.abs(line.x2 - line.x1) + Math.abs(line.y2 - line.y1),
            0,
          );
          expect(pieces).toBeCloseTo(whole * 100, 0);
        }
      }),
    );
  });

  it("every symbol has words, and a cell without symbol has none", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        for (const tile of tilesOf(procedure).flat()) {
          expect(tile.text !== null).toBe(tile.symbol !== null);
        }
      }),
    );
  });

  it("an arrow head stands on the first symbol of every step that something leads to", () => {
    const tiles = tilesOf(procedureOf([["a"], ["b", "c"], ["c"]]));
    const arrows = tiles.map((row) => row.map((tile) => tile.arrow));
    expect(arrows).toEqual([
      [false, false, false],
      [false, true, false],
      [false, false, true],
    ]);
  });

  it("page connectors stand at the foot where the flow leaves and at the head where it comes in", () => {
    const procedure = procedureOf([["a"], ["b"], ["a"]], {
      connectors: { 0: { huruf: "A", arah: "keluar" }, 1: { huruf: "A", arah: "masuk" } },
    });
    const tiles = tilesOf(procedure);
    expect(tiles[0]?.map((tile) => tile.connector)).toEqual([null, { letter: "A", at: "foot" }]);
    expect(tiles[1]?.map((tile) => tile.connector)).toEqual([null, { letter: "A", at: "head" }]);
  });
});

function exits({ langkah }: Procedure): string[] {
  return langkah.flatMap((step, row) =>
    step.cabang.length > 0
      ? step.cabang.map(
          ({ label, ke }) => `${row} ${label} ${langkah.findIndex(({ no }) => no === ke)}`,
        )
      : row + 1 < langkah.length
        ? [`${row}  ${row + 1}`]
        : [],
  );
}
