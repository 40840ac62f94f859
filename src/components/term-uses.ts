import type { Sop } from "#domain/sop/schema.ts";
import { termIndex, termsIn } from "#domain/sop/terms.ts";
import { sopText } from "../catalog/search-entries.ts";
import type { Term } from "../catalog/term-schema.ts";

/** SOPs whose printed text names a term, by its id, in the order in which they are given. */
export function termUses(terms: readonly Term[], sops: readonly Sop[]): ReadonlyMap<string, Sop[]> {
  const index = termIndex(
    terms.map(({ id, istilah, lain }) => ({ id, forms: [istilah, ...lain] })),
  );
  const uses = new Map<string, Sop[]>();
  for (const sop of sops) {
    for (const term of termsIn(sopText(sop), index)) {
      const known = uses.get(term);
      if (known) known.push(sop);
      else uses.set(term, [sop]);
    }
  }
  return uses;
}
