/** The real time of each step in parts of its promised time, so that short and long steps compare. */
import { scaleLinear } from "d3-scale";
import { symbol, symbolDiamond } from "d3-shape";
import { minutesText } from "#domain/indonesian.ts";
import type { PublicPeriod } from "#domain/transparency/publish.ts";
import type { ServiceView } from "#domain/transparency/view.ts";

const WIDEST = 96;
const GROUP_PX = 62;
/** Beyond this many times the promise a bar is cut and its words tell the rest. */
const MOST = 3;

export const DIAMOND = symbol(symbolDiamond, 70)() ?? "";

export interface StepBar {
  readonly y: number;
  readonly label: string;
  /** Percent of the width. */
  readonly median: number;
  readonly p90: number | null;
  readonly cut: boolean;
}

/** Steps with a promise and a figure; null where there are none. */
export function stepsChart(
  service: ServiceView,
  period: PublicPeriod,
): { readonly height: number; readonly promise: number; readonly bars: readonly StepBar[] } | null {
  const timed = service.steps.flatMap(({ no, standardMinutes, standardText }) => {
    const minutes = period.steps.find((step) => step.no === no)?.minutes;
    if (!minutes || standardMinutes === null || standardMinutes <= 0) return [];
    return [{ no, minutes, standardMinutes, standardText }];
  });
  if (timed.length === 0) return null;
  const ratios = timed.flatMap(({ minutes, standardMinutes }) =>
    [minutes.median, minutes.p90 ?? 0].map((value) => value / standardMinutes),
  );
  const x = scaleLinear([0, Math.min(MOST, Math.max(1.1, ...ratios))], [0, WIDEST]).clamp(true);
  return {
    height: timed.length * GROUP_PX,
    promise: x(1),
    bars: timed.map(({ no, minutes, standardMinutes, standardText }, at) => ({
      y: at * GROUP_PX,
      label: `Langkah ${no}: ${minutesText(minutes.median)}, waktu baku ${standardText}`,
      median: x(minutes.median / standardMinutes),
      p90: minutes.p90 === null ? null : x(minutes.p90 / standardMinutes),
      cut: minutes.median / standardMinutes > MOST,
    })),
  };
}
