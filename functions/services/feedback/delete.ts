import { eq } from "drizzle-orm";
import { pageFeedback } from "#db/schema/feedback.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";

/** Removes an entry for good, for instance one in which somebody wrote personal data. */
export async function deleteFeedback(
  deps: Pick<Deps, "db">,
  input: { readonly id: string },
): Promise<{ readonly id: string }> {
  const gone = await deps.db.orm
    .delete(pageFeedback)
    .where(eq(pageFeedback.id, input.id))
    .returning({ id: pageFeedback.id });
  if (gone.length === 0) throw new AppError("NOT_FOUND", "no such feedback");
  return { id: input.id };
}
