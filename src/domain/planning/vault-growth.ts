/** When a vault will be full, from its free space on some days. */
import { dayOfDate } from "../calendar/local-time.ts";

export interface VaultDay {
  readonly day: string;
  readonly freeBytes: number;
}

export type Growth =
  /** Too little is known: fewer than three days. */
  | { readonly kind: "belum-ada" }
  /** The space does not shrink. */
  | { readonly kind: "tetap" }
  /** Full in between so many days from the newest one; `most` null = perhaps never. */
  | { readonly kind: "penuh"; readonly least: number; readonly most: number | null };

const FEWEST_DAYS = 3;
/** From this many on one figure is told instead of a band. */
const MANY_DAYS = 14;

/**
 * By the slopes between all pairs of days (Theil–Sen): one day on which a vault was cleared does not
 * turn the answer round. A band between the quartiles where days are few.
 */
export function vaultGrowth(days: readonly VaultDay[]): Growth {
  const points = days
    .map(({ day, freeBytes }) => ({ day: dayOfDate(day), freeBytes }))
    .sort((a, b) => a.day - b.day);
  const newest = points.at(-1);
  if (!newest || points.length < FEWEST_DAYS) return { kind: "belum-ada" };
  const slopes = points
    .flatMap((one, index) =>
      points
        .slice(index + 1)
        .filter((other) => other.day > one.day)
        .map((other) => (one.freeBytes - other.freeBytes) / (other.day - one.day)),
    )
    .sort((a, b) => a - b);
  const last = slopes.length - 1;
  const [low, middle, high] = [
    slopes[Math.floor(last * 0.25)] ?? 0,
    slopes[Math.round(last * 0.5)] ?? 0,
    slopes[Math.ceil(last * 0.75)] ?? 0,
  ];
  const until = (slope: number) => (slope > 0 ? Math.floor(newest.freeBytes / slope) : null);
  if (points.length >= MANY_DAYS) {
    const full = until(middle);
    return full === null ? { kind: "tetap" } : { kind: "penuh", least: full, most: full };
  }
  const least = until(high);
  return least === null ? { kind: "tetap" } : { kind: "penuh", least, most: until(low) };
}
