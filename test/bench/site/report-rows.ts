/** The figures of a run as rows, with the budgets they are held to. */
import { type Row, rows } from "../report.ts";
import type { Visit } from "./first-visit.ts";
import { CATEGORIES, type Scores } from "./lighthouse.ts";

/** What could not be measured is not there. */
export interface Figures extends Partial<Visit> {
  readonly name: string;
  /** The whole build. */
  readonly seconds?: number;
  readonly cpuSeconds?: number;
  readonly htmlSeconds?: number;
  readonly searchSeconds?: number | null;
  readonly pdfSeconds?: number | null;
  readonly peakBytes?: number;
  readonly siteBytes?: number;
  readonly scores?: Scores | null;
  /** A second build after one SOP was changed. */
  readonly again?: {
    readonly seconds: number;
    readonly pdfSeconds: number | null;
    readonly pdfDone: string | null;
  };
  readonly server?: { readonly startSeconds: number; readonly peakBytes: number };
}

/** Lighthouse's performance score wavers by a few points from run to run. */
const SCORE_BUDGETS = {
  performance: "≥ 95",
  accessibility: "≥ 100",
  "best-practices": "≥ 100",
  seo: "≥ 100",
} as const;

export function reportRows(ours: Figures, peers: readonly Figures[]): Row[] {
  const compare = (
    measure: string,
    unit: string,
    of: (figures: Figures) => number | null | undefined,
    budget: string | null = null,
  ): Row[] =>
    rows(
      measure,
      unit,
      of(ours) ?? null,
      budget,
      peers.map((peer) => ({ name: peer.name, value: of(peer) ?? null })),
    );
  const alone = (measure: string, unit: string, value: number | null, budget?: string): Row[] =>
    rows(measure, unit, value, budget);
  return [
    ...alone("build: HTML", "s", ours.htmlSeconds ?? null, "≤ 15"),
    ...alone("build: search", "s", ours.searchSeconds ?? null, "≤ 5"),
    ...alone("build: PDF and BPMN", "s", ours.pdfSeconds ?? null, "≤ 25"),
    ...compare("build: HTML and search", "s", htmlAndSearch),
    ...compare("build: whole, processor time", "s", ({ cpuSeconds }) => cpuSeconds),
    ...compare("build: peak memory", "MB", ({ peakBytes }) => scaled(peakBytes, 1e6), "≤ 1000"),
    ...compare("site, before compression", "MB", ({ siteBytes }) => scaled(siteBytes, 1e6)),
    ...alone("after one change: whole build", "s", ours.again?.seconds ?? null),
    ...alone("after one change: PDF and BPMN", "s", ours.again?.pdfSeconds ?? null),
    ...alone("after one change: PDFs made", "", remade(ours), "≤ 1"),
    ...compare("first visit: HTML+CSS", "kB", ({ pageBytes }) => scaled(pageBytes, 1e3), "≤ 15"),
    ...compare("first visit: JS", "kB", ({ scriptBytes }) => scaled(scriptBytes, 1e3), "≤ 5"),
    ...compare("first visit: other", "kB", ({ otherBytes }) => scaled(otherBytes, 1e3)),
    ...compare("first visit: requests", "", ({ requests }) => requests, "≤ 4"),
    ...compare("first visit: DOM", "nodes", ({ domNodes }) => domNodes, "≤ 800"),
    ...compare("first visit: layout shift", "", ({ shift }) => shift, "≤ 0"),
    // Null only where it was asked to leave Lighthouse out.
    ...(ours.scores === null ? [] : CATEGORIES).flatMap((category) =>
      compare(
        `Lighthouse: ${category}`,
        "",
        ({ scores }) => scores?.[category],
        SCORE_BUDGETS[category],
      ),
    ),
    ...alone("server: start", "s", ours.server?.startSeconds ?? null),
    ...alone("server: memory after start", "MB", scaled(ours.server?.peakBytes, 1e6)),
  ];
}

/** Peers tell no steps apart: the whole of theirs is pages and search. */
function htmlAndSearch({ htmlSeconds, searchSeconds, seconds }: Figures): number | null {
  return htmlSeconds === undefined ? (seconds ?? null) : htmlSeconds + (searchSeconds ?? 0);
}

/** The PDF step tells first how many it made. */
function remade({ again }: Figures): number | null {
  const made = /^\d+/.exec(again?.pdfDone ?? "")?.[0];
  return made === undefined ? null : Number(made);
}

function scaled(value: number | undefined, by: number): number | null {
  return value === undefined ? null : value / by;
}
