import { daysAfter, type Holding } from "./positions-on.ts";

export interface Gap {
  readonly since: string;
  /** Null = from then on nobody is appointed. */
  readonly until: string | null;
}

/** The spans between its first holder and for ever in which nobody holds a position. */
export function gapsOf(holdings: readonly Pick<Holding, "since" | "until">[]): Gap[] {
  const real = holdings
    .filter(({ since, until }) => until === null || until >= since)
    .sort((a, b) => (a.since < b.since ? -1 : 1));
  const gaps: Gap[] = [];
  let covered = real[0]?.since ?? null;
  for (const { since, until } of real) {
    if (covered === null) return gaps;
    if (since > covered) gaps.push({ since: covered, until: daysAfter(since, -1) });
    if (until === null) covered = null;
    else if (daysAfter(until, 1) > covered) covered = daysAfter(until, 1);
  }
  if (covered !== null) gaps.push({ since: covered, until: null });
  return gaps;
}
