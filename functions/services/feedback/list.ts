import { and, desc, eq, gte } from "drizzle-orm";
import { z } from "zod";
import { pageFeedback } from "#db/schema/feedback.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";

export interface FeedbackFilter {
  /** `YYYY-MM-DD`, inclusive. */
  readonly since?: string | undefined;
  readonly path?: string | undefined;
}

export type FeedbackEntry = typeof pageFeedback.$inferSelect;

/** What readers said, newest day first. INPUT_INVALID where `since` is no date. */
export async function listFeedback(
  deps: Pick<Deps, "db">,
  filter: FeedbackFilter = {},
): Promise<FeedbackEntry[]> {
  return deps.db.orm
    .select()
    .from(pageFeedback)
    .where(conditionOf(filter))
    .orderBy(desc(pageFeedback.day), pageFeedback.path, pageFeedback.id);
}

export function conditionOf({ since, path }: FeedbackFilter) {
  if (since !== undefined && !z.iso.date().safeParse(since).success) {
    throw new AppError("INPUT_INVALID", "since", {
      problems: [
        { field: "sejak", pesan: "Tulis tanggal sebagai TTTT-BB-HH, misalnya 2026-11-01." },
      ],
    });
  }
  return and(
    since === undefined ? undefined : gte(pageFeedback.day, since),
    path === undefined ? undefined : eq(pageFeedback.path, path),
  );
}
