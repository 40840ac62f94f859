/** Finds words of the glossary in printed text. The text itself is never changed. */

export interface TermForms {
  readonly id: string;
  /** The term and its other spellings. */
  readonly forms: readonly string[];
}

/** Prepared once for many texts. */
export interface TermIndex {
  readonly pattern: RegExp;
  /** Ids by form in lower case. */
  readonly ids: ReadonlyMap<string, string>;
}

/** A piece of text, and the term that it names, if any. */
export interface TermSegment {
  readonly text: string;
  readonly term: string | null;
}

/** Longer forms come first, so that "surat permohonan" is not taken for "permohonan". */
export function termIndex(terms: readonly TermForms[]): TermIndex {
  const ids = new Map(
    terms.flatMap(({ id, forms }) => forms.map((form) => [form.toLowerCase(), id] as const)),
  );
  const forms = [...ids.keys()]
    .sort((a, b) => b.length - a.length)
    .map((form) => form.split(/\s+/).map(literal).join("\\s+"));
  // Without any form the group would be empty and match everywhere.
  const any = forms.length > 0 ? forms.join("|") : "(?!)";
  return { pattern: new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, "giu"), ids };
}

/**
 * Cuts a text at the first occurrence of each term that is not in `seen`, at most `most` of them.
 * The segments joined are the text to the letter.
 */
export function linkTerms(
  text: string,
  index: TermIndex,
  seen: ReadonlySet<string>,
  most = Number.POSITIVE_INFINITY,
): TermSegment[] {
  const found = new Set<string>();
  const segments: TermSegment[] = [];
  let from = 0;
  for (const match of text.matchAll(index.pattern)) {
    const term = termOf(match[0], index);
    if (term === null || seen.has(term) || found.has(term) || found.size >= most) continue;
    found.add(term);
    if (match.index > from) segments.push({ text: text.slice(from, match.index), term: null });
    segments.push({ text: match[0], term });
    from = match.index + match[0].length;
  }
  if (from < text.length) segments.push({ text: text.slice(from), term: null });
  return segments;
}

/** Ids of all terms that a text names. */
export function termsIn(text: string, index: TermIndex): Set<string> {
  const terms = [...text.matchAll(index.pattern)].map(([form]) => termOf(form, index));
  return new Set(terms.filter((term) => term !== null));
}

function termOf(form: string, { ids }: TermIndex): string | null {
  return ids.get(form.toLowerCase().replace(/\s+/g, " ")) ?? null;
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
