import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnsOf, type Edge, exitsOf, type Point, type Procedure } from "#diagram/grid.ts";
import { edgesOf } from "#diagram/route.ts";
import { anyProcedure, procedureOf } from "#support/procedures.ts";
import { variedSops } from "#support/varied-sops.ts";

/** Symbols are 56 px wide and columns at least 96 px; rows are at least 72 px high, symbols 32 px. */
const SYMBOL = { left: 0.21, right: 0.79, top: 0.27, bottom: 0.73 };
/** Thick enough to be told apart at 96 px: 1.5 px. */
const APART = 1.5 / 96;

type Leg = readonly [Point, Point];

describe("routes of a procedure", () => {
  it("every edge starts and ends at the middle of a symbol of its steps", () => {
    holds((procedure, edges) => {
      for (const edge of edges) {
        for (const [square, point] of [
          [edge.from, edge.points[0]],
          [edge.to, edge.points.at(-1)],
        ] as const) {
          const step = procedure.langkah[square.row];
          expect(step && columnsOf(procedure, step)).toContain(square.column);
          expect(point).toEqual({ x: square.column + 0.5, y: square.row + 0.5 });
        }
      }
    });
  });

  it("every leg runs across or down, and every corner turns", () => {
    holds((_, edges) => {
      for (const edge of edges) {
        const turns = legs(edge).map(([a, b]) => {
          expect(a.x === b.x).not.toBe(a.y === b.y);
          return a.x === b.x;
        });
        turns.slice(1).forEach((turn, at) => {
          expect(turn).toBe(!turns[at]);
        });
      }
    });
  });

  it("every edge stays within the table", () => {
    holds((procedure, edges) => {
      for (const { x, y } of edges.flatMap((edge) => edge.points)) {
        expect(x > 0 && x < procedure.pelaksana.length).toBe(true);
        expect(y > 0 && y < procedure.langkah.length).toBe(true);
      }
    });
  });

  it("every exit of every step is drawn once, and nothing else", () => {
    holds((procedure, edges) => {
      const drawn = edges
        .filter((edge) => edge.kind !== "joint")
        .map((edge) => `${edge.from.row} ${edge.label} ${edge.to.row}`);
      const wanted = procedure.langkah.flatMap((_, row) =>
        exitsOf(procedure, row).map((exit) => `${row} ${exit.label} ${exit.row}`),
      );
      expect(drawn.toSorted()).toEqual(wanted.toSorted());
    });
  });

  it("joints connect all symbols of a step and touch no other", () => {
    holds((procedure, edges) => {
      procedure.langkah.forEach((step, row) => {
        const own = columnsOf(procedure, step).toSorted((a, b) => a - b);
        const pairs = edges
          .filter((edge) => edge.kind === "joint" && edge.from.row === row)
          .map((edge) => [edge.from.column, edge.to.column]);
        expect(pairs).toEqual(own.slice(1).map((column, at) => [own[at], column]));
      });
    });
  });

  it("no leg touches a symbol other than the two that its edge connects", () => {
    holds((procedure, edges) => {
      const symbols = procedure.langkah.flatMap((step, row) =>
        columnsOf(procedure, step).map((column) => ({ row, column })),
      );
      for (const edge of edges) {
        for (const [a, b] of legs(edge)) {
          const hit = symbols.filter(
            ({ row, column }) =>
              Math.max(a.x, b.x) > column + SYMBOL.left &&
              Math.min(a.x, b.x) < column + SYMBOL.right &&
              Math.max(a.y, b.y) > row + SYMBOL.top &&
              Math.min(a.y, b.y) < row + SYMBOL.bottom,
          );
          const own = [edge.from, edge.to].map(({ row, column }) => `${row} ${column}`);
          for (const { row, column } of hit) expect(own).toContain(`${row} ${column}`);
        }
      }
    });
  });

  it("two edges never lie on each other, unless they enter the same symbol", () => {
    holds((_, edges) => {
      edges.forEach((one, at) => {
        for (const other of edges.slice(at + 1)) {
          if (one.kind !== "joint" && other.kind !== "joint" && one.to.row === other.to.row) {
            continue;
          }
          for (const leg of legs(one)) {
            for (const cut of legs(other)) expect(covers(leg, cut)).toBe(false);
          }
        }
      });
    });
  });

  it("every arrow enters its symbol from above", () => {
    holds((_, edges) => {
      for (const edge of edges.filter(({ kind }) => kind !== "joint")) {
        const [before, end] = edge.points.slice(-2);
        expect(before?.x).toBe(end?.x);
        expect(before?.y).toBeLessThan(end?.y ?? 0);
      }
    });
  });

  it("the exits of a decision leave at different sides", () => {
    holds((procedure, edges) => {
      procedure.langkah.forEach((step, row) => {
        if (step.cabang.length === 0) return;
        const sides = edges
          .filter((edge) => edge.kind !== "joint" && edge.from.row === row)
          .map(({ points: [start, next] }) =>
            start?.x === next?.x ? "down" : (next?.x ?? 0) < (start?.x ?? 0) ? "left" : "right",
          );
        expect(new Set(sides).size).toBe(sides.length);
      });
    });
  });

  it("is the same for the same procedure", () => {
    fc.assert(
      fc.property(anyProcedure, (procedure) => {
        expect(edgesOf(procedure)).toEqual(edgesOf(structuredClone(procedure)));
      }),
    );
  });
});

