import { columnsOf, type Procedure } from "./route.ts";

/** A step as the phone's list and a screen reader tell it. */
export interface StepItem {
  readonly no: number;
  readonly roles: readonly string[];
  readonly symbol: string;
  readonly flow: readonly FlowLink[];
}

/** Where the procedure goes from a step; `to` is the step's number, null at the end. */
export interface FlowLink {
  readonly text: string;
  readonly to: number | null;
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
    roles: columnsOf(procedure, step).map((at) => procedure.pelaksana[at]?.judul ?? ""),
    symbol: symbolText(procedure, row),
    flow: flowLinks(procedure, row),
  }));
}

export function flowLinks(procedure: Procedure, row: number): FlowLink[] {
  const step = procedure.langkah[row];
  if (!step) return [];
  if (step.cabang.length > 0) {
    return step.cabang.map(({ label, ke }) => {
      const verb = ke < step.no ? "kembali ke" : "lanjut ke";
      return { text: `Bila ${label.toLowerCase()}, ${verb} langkah ${ke}`, to: ke };
    });
  }
  const next = procedure.langkah[row + 1];
  if (!next) return [{ text: "Prosedur berakhir", to: null }];
  return [{ text: `Lanjut ke langkah ${next.no}`, to: next.no }];
}

/** What a cell's drawing says. Of a shared step only the symbol the arrow leaves tells where it goes. */
export function flowText(
  procedure: Procedure,
  row: number,
  column: number,
  leavesHere: boolean,
): string {
  const step = procedure.langkah[row];
  if (!step) return "";
  const others = columnsOf(procedure, step).filter((one) => one !== column);
  const names = others.map((one) => procedure.pelaksana[one]?.judul ?? "");
  const sentences = [
    symbolText(procedure, row),
    ...(names.length > 0 ? [`Bersama ${names.join(" dan ")}`] : []),
    ...(leavesHere ? flowLinks(procedure, row).map((link) => link.text) : []),
    ...(leavesHere && step.konektor ? [`Penghubung halaman ${step.konektor.huruf}`] : []),
  ];
  return `${sentences.join(". ")}.`;
}
