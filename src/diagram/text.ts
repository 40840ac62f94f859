import { columnsOf, exitsOf, groupAt, type Procedure } from "./grid.ts";

/** A step as lists and screen readers tell it. */
export interface StepItem {
  readonly no: number;
  /** As printed; "" where the source prints none. */
  readonly number: string;
  /** Heading printed before this step. */
  readonly group: string | null;
  readonly roles: readonly string[];
  readonly symbol: string;
  readonly flow: readonly FlowLink[];
}

/** Where the procedure goes from a step; `to` is the step's `no`, null at the end. */
export interface FlowLink {
  readonly text: string;
  readonly to: number | null;
}

/** What the drawing in a cell says. */
export interface Words {
  /** The symbol, and who else takes part. */
  readonly symbol: string;
  readonly together: string | null;
  readonly flow: readonly FlowLink[];
  readonly connector: string | null;
}

/** The name of a step's symbol as the regulation calls its use. */
export function symbolText(procedure: Procedure, row: number): string {
  const symbol = procedure.langkah[row]?.simbol;
  if (symbol === "keputusan") return "Keputusan";
  if (symbol !== "terminator") return "Proses";
  if (row === 0) return "Mulai";
  return row === procedure.langkah.length - 1 ? "Selesai" : "Mulai atau selesai";
}

/** The procedure as an ordered list: same data as the table, told in words. */
export function stepItems(procedure: Procedure): StepItem[] {
  return procedure.langkah.map((step, row) => ({
    no: step.no,
    number: step.nomorTercetak ?? String(step.no),
    group: step.grup ?? null,
    roles: columnsOf(procedure, step).map((at) => procedure.pelaksana[at]?.judul ?? ""),
    symbol: symbolText(procedure, row),
    flow: flowLinks(procedure, row),
  }));
}

export function flowLinks(procedure: Procedure, row: number): FlowLink[] {
  const exits = exitsOf(procedure, row);
  if (exits.length === 0) return [{ text: "Prosedur berakhir", to: null }];
  return exits.map((exit) => {
    const verb = exit.row <= row ? "kembali ke" : "lanjut ke";
    const name = stepName(procedure, exit.row, row);
    return {
      text:
        exit.label === null
          ? `Lanjut ke ${name}`
          : `Bila ${exit.label.toLowerCase()}, ${verb} ${name}`,
      to: procedure.langkah[exit.row]?.no ?? null,
    };
  });
}

/** A step as the reader finds it in the table, seen from another one: numbers begin anew in a group. */
export function stepName(procedure: Pick<Procedure, "langkah">, row: number, from: number): string {
  const step = procedure.langkah[row];
  if (!step) return "";
  if (step.nomorTercetak === "") return `“${step.uraian}”`;
  const group = groupAt(procedure, row);
  const number = `langkah ${step.nomorTercetak ?? step.no}`;
  if (step.nomorTercetak === undefined || group === groupAt(procedure, from)) return number;
  return group === null ? number : `${number} pada “${group}”`;
}

/** Of a shared step only the symbol that the arrow leaves tells where the procedure goes. */
export function wordsOf(
  procedure: Procedure,
  row: number,
  column: number,
  leavesHere: boolean,
): Words | null {
  const step = procedure.langkah[row];
  if (!step) return null;
  const others = columnsOf(procedure, step).filter((one) => one !== column);
  const names = others.map((one) => procedure.pelaksana[one]?.judul ?? "");
  return {
    symbol: symbolText(procedure, row),
    together: names.length > 0 ? `Bersama ${names.join(" dan ")}` : null,
    flow: leavesHere ? flowLinks(procedure, row) : [],
    connector: leavesHere && step.konektor ? `Penghubung halaman ${step.konektor.huruf}` : null,
  };
}

/** The words of a cell as sentences. */
export function flowText(
  procedure: Procedure,
  row: number,
  column: number,
  leavesHere: boolean,
): string {
  const words = wordsOf(procedure, row, column, leavesHere);
  if (!words) return "";
  const sentences = [
    words.symbol,
    words.together,
    ...words.flow.map((link) => link.text),
    words.connector,
  ];
  return `${sentences.filter((one) => one !== null).join(". ")}.`;
}
