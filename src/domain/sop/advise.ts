/**
 * What an editor of SOPs would point out: it stops nothing, and no text is rewritten for it. A source
 * in force stays as it was approved; advice is for the notes beside it and for its next revision.
 */
import type { Finding } from "./finding.ts";
import { lintActivities } from "./lint-activities.ts";
import { lintBlocks, type TitleIndex } from "./lint-blocks.ts";
import { markKnown } from "./lint-known.ts";
import { type LawFacts, lintLaws } from "./lint-laws.ts";
import { lintMutuBaku, lintTable } from "./lint-table.ts";
import type { Sop } from "./schema.ts";

export interface Surroundings {
  /** By id. */
  readonly laws: ReadonlyMap<string, LawFacts>;
  readonly titles: TitleIndex;
}

export function adviseSop(sop: Sop, { laws, titles }: Surroundings): Finding[] {
  return markKnown(sop, [
    ...lintLaws(sop, laws),
    ...lintBlocks(sop, titles),
    ...lintActivities(sop),
    ...lintTable(sop),
    ...lintMutuBaku(sop),
  ]);
}
