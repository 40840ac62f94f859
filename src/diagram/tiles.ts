/**
 * The diagram cut into one tile a cell, in percent of the cell, so that every tile stretches with
 * its table row while the symbols keep their size.
 */
import type { SopStep } from "#domain/sop/schema.ts";
import { columnsOf, type Edge, type Point, type Procedure } from "./grid.ts";
import { edgesOf } from "./route.ts";
import { flowText, type Words, wordsOf } from "./text.ts";

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
  /** The edge turns to where the label would stand, so it stands on the other side of the line. */
  readonly opposite: boolean;
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
  /** The parts of `text`. */
  readonly words: Words | null;
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
        lines: merged(pieces.filter(here).map((piece) => piece.line)),
        connector: connectorColumn(edges, step, row, own) === column ? connectorOf(step) : null,
        arrow: edges.some((edge) => edge.kind !== "joint" && here(edge.to)),
        labels: edges.flatMap((edge) =>
          edge.label && here(edge.from) ? [labelOf(edge, edge.label)] : [],
        ),
        text: drawn ? flowText(procedure, row, column, column === leaving) : null,
        words: drawn ? wordsOf(procedure, row, column, column === leaving) : null,
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

/** A label stands under a line across and to the right of a line down. */
function labelOf({ points, from }: Edge, text: string): TileLabel {
  const [start, corner, next] = points;
  if (!start || !corner || start.x === corner.x) {
    const right = next !== undefined && corner !== undefined && next.x > corner.x;
    return { text, side: "down", opposite: right && Math.floor(corner.y) === from.row };
  }
  const down = next !== undefined && next.y > corner.y;
  return {
    text,
    side: corner.x > start.x ? "right" : "left",
    opposite: down && Math.floor(corner.x) === from.column,
  };
}

/** Where lines come through the cell's upper border: percents from its left. */
export function passing(tile: Tile): number[] {
  const down = tile.lines.filter(({ x1, x2, y1 }) => x1 === x2 && y1 === 0);
  return down.map(({ x1 }) => x1).toSorted((a, b) => a - b);
}

/**
 * Lines that touch on one line become one: fewer elements, and no darker stroke where edges that enter
 * the same symbol would be drawn twice.
 */
function merged(lines: readonly TileLine[]): TileLine[] {
  const out: TileLine[] = [];
  for (const line of lines.toSorted((a, b) => a.x1 - b.x1 || a.y1 - b.y1)) {
    const at = out.findIndex((other) => joins(other, line));
    const other = out[at];
    if (other) {
      out[at] = { ...other, x2: Math.max(other.x2, line.x2), y2: Math.max(other.y2, line.y2) };
    } else {
      out.push(line);
    }
  }
  return out;
}

/** Both lines lie on one line, and the second begins within the first. */
function joins(one: TileLine, other: TileLine): boolean {
  if (one.x1 === one.x2) return other.x1 === other.x2 && one.x1 === other.x1 && other.y1 <= one.y2;
  return other.y1 === other.y2 && one.y1 === other.y1 && other.x1 <= one.x2;
}

function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}
