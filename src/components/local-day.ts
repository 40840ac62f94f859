import type { ZoneId } from "#domain/calendar/local-time.ts";

/** `YYYY-MM-DD` of an instant, as the calendar on the wall of that zone has it. */
export function localDay(instant: string, zone: ZoneId): string {
  return new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: zone }).format(
    new Date(instant),
  );
}
