import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Procedure } from "#diagram/grid.ts";
import { edgesOf } from "#diagram/route.ts";
import { cut, passing, type Tile, tilesOf } from "#diagram/tiles.ts";
import { anyProcedure, procedureOf } from "#support/procedures.ts";
import { variedSops } from "#support/varied-sops.ts";

describe("tiles of a procedure", () => {
  it("every step has its symbol in each of its columns and nowhere else", () => {
    holds((procedure, tiles) => {
      procedure.langkah.forEach((step, row) => {
        const drawn = procedure.pelaksana.map((_, column) => tiles[row]?.[column]?.symbol ?? null);
        expect(drawn).toEqual(
          procedure.pelaksana.map(({ id }) => (step.kolom.includes(id) ? step.simbol : null)),
        );
      });
    });
  });

  it("all coordinates are percents of the cell, and every line runs across or down", () => {
    holds((_, tiles) => {
      for (const { x1, y1, x2, y2 } of tiles.flat().flatMap(({ lines }) => lines)) {
        for (const value of [x1, y1, x2, y2]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(100);
        }
        expect(x1 === x2).not.toBe(y1 === y2);
        expect(x1 <= x2 && y1 <= y2).toBe(true);
      }
    });
  });

  it("what leaves a cell enters its neighbour at the same place", () => {
    holds((procedure, tiles) => {
      tiles.forEach((cells, row) => {
        cells.forEach((tile, column) => {
          const last = { row: row === tiles.length - 1, column: column === cells.length - 1 };
          const below = last.row ? [] : (tiles[row + 1]?.[column]?.lines ?? []);
          const right = last.column ? [] : (cells[column + 1]?.lines ?? []);
          const out = tile.lines.filter(({ x1, x2, y2 }) => x1 === x2 && y2 === 100);
          const over = tile.lines.filter(({ x2, y1, y2 }) => y1 === y2 && x2 === 100);
          const where = (lines: readonly { x1: number }[]) => lines.map(({ x1 }) => x1).toSorted();
          const enters = below.filter(({ x1, x2, y1 }) => x1 === x2 && y1 === 0);
          expect(where(out)).toEqual(where(enters));
          const height = (lines: readonly { y1: number }[]) => lines.map(({ y1 }) => y1).toSorted();
          const comes = right.filter(({ x1, y1, y2 }) => y1 === y2 && x1 === 0);
          expect(height(over)).toEqual(height(comes));
        });
      });
      expect(procedure.langkah.length).toBe(tiles.length);
    });
  });

  it("the lines of a cell are exactly what its edges draw there, each stretch once", () => {
    holds((procedure, tiles) => {
      const pieces = edgesOf(procedure).flatMap(cut);
      tiles.forEach((cells, row) => {
        cells.forEach((tile, column) => {
          const own = pieces.filter((piece) => piece.row === row && piece.column === column);
          for (const { line } of own) {
            const covering = tile.lines.filter(
              (one) =>
                one.x1 <= line.x1 && one.x2 >= line.x2 && one.y1 <= line.y1 && one.y2 >= line.y2,
            );
            expect(covering.length).toBe(1);
          }
          expect(tile.lines.length > 0).toBe(own.length > 0);
          expect(tile.lines.length).toBeLessThanOrEqual(own.length);
        });
      });
    });
  });

  it("lines pass the upper border of a row where they pass the lower one of the row above", () => {
    holds((_, tiles) => {
      tiles.slice(1).forEach((cells, above) => {
        cells.forEach((tile, column) => {
          const out = (tiles[above]?.[column]?.lines ?? [])
            .filter(({ x1, x2, y2 }) => x1 === x2 && y2 === 100)
            .map(({ x1 }) => x1);
          expect(passing(tile)).toEqual(out.toSorted((a, b) => a - b));
        });
      });
    });
  });

  it("an arrow head stands on the first symbol in the flow of every step that something leads to", () => {
    holds((procedure, tiles) => {
      const targets = new Set(
        edgesOf(procedure)
          .filter(({ kind }) => kind !== "joint")
          .map(({ to }) => `${to.row} ${to.column}`),
      );
      tiles.forEach((cells, row) => {
        cells.forEach((tile, column) => {
          expect(tile.arrow).toBe(targets.has(`${row} ${column}`));
          if (tile.arrow) {
            expect(procedure.langkah[row]?.kolom[0]).toBe(procedure.pelaksana[column]?.id);
          }
        });
      });
    });
  });

  it("each exit of a decision is labelled once, at the symbol that it leaves", () => {
    holds((procedure, tiles) => {
      procedure.langkah.forEach((step, row) => {
        const labels = (tiles[row] ?? []).flatMap((tile) => tile.labels.map(({ text }) => text));
        expect(labels.toSorted()).toEqual(step.cabang.map(({ label }) => label).toSorted());
        for (const tile of tiles[row] ?? []) {
          if (tile.labels.length > 0) expect(tile.symbol).toBe(step.simbol);
        }
      });
    });
  });

  it("every symbol has words, and a cell without symbol has none", () => {
    holds((_, tiles) => {
      for (const tile of tiles.flat()) {
        expect(tile.text !== null).toBe(tile.symbol !== null);
        expect(tile.words !== null).toBe(tile.symbol !== null);
      }
    });
  });

  it("a label stands on the other side of a line that turns to where it would stand", () => {
    const exits = (ya: number, tidak: number) => [
      { label: "Ya" as const, ke: ya },
      { label: "Tidak" as const, ke: tidak },
    ];
    const back = tilesOf(procedureOf([["a"], ["a"], ["b"]], { branches: { 1: exits(3, 1) } }));
    expect(back[1]?.[0]?.labels).toContainEqual({ text: "Tidak", side: "left", opposite: false });
    const ahead = procedureOf([["a"], ["a"], ["a"], ["a"]], { branches: { 0: exits(2, 4) } });
    expect(tilesOf(ahead)[0]?.[0]?.labels).toContainEqual({
      text: "Tidak",
      side: "left",
      opposite: true,
    });
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

function holds(check: (procedure: Procedure, tiles: readonly (readonly Tile[])[]) => void): void {
  fc.assert(fc.property(anyProcedure, (procedure) => check(procedure, tilesOf(procedure))));
  for (const make of Object.values(variedSops)) {
    const sop = make();
    check(sop, tilesOf(sop));
  }
}
