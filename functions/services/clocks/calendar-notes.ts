import { instantText } from "#domain/indonesian.ts";
import type { TimelineEntry } from "#domain/workflow/view.ts";
import type { Deps } from "../deps.ts";
import { type LoadedRequest, zoneOf } from "../requests/load.ts";
import { movedByCalendar } from "./moved-by-calendar.ts";

/** The timeline with a line wherever a new calendar moved the due time of the open step. */
export function withCalendarNotes(
  deps: Pick<Deps, "catalog">,
  { running, events, row }: Pick<LoadedRequest, "running" | "events" | "row">,
  entries: readonly TimelineEntry[],
): TimelineEntry[] {
  const zone = zoneOf(deps, row.agency);
  const notes = movedByCalendar(running, events).map(
    ({ at, stepNo, from, to }): TimelineEntry => ({
      at,
      version: entries.findLast((entry) => entry.at <= at)?.version ?? 0,
      type: "due_moved",
      stepNo,
      text: "Batas waktu dihitung ulang karena kalender kerja berubah.",
      actorName: null,
      actorJabatan: null,
      outsideSop: false,
      notes: [
        { label: "Batas waktu semula", value: instantText(from, zone) },
        { label: "Batas waktu baru", value: instantText(to, zone) },
      ],
    }),
  );
  if (notes.length === 0) return [...entries];
  // Stable: of the same moment, what happened stands before what followed from it.
  return [...entries, ...notes].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
