/**
 * The procedure as BPMN nodes and flows, without places. What the symbols become:
 * - a step is a task; the first one has a start event before it, the last one an end event after it
 * - a bare "Mulai" or "Selesai" is the event itself
 * - a decision is the task of deciding and a gateway behind it
 * - a step that several roles share is one task, in the lane of the role that is first in the flow:
 *   the source says that they do it together, not in which order. Notes in the other lanes say so.
 */
import { columnsOf, exitsOf, type Procedure } from "./grid.ts";

export interface Node {
  readonly id: string;
  readonly kind: "start" | "task" | "gateway" | "end";
  readonly row: number;
  readonly lane: number;
  readonly name: string;
}

export interface Flow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly name: "Ya" | "Tidak" | null;
}

/** A role that takes part in a step of another lane. */
export interface Note {
  readonly id: string;
  readonly task: string;
  readonly row: number;
  readonly lane: number;
  readonly text: string;
}

export interface FlowGraph {
  readonly nodes: readonly Node[];
  readonly flows: readonly Flow[];
  readonly notes: readonly Note[];
}

const BARE = /^(?:mulai|selesai)\.?$/i;

export function flowGraph(procedure: Procedure): FlowGraph {
  const rows = procedure.langkah.map((_, row) => nodesOf(procedure, row));
  /** A start event takes nothing in: what leads back to it goes on to the step behind it. */
  const landing = (row: number) =>
    rows[rows[row]?.[0]?.kind === "start" && bare(procedure, row) ? row + 1 : row];
  const entry = (row: number) => landing(row)?.find(({ kind }) => kind !== "start")?.id;
  const flows = procedure.langkah.flatMap((step, row): Flow[] => {
    const own = rows[row] ?? [];
    const within = own.slice(1).map((node, at) => flow(own[at]?.id ?? "", node.id, null));
    const last = own.at(-1);
    if (!last || last.kind === "end") return within;
    const away = exitsOf(procedure, row).flatMap((exit) => {
      const to = entry(exit.row);
      return to === undefined ? [] : [flow(last.id, to, exit.label, step.no)];
    });
    return [...within, ...away];
  });
  return { nodes: rows.flat(), flows, notes: notesOf(procedure) };
}

function nodesOf(procedure: Procedure, row: number): Node[] {
  const step = procedure.langkah[row];
  if (!step) return [];
  const lane = columnsOf(procedure, step)[0] ?? 0;
  const last = exitsOf(procedure, row).length === 0;
  const node = (kind: Node["kind"], id: string, name: string): Node => ({
    id,
    kind,
    row,
    lane,
    name,
  });
  if (bare(procedure, row))
    return [node(last ? "end" : "start", `Langkah_${step.no}`, step.uraian)];
  const number = step.nomorTercetak ?? String(step.no);
  return [
    ...(row === 0 ? [node("start", "Mulai", "Mulai")] : []),
    node("task", `Langkah_${step.no}`, number === "" ? step.uraian : `${number}. ${step.uraian}`),
    ...(step.cabang.length > 0 ? [node("gateway", `Keputusan_${step.no}`, "")] : []),
    ...(last ? [node("end", "Selesai", "Selesai")] : []),
  ];
}

/** A terminator that says no more than that it is one, at either end of the procedure. */
function bare(procedure: Procedure, row: number): boolean {
  const step = procedure.langkah[row];
  const atEnd = row === 0 || exitsOf(procedure, row).length === 0;
  return atEnd && step?.simbol === "terminator" && BARE.test(step.uraian);
}

function notesOf(procedure: Procedure): Note[] {
  return procedure.langkah.flatMap((step, row) =>
    columnsOf(procedure, step)
      .slice(1)
      .map((lane, at) => ({
        id: `Bersama_${step.no}_${at + 1}`,
        task: `Langkah_${step.no}`,
        row,
        lane,
        text: `Bersama ${procedure.pelaksana[columnsOf(procedure, step)[0] ?? 0]?.judul ?? ""}`,
      })),
  );
}

function flow(from: string, to: string, name: Flow["name"], no?: number): Flow {
  const id = name === null ? `Alur_${from}_${to}` : `Alur_${no}_${name}`;
  return { id, from, to, name };
}
