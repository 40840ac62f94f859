import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CountedRequest, cellsOf, sumOf } from "#domain/transparency/cells.ts";
import {
  nextPublicationAfter,
  publicationsUntil,
  publishedOn,
} from "#domain/transparency/periods.ts";
import { type Shown, type Sum, workOut } from "#domain/transparency/protect.ts";
import { type PublicPeriod, publish } from "#domain/transparency/publish.ts";

const monthOf = (instant: string): string => instant.slice(0, 7);
const service = { versi: 1, steps: [1, 2] };

const history: fc.Arbitrary<readonly CountedRequest[]> = fc.array(
  fc
    .record({
      kind: fc.constantFrom("backup" as const, "restore" as const),
      day: fc.integer({ min: 0, max: 700 }),
      took: fc.integer({ min: 0, max: 60 }),
      minutes: fc.integer({ min: 1, max: 400 }),
      onTime: fc.boolean(),
      end: fc.constantFrom("completed" as const, "refused" as const, "cancelled" as const),
    })
    .map(({ kind, day, took, minutes, onTime, end }): CountedRequest => {
      const at = (days: number): string => new Date(Date.UTC(2024, 0, 1 + days)).toISOString();
      const closedAt = at(day + took);
      const step = { outcome: "closed" as const, closedAt, workingMinutes: minutes, onTime };
      return {
        slug: "contoh",
        versi: 1,
        kind,
        status: end,
        refusal: end === "refused" ? "kapasitas" : null,
        submittedAt: at(day),
        closedAt,
        steps: end === "completed" ? [{ step: 2, ...step }] : [],
      };
    }),
  { maxLength: 160 },
);

const cellsIn = (requests: readonly CountedRequest[]) =>
  sumOf(requests.flatMap((request) => cellsOf(request, monthOf)));
const published = (requests: readonly CountedRequest[], today: string): PublicPeriod[] =>
  publish(service, cellsIn(requests), publicationsUntil("2024-01", today));
const flat = (periods: readonly PublicPeriod[]): Map<string, Shown> =>
  new Map(
    periods.flatMap(({ id, flow }) =>
      Object.entries(flow).map(([name, one]): [string, Shown] => [`${id} ${name}`, one]),
    ),
  );

