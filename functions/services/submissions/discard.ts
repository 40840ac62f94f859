import { eq, lte } from "drizzle-orm";
import { submissionDrafts } from "#db/schema/requests.ts";
import type { Deps } from "../deps.ts";
import { hashOf } from "./seal.ts";
import { readKept } from "./store.ts";

/** Removes a draft for good. DRAFT_UNKNOWN where there is none. */
export async function discardDraft(deps: Deps, token: string): Promise<{ readonly slug: string }> {
  const { slug } = await readKept(deps, token);
  await deps.db.orm.delete(submissionDrafts).where(eq(submissionDrafts.hash, hashOf(token)));
  return { slug };
}

/** Removes drafts whose time is over. */
export async function purgeDrafts(deps: Pick<Deps, "db" | "now">): Promise<number> {
  const gone = await deps.db.orm
    .delete(submissionDrafts)
    .where(lte(submissionDrafts.expiresAt, deps.now().toISOString()))
    .returning({ hash: submissionDrafts.hash });
  return gone.length;
}
