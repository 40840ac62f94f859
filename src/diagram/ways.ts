/**
 * The ways an arrow can take from a step to a row. Each has one run up or down; which lines it may
 * use is what keeps arrows apart:
 * - the line through the symbols of a row belongs to that row's step: its joints, its exits to a side
 * - the strip under them belongs to its exit downwards, the strip over them to what enters the row
 * - the middle of a column leads only down into the next symbol of that column
 * - the strips beside the symbols are shared; there each run gets a track of its own (`tracks.ts`)
 */
import type { Point, Square } from "./grid.ts";

export type Port = "left" | "right" | "down";

/** Where a way runs up or down: a side strip of a column, or its middle. */
export interface Run {
  readonly column: number;
  readonly at: "left" | "middle" | "right";
}

export interface Way {
  readonly from: Square;
  readonly to: Square;
  readonly port: Port;
  readonly run: Run;
}

/** Heights in a row, and the middle of a side strip: where a run lies that has the strip alone. */
const OVER = 0.1;
const UNDER = 0.9;
const STRIP = { left: 0.1, middle: 0.5, right: 0.9 } as const;

/** Corners of a way; `x` is where its run lies, by default in the middle of the strip. */
export function pointsOf({ from, to, port, run }: Way, x = middleOf(run)): Point[] {
  const [start, end] = [from.column + 0.5, to.column + 0.5];
  const out = leavesAt(from.row, port);
  const over = run.at === "middle" ? to.row + 0.5 : entersAt(to.row);
  const points: Point[] = [];
  add(points, start, from.row + 0.5);
  add(points, start, out);
  add(points, x, out);
  add(points, x, over);
  add(points, end, over);
  add(points, end, to.row + 0.5);
  return points;
}

/** Adds a corner; a point on the line so far only makes it longer, the same point again nothing. */
function add(points: Point[], x: number, y: number): void {
  const [before, last] = [points.at(-2), points.at(-1)];
  if (last?.x === x && last.y === y) return;
  const straight = (before?.x === x && last?.x === x) || (before?.y === y && last?.y === y);
  if (straight) points.pop();
  points.push({ x, y });
}

export function middleOf({ column, at }: Run): number {
  return column + STRIP[at];
}

/** Height at which a way leaves its row for its run. */
export function leavesAt(row: number, port: Port): number {
  return row + (port === "down" ? UNDER : 0.5);
}

/** Height at which a way that comes from the side crosses over to its target. */
export function entersAt(row: number): number {
  return row + OVER;
}

/** All ways from the symbols of a row (`own`: their columns) to one symbol. */
export function waysTo(
  to: Square,
  row: number,
  own: readonly number[],
  columns: number,
  drawn: (square: Square) => boolean,
): Way[] {
  const runs = [
    ...Array.from({ length: columns }, (_, column) => [
      { column, at: "left" as const },
      { column, at: "right" as const },
    ]).flat(),
    ...(opens(to, row, drawn) ? [{ column: to.column, at: "middle" as const }] : []),
  ];
  const [first, last] = [Math.min(...own), Math.max(...own)];
  return runs.flatMap((run) => {
    const x = middleOf(run);
    const way = (column: number, port: Port): Way => ({ from: { row, column }, to, port, run });
    return [
      ...(x < first + 0.5 ? [way(first, "left")] : []),
      ...(x > last + 0.5 ? [way(last, "right")] : []),
      // Of equal ways the one from the symbol that is last in the flow.
      ...own.toReversed().map((column) => way(column, "down")),
    ];
  });
}

/** Nothing stands in the target's column between the two rows. */
function opens(to: Square, row: number, drawn: (square: Square) => boolean): boolean {
  if (to.row <= row) return false;
  for (let at = row + 1; at < to.row; at += 1) {
    if (drawn({ row: at, column: to.column })) return false;
  }
  return true;
}
