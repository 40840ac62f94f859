/**
 * The abstract grid of a procedure: one unit a role column and one unit a row, symbols at the middle
 * of their square. No pixels: rows may be any height.
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

/** Column indexes of a step's symbols, in flow order. */
export function columnsOf(procedure: Procedure, step: SopStep): number[] {
  return step.kolom.map((id) => procedure.pelaksana.findIndex((column) => column.id === id));
}

export function middle(square: Square): Point {
  return { x: square.column + 0.5, y: square.row + 0.5 };
}

export interface Exit {
  /** Row that the exit leads to. */
  readonly row: number;
  readonly label: Edge["label"];
}

/** Where the flow goes from a row: to the next one, or by the exits of a decision. */
export function exitsOf({ langkah }: Pick<Procedure, "langkah">, row: number): Exit[] {
  const branches = langkah[row]?.cabang ?? [];
  if (branches.length === 0) {
    return row + 1 < langkah.length ? [{ row: row + 1, label: null }] : [];
  }
  return branches.flatMap((branch) => {
    const target = langkah.findIndex((step) => step.no === branch.ke);
    return target < 0 ? [] : [{ row: target, label: branch.label }];
  });
}

/** The group that a row belongs to: the last heading printed before it. */
export function groupAt({ langkah }: Pick<Procedure, "langkah">, row: number): string | null {
  return langkah.slice(0, row + 1).findLast((step) => step.grup !== undefined)?.grup ?? null;
}