describe("publications", () => {
  it("come a fortnight after their quarter ended", () => {
    expect(publishedOn(2026, 1)).toBe("2026-04-15");
    expect(["2026-01-10", "2026-01-15", "2026-04-14"].map(nextPublicationAfter)).toEqual([
      "2026-01-15",
      "2026-04-15",
      "2026-04-15",
    ]);
    expect(publicationsUntil("2026-02", "2026-04-14")).toEqual([]);
    expect(publicationsUntil("2026-02", "2026-04-15").map(({ quarter }) => quarter.id)).toEqual([
      "2026-T1",
    ]);
    expect(publicationsUntil("2025-11", "2026-05-01").map(({ year }) => year?.id)).toEqual([
      "2025",
      undefined,
    ]);
  });

  it("say of each period what a plain count of the requests says, or that it is small", () => {
    fc.assert(
      fc.property(history, (requests) => {
        for (const period of published(requests, "2026-12-31")) {
          const received = requests.filter(
            ({ submittedAt }) =>
              submittedAt.startsWith(period.id.slice(0, 4)) &&
              (period.kind === "year" ||
                (period.kind === "month"
                  ? submittedAt.startsWith(period.id)
                  : Math.ceil(Number(submittedAt.slice(5, 7)) / 3) === Number(period.id.slice(6)))),
          ).length;
          const shown = period.flow.received;
          if (shown.kind === "count") expect(shown.value, period.id).toBe(received);
          if (shown.kind === "small") {
            expect(received).toBeGreaterThan(0);
            expect(received).toBeLessThan(5);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("never take back or change what an earlier one showed", () => {
    fc.assert(
      fc.property(history, (requests) => {
        const last = flat(published(requests, "2026-12-31"));
        for (const today of ["2024-04-15", "2024-10-20", "2025-01-15", "2025-08-01"]) {
          // What happened later is not known yet.
          const known = requests.filter(({ submittedAt }) => submittedAt < today);
          for (const [id, one] of flat(published(known, today))) {
            expect(last.get(id), `${today} ${id}`).toEqual(one);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("leave at least three values possible for each small count, whatever is added up", () => {
    fc.assert(
      fc.property(history, (requests) => {
        const periods = published(requests, "2026-12-31");
        const shown = flat(periods);
        const names = [...new Set([...shown.keys()].map((id) => id.slice(id.indexOf(" ") + 1)))];
        const sums = names.flatMap((name) => sumsOf(periods, name));
        const bounds = workOut(shown, sums);
        for (const [id, one] of shown) {
          if (one.kind !== "small") continue;
          const { low = 0, high = 0 } = bounds.get(id) ?? {};
          expect(high - low + 1, id).toBeGreaterThanOrEqual(3);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("give times only where five completed requests are shown, and nine in ten only from ten on", () => {
    fc.assert(
      fc.property(history, (requests) => {
        for (const { flow, minutes, steps, onTimeShare } of published(requests, "2026-12-31")) {
          const completed = flow.completed.kind === "count" ? flow.completed.value : 0;
          const times = [minutes, ...steps.map((step) => step.minutes)].filter(
            (one) => one !== null,
          );
          if (completed < 5) expect([times, onTimeShare]).toEqual([[], null]);
          if (completed < 10) for (const { p90 } of times) expect(p90).toBeNull();
        }
      }),
      { numRuns: 40 },
    );
  });

  it("counts what is under way where a missing step would tell it", () => {
    // Two came first and one of them ended; then six were completed whose second step lay before.
    const at = (month: string): string => `2024-${month}-10T02:00:00Z`;
    const done = (received: string, stepAt: string, closed: string): CountedRequest => ({
      slug: "contoh",
      versi: 1,
      kind: "backup",
      status: "completed",
      refusal: null,
      submittedAt: at(received),
      closedAt: at(closed),
      steps: [
        { step: 1, outcome: "closed", closedAt: at(stepAt), workingMinutes: 5, onTime: true },
        { step: 2, outcome: "closed", closedAt: at(closed), workingMinutes: 5, onTime: true },
      ],
    });
    const early = [done("02", "02", "02"), ...[1, 2, 3].map(() => done("02", "02", "05"))];
    const waiting: CountedRequest = {
      ...done("05", "05", "05"),
      status: "active",
      closedAt: null,
      steps: [],
    };
    const later = [
      ...[1, 2, 3].map(() => done("05", "05", "05")),
      ...Array.from({ length: 7 }, () => waiting),
    ];
    const [first, second] = published([...early, ...later], "2024-08-01");
    expect(first?.flow).toMatchObject({
      received: { kind: "small" },
      completed: { kind: "small" },
    });
    // Shown as 6 without a time of step 1, it would leave only 3 and 4 received in the first quarter.
    expect(second?.flow.completed.kind).not.toBe("count");
  });
});

/** The additions a reader can do: months to quarters, quarters to years. */
function sumsOf(periods: readonly PublicPeriod[], name: string): Sum[] {
  const ids = periods.map(({ id }) => id);
  const quarterOf = (month: string): string =>
    `${month.slice(0, 4)}-T${Math.ceil(Number(month.slice(5)) / 3)}`;
  return periods.flatMap(({ id, kind }): Sum[] => {
    if (kind === "month") return [];
    const parts = ids.filter((other) =>
      kind === "year"
        ? other.startsWith(`${id}-T`)
        : !other.includes("T") && other.length === 7 && quarterOf(other) === id,
    );
    if (parts.length === 0) return [];
    return [{ total: `${id} ${name}`, parts: parts.map((part) => `${part} ${name}`) }];
  });
}
