/**
 * The service against its promise, as anyone may see it (UU 14/2008 Pasal 9 and 12): the allow-list.
 * Nothing reaches a public page or file but what has a field here.
 *
 * Publications follow one another; each is made from the cells of months that are over, knowing what
 * the ones before it showed, so that no comparison of two tells what one of them hid. The same cells
 * always give the same publications: nothing of this needs to be stored.
 */
import { RefusalClass } from "../workflow/types.ts";
import type { Cell } from "./cells.ts";
import {
  type Counted,
  closedStep,
  FLOW,
  type Flow,
  KINDS,
  type Kind,
  nodeOf,
  receivedOf,
  refusedFor,
  Tally,
} from "./counted.ts";
import { type Histogram, quantile, sizeOf } from "./histogram.ts";
import type { PeriodKind, Publication } from "./periods.ts";
import { type Shown, SMALL_BELOW } from "./protect.ts";
import { P90_FROM, type PublishedService, protectAll } from "./protect-all.ts";
import { periodsOf } from "./tree.ts";

export interface Quantiles {
  readonly median: number;
  /** Null below 10: it would be the time of one request, the longest. */
  readonly p90: number | null;
}

export interface StepFigures {
  readonly no: number;
  /** Working minutes; null below 5 closed steps. Their count is not told: the last one's is `completed`. */
  readonly minutes: Quantiles | null;
}

export interface PublicPeriod {
  readonly id: string;
  readonly kind: PeriodKind;
  readonly flow: Readonly<Record<Flow, Shown>>;
  /** Share 0–1 of closed steps within their standard; null where either side of it may not be shown. */
  readonly onTimeShare: number | null;
  /** Working minutes of completed requests; null below 5. */
  readonly minutes: Quantiles | null;
  readonly steps: readonly StepFigures[];
  /** Of years only: received by kind, refused by class. */
  readonly byKind: Readonly<Record<Kind, Shown>> | null;
  readonly refusals: Readonly<Record<RefusalClass, Shown>> | null;
}

/** All published periods of one service, oldest first. */
export function publish(
  service: PublishedService,
  cells: readonly Cell[],
  publications: readonly Publication[],
): PublicPeriod[] {
  const tally = new Tally(cells, service.versi);
  const shown = protectAll(service, tally, publications);
  const periods = publications.flatMap((publication) => periodsOf(publication, tally));
  return periods.map((period): PublicPeriod => {
    const of = (what: Counted): Shown => shown.get(nodeOf(period, what)) ?? { kind: "withheld" };
    const flow = recordOf(FLOW, (measure) => of(measure));
    const completed = flow.completed.kind === "count" ? flow.completed.value : 0;
    const yearly = period.kind === "year";
    return {
      id: period.id,
      kind: period.kind,
      flow,
      onTimeShare: shareOf(of("on-time"), of("late"), completed),
      minutes: quantilesOf(tally.histogram(period, "request-minutes"), completed),
      steps: service.steps.map((no) => ({
        no,
        minutes: quantilesOf(tally.histogram(period, closedStep(no)), completed),
      })),
      byKind: yearly ? recordOf(KINDS, (kind) => of(receivedOf(kind))) : null,
      refusals: yearly ? recordOf(RefusalClass.options, (one) => of(refusedFor(one))) : null,
    };
  });
}

/** A whole percentage, of two counts that may be shown. */
function shareOf(onTime: Shown, late: Shown, completed: number): number | null {
  if (onTime.kind !== "count" || late.kind !== "count" || completed < SMALL_BELOW) return null;
  const all = onTime.value + late.value;
  return all < SMALL_BELOW ? null : Math.round((onTime.value / all) * 100) / 100;
}

/** `completed`: as far as it is shown; whether times are there must not tell more than that does. */
function quantilesOf(counts: Histogram, completed: number): Quantiles | null {
  const size = Math.min(completed, sizeOf(counts));
  const median = size < SMALL_BELOW ? null : quantile(counts, 0.5);
  if (median === null) return null;
  return { median, p90: size < P90_FROM ? null : quantile(counts, 0.9) };
}

function recordOf<K extends string, V>(keys: readonly K[], of: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, V>;
}
