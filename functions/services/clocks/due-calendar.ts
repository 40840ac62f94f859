/** Due times as a calendar that people subscribe to: reference and act, nothing of the content. */
import ical, { ICalEventBusyStatus, ICalEventTransparency } from "ical-generator";
import { positionOf } from "#domain/sop/navigate.ts";
import type { RequestRow, RunningSop } from "../requests/project.ts";
import { showReference } from "../requests/reference.ts";

export interface OpenDue {
  readonly running: RunningSop;
  readonly row: RequestRow;
  /** Where the request is shown to whoever reads the calendar. */
  readonly url: string;
}

const QUARTER_MS = 15 * 60_000;

/**
 * The quarter of an hour before each due time. A request has one event as long as it runs, which
 * moves and is renamed with it; its stamp is when the step was entered, so that the same state gives
 * the same bytes.
 */
export function dueCalendar(origin: string, dues: readonly OpenDue[]): string {
  const { hostname } = new URL(origin);
  const calendar = ical({
    name: "Batas waktu permohonan",
    prodId: { company: "Pulih", product: "Batas waktu", language: "ID" },
  });
  for (const { running, row, url } of dues) {
    if (row.dueAt === null || row.act === null || row.enteredAt === null) continue;
    const { act, step } = positionOf(running.sop, row.act);
    const due = new Date(row.dueAt);
    const stamp = new Date(row.enteredAt);
    const waits = row.awaitsAnswer ? " (menunggu jawaban pemohon)" : "";
    calendar.createEvent({
      id: `tenggat-${row.id}@${hostname}`,
      sequence: row.version,
      stamp,
      created: stamp,
      lastModified: stamp,
      start: new Date(due.getTime() - QUARTER_MS),
      end: due,
      summary: `${showReference(row.id)}: ${act.judul}${waits}`,
      description: `Batas waktu langkah ${step.no}.`,
      url,
      busystatus: ICalEventBusyStatus.FREE,
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  }
  return calendar.toString();
}
