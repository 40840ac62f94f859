/** The days by which SOPs are to be monitored and evaluated, as a calendar that people subscribe to. */
import ical, { ICalEventBusyStatus, ICalEventTransparency } from "ical-generator";
import { dateText } from "#domain/indonesian.ts";
import { reviewsDue } from "#domain/sop/life-cycle.ts";
import type { SopEntry } from "../content.config.ts";

const TITLES = { pemantauan: "Pemantauan SOP", evaluasi: "Evaluasi SOP" } as const;

/**
 * All-day events. An SOP has one event a kind, whose day moves when a review was held: its UID stays
 * and its sequence grows. Its stamp is the day counted from, so that equal content gives equal bytes.
 */
export function reviewCalendar(origin: string, name: string, entries: readonly SopEntry[]): string {
  const { hostname } = new URL(origin);
  const calendar = ical({
    name,
    prodId: { company: "Pulih", product: "Tinjauan SOP", language: "ID" },
  });
  for (const { sop, life } of entries) {
    for (const { kind, due, since } of reviewsDue(life)) {
      const stamp = new Date(`${since}T00:00:00Z`);
      calendar.createEvent({
        id: `${kind}-${sop.slug}@${hostname}`,
        sequence: life[kind].length + life.versi.length - 1,
        stamp,
        created: stamp,
        lastModified: stamp,
        start: new Date(`${due}T00:00:00Z`),
        timezone: "UTC",
        allDay: true,
        summary: `${TITLES[kind]}: ${sop.judul}`,
        description: `Paling lambat ${dateText(due)}, dihitung dari ${dateText(since)}.`,
        url: `${origin}/sop/${sop.slug}/#riwayat`,
        busystatus: ICalEventBusyStatus.FREE,
        transparency: ICalEventTransparency.TRANSPARENT,
      });
    }
  }
  return calendar.toString();
}
