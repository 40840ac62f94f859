/** The days of a calendar page: a week from Monday, or a whole month. */
import { dateOfDay, dayOfDate, weekdayOfDay } from "../calendar/local-time.ts";

export interface BoardSpan {
  readonly dates: readonly string[];
  /** A day of the span before, and of the one after. */
  readonly before: string;
  readonly after: string;
}

export function boardSpan(span: "minggu" | "bulan", date: string): BoardSpan {
  const day = dayOfDate(date);
  if (span === "minggu") {
    const monday = day - ((weekdayOfDay(day) + 6) % 7);
    return {
      dates: range(monday, 7),
      before: dateOfDay(monday - 7),
      after: dateOfDay(monday + 7),
    };
  }
  const first = dayOfDate(`${date.slice(0, 7)}-01`);
  let length = 28;
  while (dateOfDay(first + length).slice(0, 7) === date.slice(0, 7)) length += 1;
  return {
    dates: range(first, length),
    before: `${dateOfDay(first - 1).slice(0, 7)}-01`,
    after: dateOfDay(first + length),
  };
}

function range(first: number, length: number): string[] {
  return Array.from({ length }, (_, index) => dateOfDay(first + index));
}