describe("chosen ways", () => {
  const points = (edge: Edge | undefined) => edge?.points.map(({ x, y }) => [x, y]);

  it("go straight down in one column, and across then down to another", () => {
    const [down, across, left] = edgesOf(procedureOf([["a"], ["a"], ["b"], ["a"]]));
    expect(points(down)).toEqual([
      [0.5, 0.5],
      [0.5, 1.5],
    ]);
    expect(points(across)).toEqual([
      [0.5, 1.5],
      [1.5, 1.5],
      [1.5, 2.5],
    ]);
    expect(points(left)).toEqual([
      [1.5, 2.5],
      [0.5, 2.5],
      [0.5, 3.5],
    ]);
  });

  it("a way back leaves at a side, goes up beside the symbols, and comes in over the target", () => {
    const branches = {
      2: [
        { label: "Ya" as const, ke: 4 },
        { label: "Tidak" as const, ke: 2 },
      ],
    };
    const edges = edgesOf(procedureOf([["a"], ["a"], ["a"], ["b"]], { branches }));
    const back = edges.find((edge) => edge.label === "Tidak");
    expect(points(back)).toEqual([
      [0.5, 2.5],
      [0.1, 2.5],
      [0.1, 1.1],
      [0.5, 1.1],
      [0.5, 1.5],
    ]);
  });

  it("a way ahead over free squares goes straight down into its target", () => {
    const branches = {
      0: [
        { label: "Ya" as const, ke: 2 },
        { label: "Tidak" as const, ke: 4 },
      ],
    };
    const edges = edgesOf(procedureOf([["b"], ["a"], ["a"], ["b"]], { branches }));
    expect(points(edges.find((edge) => edge.label === "Tidak"))).toEqual([
      [0.5, 0.5],
      [0.5, 3.5],
    ]);
  });

  it("a decision whose exits both lead to the next row draws both", () => {
    const branches = {
      1: [
        { label: "Ya" as const, ke: 3 },
        { label: "Tidak" as const, ke: 3 },
      ],
    };
    const edges = edgesOf(procedureOf([["a"], ["a"], ["a"]], { branches }));
    expect(edges.filter((edge) => edge.from.row === 1).map((edge) => edge.label)).toEqual(
      expect.arrayContaining(["Ya", "Tidak"]),
    );
  });

  it("of nested ways back in one strip the longer one lies outside", () => {
    const back = (ya: number, ke: number) => [
      { label: "Ya" as const, ke: ya },
      { label: "Tidak" as const, ke },
    ];
    const branches = { 3: back(5, 3), 4: back(6, 2), 5: back(7, 1) };
    const procedure = procedureOf([["a"], ["a"], ["a"], ["a"], ["a"], ["a"], ["a"]], { branches });
    const runs = edgesOf(procedure)
      .filter((edge) => edge.label === "Tidak")
      .map(({ from, to, points: [, corner] }) => ({
        rows: from.row - to.row,
        left: (corner?.x ?? 0) < 0.5,
        out: Math.abs((corner?.x ?? 0) - 0.5),
      }));
    const pairs = runs.flatMap((one) => runs.map((other) => [one, other] as const));
    const nested = pairs.filter(([one, other]) => one.left === other.left && one.rows > other.rows);
    expect(nested.length).toBeGreaterThan(0);
    for (const [long, short] of nested) expect(long.out).toBeGreaterThan(short.out);
  });
});

function holds(check: (procedure: Procedure, edges: readonly Edge[]) => void): void {
  fc.assert(
    fc.property(anyProcedure, (procedure) => check(procedure, edgesOf(procedure))),
    { numRuns: 300 },
  );
  for (const make of Object.values(variedSops)) {
    const sop = make();
    check(sop, edgesOf(sop));
  }
}

function legs({ points }: Pick<Edge, "points">): Leg[] {
  return points.slice(1).map((end, at): Leg => [points[at] ?? end, end]);
}

/** The legs lie on the same line, closer than lines are drawn, for some length. */
function covers(one: Leg, other: Leg): boolean {
  const span = ([a, b]: Leg, axis: "x" | "y") =>
    [Math.min(a[axis], b[axis]), Math.max(a[axis], b[axis])] as const;
  return (["x", "y"] as const).some((along) => {
    const across = along === "x" ? "y" : "x";
    if (one[0][across] !== one[1][across] || other[0][across] !== other[1][across]) return false;
    if (Math.abs(one[0][across] - other[0][across]) > APART) return false;
    const [low, high] = span(one, along);
    const [from, to] = span(other, along);
    return Math.min(high, to) - Math.max(low, from) > 1e-9;
  });
}
