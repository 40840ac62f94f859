/**
 * Years of a service, rolled from a seed: rows of `requests` and `step_log` as they would stand after
 * the requests were walked, and the cells that they count in. Made for figures: there are no events,
 * letters or persons behind them.
 */
import type { Database } from "#db/client.ts";
import { requests, serviceCells, stepLog } from "#db/schema/requests.ts";
import { type Cell, type CountedRequest, cellsOf, sumOf } from "#domain/transparency/cells.ts";
import { RefusalClass } from "#domain/workflow/types.ts";

export interface History {
  readonly slug: string;
  readonly agency: string;
  readonly versi: number;
  /** Numbers of the steps in order, with their promise in working minutes. */
  readonly steps: readonly { readonly no: number; readonly standard: number | null }[];
  /** Local dates; requests come evenly between them. */
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly seed: number;
  readonly offsetMinutes: number;
}

const DAY = 86_400_000;
const CELLS_HELD = 200_000;

/** One request after the other; the same seed gives the same ones. */
export function* simulate(history: History): Generator<CountedRequest> {
  const { slug, versi, steps, from, to, count } = history;
  const roll = dice(history.seed);
  const [first, last] = [Date.parse(from), Date.parse(to)];
  for (let at = 0; at < count; at += 1) {
    let now = first + roll() * (last - first);
    const submittedAt = new Date(now).toISOString();
    const fate = roll();
    const stops = fate < 0.12 ? 1 + Math.floor(roll() * Math.max(1, steps.length - 1)) : null;
    const walked = steps.slice(0, stops ?? steps.length).map(({ no, standard }, index) => {
      const minutes = index === 0 ? null : Math.ceil((standard ?? 30) * (0.2 + roll() ** 2 * 1.1));
      now += index === 0 ? 0 : (0.2 + roll()) * DAY;
      const onTime = minutes === null || standard === null ? null : minutes <= standard;
      const closedAt = new Date(now).toISOString();
      return { step: no, outcome: "closed" as const, closedAt, workingMinutes: minutes, onTime };
    });
    const refused = stops !== null && fate < 0.08;
    const classes = RefusalClass.options;
    yield {
      slug,
      versi,
      kind: roll() < 0.7 ? "backup" : "restore",
      status: stops === null ? "completed" : refused ? "refused" : "cancelled",
      refusal: refused ? (classes[Math.floor(roll() * classes.length)] ?? "lainnya") : null,
      submittedAt,
      closedAt: new Date(now).toISOString(),
      steps: walked,
    };
  }
}

/** The cells of a whole history. */
export function cellsOfHistory(history: History): Cell[] {
  let cells: Cell[] = [];
  for (const request of simulate(history)) {
    cells.push(...cellsOf(request, (instant) => localMonth(instant, history.offsetMinutes)));
    if (cells.length > CELLS_HELD) cells = sumOf(cells);
  }
  return sumOf(cells);
}

/** Adds cells only: a million requests fit. */
export async function storeCells(db: Database, cells: readonly Cell[]): Promise<void> {
  for (let at = 0; at < cells.length; at += 3_000) {
    await db.write([db.orm.insert(serviceCells).values(cells.slice(at, at + 3_000))]);
  }
}

/** Adds the rows that the cells are a projection beside. */
export async function storeRows(db: Database, history: History): Promise<void> {
  let requestRows: (typeof requests.$inferInsert)[] = [];
  let stepRows: (typeof stepLog.$inferInsert)[] = [];
  const flush = async (): Promise<void> => {
    if (requestRows.length === 0) return;
    const logs = [];
    for (let at = 0; at < stepRows.length; at += 2_000) {
      logs.push(db.orm.insert(stepLog).values(stepRows.slice(at, at + 2_000)));
    }
    await db.write([db.orm.insert(requests).values(requestRows), ...logs]);
    [requestRows, stepRows] = [[], []];
  };
  let number = 0;
  for (const one of simulate(history)) {
    number += 1;
    const id = `${history.slug}-${history.seed}-${number}`;
    requestRows.push({
      id,
      slug: one.slug,
      sopDigest: "0".repeat(64),
      agency: history.agency,
      kind: one.kind,
      status: one.status,
      version: 1,
      head: "0".repeat(64),
      submissionContent: id,
      submittedAt: one.submittedAt,
      closedAt: one.closedAt,
      refusal: one.refusal,
    });
    stepRows.push(
      ...one.steps.map((step, index) => ({
        ...step,
        request: id,
        position: index + 1,
        round: 1,
        enteredAt: one.submittedAt,
      })),
    );
    if (requestRows.length === 1_000) await flush();
  }
  await flush();
}

function localMonth(instant: string, offsetMinutes: number): string {
  return new Date(Date.parse(instant) + offsetMinutes * 60_000).toISOString().slice(0, 7);
}

/** Mulberry32: small, and the same everywhere. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
