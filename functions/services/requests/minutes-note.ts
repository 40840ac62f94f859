import { and, eq, isNotNull } from "drizzle-orm";
import { documents } from "#db/schema/requests.ts";
import type { TimelineEntry } from "#domain/workflow/view.ts";
import type { Deps } from "../deps.ts";
import { MINUTES_KIND } from "./minutes-kind.ts";

/**
 * The timeline with the line of the berita acara, if there is one. It is no event: nothing of the
 * request changes by it, so its document is what tells of it.
 */
export async function withMinutesNote(
  { db }: Pick<Deps, "db">,
  request: string,
  entries: readonly TimelineEntry[],
): Promise<TimelineEntry[]> {
  const [made] = await db.orm
    .select()
    .from(documents)
    .where(
      and(
        eq(documents.request, request),
        eq(documents.kind, MINUTES_KIND),
        isNotNull(documents.source),
      ),
    );
  if (!made) return [...entries];
  const note: TimelineEntry = {
    at: made.createdAt,
    version: entries.findLast(({ at }) => at <= made.createdAt)?.version ?? 0,
    type: "minutes_made",
    stepNo: null,
    text: "Berita acara dibuat.",
    actorName: null,
    actorJabatan: made.signedBy?.title ?? null,
    outsideSop: true,
    notes: made.number === null ? [] : [{ label: "Nomor", value: made.number }],
  };
  // What is decided about a kept copy may come after it.
  return [...entries, note].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
