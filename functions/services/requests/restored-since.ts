import { and, eq, gt, ne } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { targetMeasures } from "#db/schema/assets.ts";
import type { Deps } from "../deps.ts";

/** Whether a target of this restore was restored again after it, by whatever request. */
export async function restoredSince({ db }: Pick<Deps, "db">, restore: string): Promise<boolean> {
  const later = alias(targetMeasures, "later");
  const [found] = await db.orm
    .select({ job: later.job })
    .from(targetMeasures)
    .innerJoin(
      later,
      and(
        eq(later.agent, targetMeasures.agent),
        eq(later.alias, targetMeasures.alias),
        eq(later.action, "restore"),
        ne(later.job, targetMeasures.job),
        gt(later.finishedAt, targetMeasures.finishedAt),
      ),
    )
    .where(eq(targetMeasures.job, restore))
    .limit(1);
  return found !== undefined;
}
