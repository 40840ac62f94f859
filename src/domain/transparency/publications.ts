/** When which figures became public, read off the view itself. */
import { publishedOn } from "./periods.ts";
import type { TransparencyView } from "./view.ts";

export interface PublishedQuarter {
  /** `2026-T1` */
  readonly id: string;
  readonly year: string;
  readonly quarter: number;
  /** Local date. */
  readonly on: string;
}

/** Newest first. The running quarter of a sample site was never published. */
export function publishedQuarters({ services, asOf }: TransparencyView): PublishedQuarter[] {
  const ids = services.flatMap(({ periods }) =>
    periods.filter(({ kind }) => kind === "quarter").map(({ id }) => id),
  );
  return [...new Set(ids)]
    .sort()
    .reverse()
    .map((id): PublishedQuarter => {
      const [year = "", quarter = ""] = id.split("-T");
      return { id, year, quarter: Number(quarter), on: publishedOn(Number(year), Number(quarter)) };
    })
    .filter(({ on }) => on <= asOf);
}
