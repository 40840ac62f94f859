/** Histories of a year and a half made of groups of like requests, and what is published of them. */
import fc from "fast-check";
import { type CountedRequest, cellsOf, sumOf } from "#domain/transparency/cells.ts";
import { publicationsUntil } from "#domain/transparency/periods.ts";
import { type PublicPeriod, publish } from "#domain/transparency/publish.ts";
import { RefusalClass } from "#domain/workflow/types.ts";

/** Requests that went the same way. */
export interface Group {
  readonly times: number;
  readonly month: number;
  readonly stepAfter: number;
  readonly lasts: number;
  readonly kind: "backup" | "restore";
  readonly end: "completed" | "refused" | "cancelled" | "active";
  readonly reason: RefusalClass;
  /** Of its last step. */
  readonly late: boolean;
  readonly minutes: number;
}

export const LAST = "2026-07-15";
const FIRST = "2025-01";

export const group: fc.Arbitrary<Group> = fc.record({
  times: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 24 })),
  month: fc.integer({ min: 0, max: 17 }),
  stepAfter: fc.constantFrom(0, 0, 1, 3),
  lasts: fc.constantFrom(0, 0, 0, 1, 2, 4),
  kind: fc.constantFrom("backup" as const, "restore" as const),
  end: fc.constantFrom<Group["end"]>("completed", "completed", "refused", "cancelled", "active"),
  reason: fc.constantFrom(...RefusalClass.options),
  late: fc.boolean(),
  minutes: fc.integer({ min: 1, max: 90 }),
});

export function requestOf({
  month,
  stepAfter,
  lasts,
  kind,
  end,
  reason,
  late,
  minutes,
}: Group): CountedRequest {
  const at = (when: number): string => new Date(Date.UTC(2025, when, 9)).toISOString();
  const closedAt = end === "active" ? null : at(month + lasts);
  const step = (no: number, when: number, isLate = false) => ({
    step: no,
    outcome: "closed" as const,
    closedAt: at(when),
    workingMinutes: minutes,
    onTime: !isLate,
  });
  return {
    slug: "contoh",
    versi: 1,
    kind,
    status: end,
    refusal: end === "refused" ? reason : null,
    submittedAt: at(month),
    closedAt,
    steps:
      end === "completed"
        ? [step(1, month + Math.min(stepAfter, lasts)), step(2, month + lasts, late)]
        : [],
  };
}

/** What is public on a day of what these requests came to. */
export function published(groups: readonly Group[], until: string): PublicPeriod[] {
  const publications = publicationsUntil(FIRST, until);
  const last = publications.at(-1)?.quarter.months.at(-1) ?? "";
  const cells = sumOf(
    groups.flatMap(({ times, ...one }) =>
      cellsOf(requestOf({ times, ...one }), (instant) => instant.slice(0, 7))
        // What happened later is not known yet.
        .filter(({ month }) => month <= last)
        .map((cell) => ({ ...cell, count: cell.count * times })),
    ),
  );
  return publish({ versi: 1, steps: [1, 2] }, cells, publications);
}
