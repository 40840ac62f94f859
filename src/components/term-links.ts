import { getCollection } from "astro:content";
import { linkTerms, type TermIndex, type TermSegment, termIndex } from "#domain/sop/terms.ts";

/** More links than this on a page would be read as noise. */
const LINKS_MAX = 12;

let prepared: Promise<TermIndex> | null = null;

/** For one page: cuts its texts, in their order, at the first occurrence of each glossary term. */
export async function termLinks(): Promise<(text: string) => TermSegment[]> {
  prepared ??= prepare();
  const index = await prepared;
  const seen = new Set<string>();
  return (text) => {
    const segments = linkTerms(text, index, seen, LINKS_MAX - seen.size);
    for (const { term } of segments) if (term !== null) seen.add(term);
    return segments;
  };
}

async function prepare(): Promise<TermIndex> {
  const terms = await getCollection("istilah", ({ data }) => data.tautkan);
  return termIndex(terms.map(({ id, data }) => ({ id, forms: [data.istilah, ...data.lain] })));
}
