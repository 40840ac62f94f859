import { desc, sql } from "drizzle-orm";
import { pageFeedback } from "#db/schema/feedback.ts";
import type { Deps } from "../deps.ts";
import { conditionOf, type FeedbackFilter } from "./list.ts";

export interface PageTally {
  readonly path: string;
  readonly yes: number;
  readonly no: number;
  readonly comments: number;
}

/** How often each page helped and did not; the pages that helped least come first. */
export async function tallyFeedback(
  deps: Pick<Deps, "db">,
  filter: FeedbackFilter = {},
): Promise<PageTally[]> {
  const no = sql<number>`sum(not ${pageFeedback.helpful})`;
  return deps.db.orm
    .select({
      path: pageFeedback.path,
      yes: sql<number>`sum(${pageFeedback.helpful})`,
      no,
      comments: sql<number>`count(${pageFeedback.comment})`,
    })
    .from(pageFeedback)
    .where(conditionOf(filter))
    .groupBy(pageFeedback.path)
    .orderBy(desc(no), pageFeedback.path);
}
