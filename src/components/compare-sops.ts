/** What changed between two versions of an SOP, on the printed words, word by word. */
import { diffWords } from "diff";
import { stepItems } from "#diagram/text.ts";
import { type BlockItem, blocksOf, identityRows } from "#domain/sop/document.ts";
import type { Sop, SopStep } from "#domain/sop/schema.ts";
import { type Aligned, alignLists, likeness } from "./align-lists.ts";

/** A run of words that both versions have, or only one of them. */
export interface Part {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** One printed place, e.g. "Nomor SOP" or "Waktu". Empty in both versions: no parts. */
export interface CellChange {
  readonly label: string;
  readonly parts: readonly Part[];
  readonly changed: boolean;
}

export interface ItemChange {
  readonly kind: Aligned<unknown>["kind"];
  readonly cell: CellChange;
}

export interface StepChange {
  readonly kind: Aligned<unknown>["kind"];
  /** Number of the step in the older and in the newer version. */
  readonly from: number | null;
  readonly to: number | null;
  readonly title: string;
  readonly cells: readonly CellChange[];
}

export interface Comparison {
  readonly identity: readonly CellChange[];
  readonly blocks: readonly {
    readonly id: string;
    readonly title: CellChange;
    readonly items: readonly ItemChange[];
  }[];
  /** Words above the procedure table and in its head. */
  readonly head: readonly CellChange[];
  readonly steps: readonly StepChange[];
}

export function compareSops(before: Sop, after: Sop): Comparison {
  return {
    identity: compareCells(
      [{ label: "Judul", value: before.judul }, ...identityRows(before)],
      [{ label: "Judul", value: after.judul }, ...identityRows(after)],
    ),
    blocks: compareBlocks(before, after),
    head: compareCells(headRows(before), headRows(after)),
    steps: compareSteps(before, after),
  };
}

/** Below this share in common, single words that stayed the same only hinder reading. */
const READABLE = 0.3;

/**
 * Words of both texts in reading order; null is a place that is empty. Texts with little in common
 * are told one after the other.
 */
export function partsOf(before: string | null, after: string | null): Part[] {
  const [old, now] = [before ?? "", after ?? ""];
  if (old !== now && old !== "" && now !== "" && likeness(old, now) < READABLE) {
    return [
      { kind: "removed", text: `${old} ` },
      { kind: "added", text: now },
    ];
  }
  return diffWords(old, now).map(({ value, added, removed }) => ({
    kind: added ? "added" : removed ? "removed" : "same",
    text: value,
  }));
}

function cell(label: string, before: string | null, after: string | null): CellChange {
  return { label, parts: partsOf(before, after), changed: (before ?? "") !== (after ?? "") };
}

interface Row {
  readonly label: string;
  readonly value: string | null;
}

/** Rows of the newer version first, then those that only the older one has. */
function compareCells(before: readonly Row[], after: readonly Row[]): CellChange[] {
  const valueIn = (rows: readonly Row[], label: string) =>
    rows.find((row) => row.label === label)?.value ?? null;
  const labels = new Set([...after, ...before].map(({ label }) => label));
  return [...labels].map((label) => cell(label, valueIn(before, label), valueIn(after, label)));
}

function compareBlocks(before: Sop, after: Sop): Comparison["blocks"] {
  const [old, now] = [blocksOf(before), blocksOf(after)];
  const all = [...now, ...old.filter(({ id }) => now.every((block) => block.id !== id))];
  return all.map(({ id }) => {
    const [was, is] = [old, now].map((blocks) => blocks.find((block) => block.id === id));
    return {
      id,
      title: cell("", was?.title ?? null, is?.title ?? null),
      items: alignLists(was?.items ?? [], is?.items ?? [], ({ teks }) => teks).map(itemChange),
    };
  });
}

function itemChange({ kind, before, after }: Aligned<BlockItem>): ItemChange {
  return { kind, cell: cell("", before?.teks ?? null, after?.teks ?? null) };
}

function headRows({ judulProsedur, kepalaTabel, pelaksana }: Sop): Row[] {
  return [
    { label: "Judul prosedur", value: judulProsedur },
    { label: "Kepala tabel", value: Object.values(kepalaTabel).join(", ") },
    { label: "Kolom pelaksana", value: pelaksana.map(({ judul }) => judul).join(", ") },
  ];
}

/** Told by its shape alone: at another place the same capsule is no change. */
const SYMBOLS: Readonly<Record<SopStep["simbol"], string>> = {
  terminator: "Mulai atau selesai",
  proses: "Proses",
  keputusan: "Keputusan",
};

interface StepTexts {
  readonly step: SopStep;
  readonly rows: readonly Row[];
}

function compareSteps(before: Sop, after: Sop): StepChange[] {
  // One set of labels, so that a reworded head is not a change of every step.
  const { kepalaTabel } = after;
  const aligned = alignLists(
    stepTexts(before, kepalaTabel),
    stepTexts(after, kepalaTabel),
    ({ step }) => step.uraian,
  );
  const numbers = new Map(
    aligned.flatMap(({ before: old, after: now }): [number, number][] =>
      old && now ? [[old.step.no, now.step.no]] : [],
    ),
  );
  return aligned.map(({ kind, before: old, after: now }) => {
    const step = now?.step ?? old?.step;
    const cells = compareCells(
      old ? rowsOf(old, (no) => numbers.get(no) ?? no) : [],
      now ? rowsOf(now) : [],
    );
    return {
      kind: kind === "same" && cells.some(({ changed }) => changed) ? "changed" : kind,
      from: old?.step.no ?? null,
      to: now?.step.no ?? null,
      title: step?.uraian ?? "",
      cells,
    };
  });
}

function stepTexts(sop: Sop, head: Sop["kepalaTabel"]): StepTexts[] {
  const items = stepItems(sop);
  return sop.langkah.map((step, row) => ({
    step,
    rows: [
      { label: "Kelompok", value: step.grup ?? null },
      { label: "Nomor tercetak", value: step.nomorTercetak ?? null },
      { label: head.kegiatan, value: step.uraian },
      { label: head.pelaksana, value: items[row]?.roles.join(", ") ?? null },
      { label: "Simbol", value: SYMBOLS[step.simbol] },
      { label: head.kelengkapan, value: step.kelengkapan.join(", ") || null },
      { label: head.waktu, value: step.waktu?.teks ?? null },
      { label: head.output, value: step.output.join(", ") || null },
      { label: head.keterangan, value: step.keterangan },
    ],
  }));
}

/**
 * The cells of a step with its exits. Numbers of the older version are told as the newer one counts
 * them, so that an exit that still leads to the same step is no change.
 */
function rowsOf({ step, rows }: StepTexts, numberOf = (no: number): number => no): Row[] {
  const exits = step.cabang.map(
    ({ label, ke, maks }) =>
      `${label}: langkah ${numberOf(ke)}${maks === undefined ? "" : `, paling banyak ${maks} kali`}`,
  );
  return [...rows, { label: "Cabang", value: exits.join("; ") || null }];
}
