import type { LifeCycle } from "#domain/sop/life-cycle.ts";
import type { SopEntry } from "../content.config.ts";

type Placed = Pick<SopEntry, "sop" | "life">;

/**
 * The page on which a version is read. The address of the SOP shows the current version; of a
 * withdrawn SOP it only says so, and the last version keeps an address of its own.
 */
export function versionPath({ sop, life }: Placed, versi: number): string {
  const current = versi === sop.versi && life.status !== "dicabut";
  return current ? `/sop/${sop.slug}/` : `/sop/${sop.slug}/versi/${versi}/`;
}

/** Where the twins of a version lie: sop.json, sop.csv, sop.bpmn, sop.pdf. */
export function twinsPath({ sop }: Pick<SopEntry, "sop">, versi: number): string {
  return versi === sop.versi ? `/sop/${sop.slug}/` : `/sop/${sop.slug}/versi/${versi}/`;
}

export function comparisonPath(slug: string, from: number, to: number): string {
  return `/sop/${slug}/banding/${from}..${to}/`;
}

/** Versions that are set against each other: at most this many, the newest ones. */
const COMPARED = 10;

/** All pairs of an SOP's versions, older before newer. */
export function comparedPairs(life: LifeCycle): (readonly [from: number, to: number])[] {
  const numbers = life.versi.slice(-COMPARED).map(({ versi }) => versi);
  return numbers.flatMap((from, at) => numbers.slice(at + 1).map((to) => [from, to] as const));
}

/** Drafts are reached by their address only: never in a list, a feed or the sitemap. */
export function isPublished({ life }: Pick<SopEntry, "life">): boolean {
  return life.status !== "draf";
}

/** Whether requests are taken under it. */
export function isOpen({ sop, life }: Placed): boolean {
  return life.status === "berlaku" && sop.jenisPermohonan.length > 0;
}
