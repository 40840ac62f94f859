/**
 * Where the procedure's symbols stand and how its arrows run, on an abstract grid: one unit a column
 * and one unit a row, symbols at the middle of their square. No pixels: rows may be any height.
 *
 * Words
 * - edge: an arrow from the symbol of one step to the symbol of another; or, inside a step that
 *   several roles share, the plain line that joins their symbols
 * - track: the side strip of a column in which an edge passes rows that are not its own
 */
import type { Sop, SopStep } from "#domain/sop/schema.ts";

/** The part of an SOP that a diagram needs. */
export type Procedure = Pick<Sop, "pelaksana" | "langkah">;

export interface Square {
  readonly row: number;
  readonly column: number;
}

/** A point of the grid; the middle of square (row 2, column 1) is x 1.5, y 2.5. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Edge {
  readonly kind: "joint" | "next" | "branch";
  readonly from: Square;
  readonly to: Square;
  readonly label: "Ya" | "Tidak" | null;
  /** Corners from the middle of the first symbol to the middle of the last; every leg is orthogonal. */
  readonly points: readonly Point[];
}

/** Height above the target's symbol at which edges from other rows come in. */
const ENTRY = 0.1;
/** The strip beside the symbols that tracks share. */
const TRACK_STRIP = 0.2;

type Side = "left" | "right";

/** All edges of a procedure, joints first, then row by row. */
export function edgesOf(procedure: Procedure): Edge[] {
  const { langkah } = procedure;
  const columns = langkah.map((step) => columnsOf(procedure, step));
  const joints = columns.flatMap((own, row) =>
    own.slice(1).map((column, at) => straight("joint", row, own[at] ?? column, column)),
  );
  const exits = langkah.map((_, row) => exitsOf(langkah, row));
  const ahead = exits.flatMap((own, row) =>
    own
      .filter((exit) => exit.row === row + 1)
      .slice(0, 1)
      .map((exit) => toNextRow(row, columns[row] ?? [], columns[row + 1] ?? [], exit.label)),
  );
  const away = exits.flatMap((own, row) => {
    const column = columns[row]?.at(-1) ?? 0;
    const used = new Set<Side>(
      ahead.flatMap((edge) => (edge.from.row === row ? (sideOf(edge) ?? []) : [])),
    );
    return own
      .filter((exit) => exit.row !== row + 1)
      .map((exit): Detour => {
        const from = { row, column };
        const to = { row: exit.row, column: columns[exit.row]?.[0] ?? 0 };
        const side = freeSide(used, from, to);
        used.add(side);
        return { from, to, label: exit.label, side };
      });
  });
  return [...joints, ...ahead, ...onTracks(away)];
}

/** Column indexes of a step's symbols, in flow order. */
export function columnsOf(procedure: Procedure, step: SopStep): number[] {
  return step.kolom.map((id) => procedure.pelaksana.findIndex((column) => column.id === id));
}

interface Exit {
  readonly row: number;
  readonly label: Edge["label"];
}

function exitsOf(langkah: Procedure["langkah"], row: number): Exit[] {
  const branches = langkah[row]?.cabang ?? [];
  if (branches.length === 0) {
    return row + 1 < langkah.length ? [{ row: row + 1, label: null }] : [];
  }
  return branches.flatMap((branch) => {
    const target = langkah.findIndex((step) => step.no === branch.ke);
    return target < 0 ? [] : [{ row: target, label: branch.label }];
  });
}

/**
 * Across in its own row, then down. It leaves from the symbol nearest to the target's column, so
 * that it never runs through another symbol of the same step.
 */
function toNextRow(
  row: number,
  own: readonly number[],
  next: readonly number[],
  label: Edge["label"],
): Edge {
  const target = next[0] ?? 0;
  const source = own.reduce(
    (best, column) => (Math.abs(column - target) <= Math.abs(best - target) ? column : best),
    own[0] ?? 0,
  );
  const across = source === target ? [] : [middle({ row, column: target })];
  const [from, to] = [
    { row, column: source },
    { row: row + 1, column: target },
  ];
  return { kind: "next", from, to, label, points: [middle(from), ...across, middle(to)] };
}

/** An exit to a row that is not the next one. */
interface Detour {
  readonly from: Square;
  readonly to: Square;
  readonly label: Edge["label"];
  readonly side: Side;
}

/** Gives each detour the first free track of its side; the more tracks a side has, the closer they lie. */
function onTracks(detours: readonly Detour[]): Edge[] {
  const placed: { readonly detour: Detour; readonly track: number }[] = [];
  for (const detour of detours) {
    const taken = new Set(
      placed
        .filter((one) => sameSide(one.detour, detour) && overlap(one.detour, detour))
        .map((one) => one.track),
    );
    let track = 0;
    while (taken.has(track)) track += 1;
    placed.push({ detour, track });
  }
  return placed.map(({ detour, track }) => {
    const tracks = placed.filter((one) => sameSide(one.detour, detour)).map((one) => one.track);
    return along(detour, (TRACK_STRIP * (track + 1)) / (Math.max(...tracks) + 2));
  });
}

function sameSide(one: Detour, other: Detour): boolean {
  return one.from.column === other.from.column && one.side === other.side;
}

function overlap(one: Detour, other: Detour): boolean {
  const [top, bottom] = rowsOf(one);
  const [otherTop, otherBottom] = rowsOf(other);
  return top <= otherBottom && otherTop <= bottom;
}

function rowsOf({ from, to }: Detour): [top: number, bottom: number] {
  return [Math.min(from.row, to.row), Math.max(from.row, to.row)];
}

/** Out at the side, along the track, over the target, and into it from above. */
function along({ from, to, label, side }: Detour, offset: number): Edge {
  const x = from.column + (side === "left" ? offset : 1 - offset);
  const start = middle(from);
  const end = middle(to);
  const y = to.row + ENTRY;
  const points = [start, { x, y: start.y }, { x, y }, { x: end.x, y }, end];
  return { kind: "branch", from, to, label, points };
}

function straight(kind: Edge["kind"], row: number, from: number, to: number): Edge {
  const [source, target] = [
    { row, column: from },
    { row, column: to },
  ];
  return {
    kind,
    from: source,
    to: target,
    label: null,
    points: [middle(source), middle(target)],
  };
}

function sideOf(edge: Edge): Side | null {
  if (edge.from.column === edge.to.column) return null;
  return edge.to.column > edge.from.column ? "right" : "left";
}

function freeSide(used: ReadonlySet<Side>, from: Square, to: Square): Side {
  const wished: Side = to.column < from.column ? "left" : "right";
  if (!used.has(wished)) return wished;
  return wished === "left" ? "right" : "left";
}

function middle(square: Square): Point {
  return { x: square.column + 0.5, y: square.row + 0.5 };
}
