/**
 * When figures are published: whole quarters, some time after they ended, and a year with its last
 * quarter. Figures of a running period would tell, day by day, when one office asked for what.
 */
export const PUBLISHED_AFTER_DAYS = 14;

export type PeriodKind = "year" | "quarter" | "month";

export interface Period {
  /** `2026`, `2026-T1`, or `2026-01`: stable names of public data. */
  readonly id: string;
  readonly kind: PeriodKind;
  readonly months: readonly string[];
}

/** A publication: a quarter with its months, and with the fourth one the year. */
export interface Publication {
  readonly quarter: Period;
  readonly months: readonly Period[];
  readonly year: Period | null;
}

/** All publications up to `today` (local dates), oldest first, from the quarter of `firstMonth` on. */
export function publicationsUntil(firstMonth: string, today: string): Publication[] {
  const found: Publication[] = [];
  let { year, quarter } = quarterOf(firstMonth);
  while (publishedOn(year, quarter) <= today) {
    found.push(publicationOf(year, quarter));
    [year, quarter] = quarter === 4 ? [year + 1, 1] : [year, quarter + 1];
  }
  return found;
}

export function quarterOf(month: string): { readonly year: number; readonly quarter: number } {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return { year, quarter: Math.ceil(number / 3) };
}

/** The day from which a quarter is public. */
export function publishedOn(year: number, quarter: number): string {
  const firstAfter = Date.UTC(year, quarter * 3, 1 + PUBLISHED_AFTER_DAYS);
  return new Date(firstAfter).toISOString().slice(0, 10);
}

/** The day of the next publication after `today`. */
export function nextPublicationAfter(today: string): string {
  const { year, quarter } = quarterOf(today.slice(0, 7));
  const before = quarter === 1 ? publishedOn(year - 1, 4) : publishedOn(year, quarter - 1);
  return before > today ? before : publishedOn(year, quarter);
}

export function publicationOf(year: number, quarter: number): Publication {
  const months = monthsOf(year, quarter);
  const all = [1, 2, 3, 4].flatMap((one) => monthsOf(year, one));
  return {
    quarter: { id: `${year}-T${quarter}`, kind: "quarter", months },
    months: months.map((month) => ({ id: month, kind: "month", months: [month] })),
    year: quarter === 4 ? { id: String(year), kind: "year", months: all } : null,
  };
}

/** The month before, `YYYY-MM`. */
export function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 7);
}

function monthsOf(year: number, quarter: number): string[] {
  return [2, 1, 0].map((back) => `${year}-${String(quarter * 3 - back).padStart(2, "0")}`);
}
