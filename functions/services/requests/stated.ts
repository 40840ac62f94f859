import type { Deps } from "../deps.ts";
import { type Answer, readContents } from "./content.ts";
import type { LoadedRequest } from "./load.ts";

/** What the pemohon stated, the newest word of each answer; erased contents are not there. */
export async function statedBy(
  deps: Pick<Deps, "db">,
  { row, events }: Pick<LoadedRequest, "row" | "events">,
): Promise<Answer[]> {
  const refs = events.flatMap(({ stored: { event } }) => {
    const given = event.type === "submitted" || event.type === "act_performed" ? event : null;
    return given?.by.capacity === "pemohon" && given.content ? [given.content] : [];
  });
  const contents = await readContents(deps, row.id, refs);
  const newest = new Map<string, Answer>();
  for (const { id } of refs) {
    for (const answer of contents.get(id) ?? []) newest.set(answer.name, answer);
  }
  return [...newest.values()];
}
