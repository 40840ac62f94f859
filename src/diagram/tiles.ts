/**
 * The diagram cut into one tile a cell, in percent of the cell, so that every tile stretches with
 * its table row while the symbols keep their size.
 */
import type { SopStep } from "#domain/sop/schema.ts";
import { columnsOf, type Edge, edgesOf, type Point, type Procedure } from "./route.ts";
import { flowText } from "./text.ts";

export type SymbolName = SopStep["simbol"];

/** A line inside a cell; 0–100 from its left and its top. */
export interface TileLine {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** The off-page pentagon with its letter, at the foot or the head of the cell. */
export interface TileConnector {
  readonly letter: string;
  readonly at: "foot" | "head";
}

export interface TileLabel {
  readonly text: string;
  /** The side of the symbol the labelled edge leaves from. */
  readonly side: "left" | "right" | "down";
}

export interface Tile {
  readonly symbol: SymbolName | null;
  readonly lines: readonly TileLine[];
  readonly connector: TileConnector | null;
  /** An arrow ends at the top of the symbol. */
  readonly arrow: boolean;
  readonly labels: readonly TileLabel[];
  /** The same in words, for those who do not see the drawing; null where there is no symbol. */
  readonly text: string | null;
}

/** One tile for each row and role column, empty ones included. */
export function tilesOf(procedure: Procedure): Tile[][] {
  const edges = edgesOf(procedure);
  const pieces = edges.flatMap(cut);
  return procedure.langkah.map((step, row) => {
    const own = columnsOf(procedure, step);
    const exit = edges.find((edge) => edge.kind !== "joint" && edge.from.row === row);
    const leaving = exit?.from.column ?? own.at(-1);
    return procedure.pelaksana.map((_, column) => {
      const here = (square: { row: number; column: number }) =>
        square.row === row && square.column === column;
      const drawn = own.includes(column);
      return {
        symbol: drawn ? step.simbol : null,
        lines: unique(pieces.filter(here).map((piece) => piece.line)),
        connector: connectorColumn(edges, step, row, own) === column ? connectorOf(step) : null,
        arrow: edges.some((edge) => edge.kind !== "joint" && here(edge.to)),
        labels: edges.flatMap((edge) =>
          edge.label && here(edge.from) ? [{ text: edge.label, side: leaves(edge) }] : [],
        ),
        text: drawn ? flowText(procedure, row, column, column === leaving) : null,
      };
    });
  });
}

interface Piece {
  readonly row: number;
  readonly column: number;
  readonly line: TileLine;
}

/** An edge's legs, cut at the borders of the cells they pass. */
export function cut(edge: Edge): Piece[] {
  return edge.points.slice(1).flatMap((end, at) => {
    const start = edge.points[at] ?? end;
    return start.x === end.x ? cutDown(start, end) : cutAcross(start, end);
  });
}

function cutDown(start: Point, end: Point): Piece[] {
  const column = Math.floor(start.x);
  const x = percent(start.x - column);
  return spans(start.y, end.y).map(({ cell, from, to }) => ({
    row: cell,
    column,
    line: { x1: x, y1: from, x2: x, y2: to },
  }));
}

function cutAcross(start: Point, end: Point): Piece[] {
  const row = Math.floor(start.y);
  const y = percent(start.y - row);
  return spans(start.x, end.x).map(({ cell, from, to }) => ({
    row,
    column: cell,
    line: { x1: from, y1: y, x2: to, y2: y },
  }));
}

function spans(a: number, b: number): { cell: number; from: number; to: number }[] {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  const out: { cell: number; from: number; to: number }[] = [];
  for (let cell = Math.floor(low); cell < high; cell += 1) {
    const from = percent(Math.max(low, cell) - cell);
    const to = percent(Math.min(high, cell + 1) - cell);
    if (to > from) out.push({ cell, from, to });
  }
  return out;
}

/** An outgoing connector stands under the flow where it leaves the row, an incoming one over its entry. */
function connectorColumn(
  edges: readonly Edge[],
  step: SopStep,
  row: number,
  own: readonly number[],
): number | null {
  if (!step.konektor) return null;
  if (step.konektor.arah === "masuk") return own[0] ?? null;
  const next = edges.find((edge) => edge.kind === "next" && edge.from.row === row);
  return next?.to.column ?? own.at(-1) ?? null;
}

function connectorOf(step: SopStep): TileConnector | null {
  if (!step.konektor) return null;
  return { letter: step.konektor.huruf, at: step.konektor.arah === "keluar" ? "foot" : "head" };
}

function leaves(edge: Edge): TileLabel["side"] {
  const [start, next] = edge.points;
  if (!start || !next || start.x === next.x) return "down";
  return next.x > start.x ? "right" : "left";
}

/** Edges that merge would draw the same line twice, which shows as a darker stroke. */
function unique(lines: readonly TileLine[]): TileLine[] {
  const seen = new Map(lines.map((line) => [Object.values(line).join(" "), line]));
  return [...seen.values()];
}

function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}
