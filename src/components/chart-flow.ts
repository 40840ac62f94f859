/** Received and completed requests of each quarter as bars, in percent of the width and pixels down. */
import { scaleBand, scaleLinear } from "d3-scale";
import type { Shown } from "#domain/transparency/protect.ts";
import type { PublicPeriod } from "#domain/transparency/publish.ts";
import { countText } from "./count-text.ts";
import { periodTitle } from "./figure-words.ts";

/** The longest bar; the rest is for the words behind it. */
const WIDEST = 58;
const GROUP_PX = 68;

export interface Bar {
  readonly y: number;
  /** Percent; null where nothing may be drawn. */
  readonly width: number | null;
  readonly label: string;
  readonly kind: "received" | "completed";
  /** Ends somewhere between 1 and 4. */
  readonly vague: boolean;
}

export interface BarGroup {
  readonly y: number;
  readonly label: string;
  readonly bars: readonly Bar[];
}

export function flowChart(quarters: readonly PublicPeriod[]): {
  readonly height: number;
  readonly groups: readonly BarGroup[];
} {
  const values = quarters.flatMap(({ flow }) => [flow.received, flow.completed]).map(drawn);
  const x = scaleLinear([0, Math.max(5, ...values.map((value) => value ?? 0))], [0, WIDEST]);
  const height = quarters.length * GROUP_PX;
  const y = scaleBand(
    quarters.map(({ id }) => id),
    [0, height],
  );
  return {
    height,
    groups: quarters.map((period) => {
      const top = y(period.id) ?? 0;
      const bar = (kind: Bar["kind"], shown: Shown, at: number): Bar => {
        const value = drawn(shown);
        const what = kind === "received" ? "diterima" : "selesai";
        return {
          kind,
          y: top + at,
          width: value === null ? null : x(value),
          label: value === null ? `${what}: ${countText(shown)}` : `${countText(shown)} ${what}`,
          vague: shown.kind === "small",
        };
      };
      const { received, completed } = period.flow;
      return {
        y: top,
        label: periodTitle(period),
        bars: [bar("received", received, 22), bar("completed", completed, 41)],
      };
    }),
  };
}

/** A small count is drawn to its bound, and marked as vague. */
function drawn(shown: Shown): number | null {
  if (shown.kind === "small") return 4;
  return shown.kind === "count" ? shown.value : null;
}
