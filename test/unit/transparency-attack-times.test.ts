/**
 * The attack on shares in time and on times. The attacker is given more than is published: wherever a
 * share is told, the two counts it was made of, exactly; and all that is told of other periods.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CountedRequest } from "#domain/transparency/cells.ts";
import type { PublicPeriod } from "#domain/transparency/publish.ts";
import { type Known, possibleLeft } from "#support/figures-attacker.ts";
import { type Group, group, LAST, published, requestOf } from "#support/grouped-history.ts";

const UNTIL = ["2025-04-15", "2025-10-15", "2026-01-15", LAST] as const;

type Step = CountedRequest["steps"][number];

/** Closed steps of a period, one for each request of its group. */
function stepsIn(groups: readonly Group[], period: string): Step[] {
  return groups.flatMap(({ times, ...one }) =>
    requestOf({ times, ...one }).steps.flatMap((step) =>
      isIn(step.closedAt ?? "", period) ? Array.from({ length: times }, () => step) : [],
    ),
  );
}

function isIn(at: string, period: string): boolean {
  const quarter = `${at.slice(0, 4)}-T${Math.ceil(Number(at.slice(5, 7)) / 3)}`;
  return [at.slice(0, 4), quarter, at.slice(0, 7)].includes(period);
}

function countOf(groups: readonly Group[], period: string, onTime: boolean): number {
  return stepsIn(groups, period).filter((step) => step.onTime === onTime).length;
}

describe("whoever compares all shares and times that were published", () => {
  it("cannot tell a small number of late or timely steps, even with the counts behind each share", () => {
    let smallOnes = 0;
    fc.assert(
      fc.property(fc.array(group, { maxLength: 14 }), (groups) => {
        for (const until of UNTIL) {
          const periods = published(groups, until);
          for (const onTime of [true, false]) {
            const known = knownOf(groups, periods, onTime);
            for (const { id, onTimeShare } of periods) {
              const truth = countOf(groups, id, onTime);
              if (truth < 1 || truth > 4) continue;
              smallOnes += 1;
              expect(onTimeShare, id).toBeNull();
              const left = possibleLeft(known, id);
              expect(left, id).toContain(truth);
              expect(left.length, id).toBeGreaterThanOrEqual(3);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(smallOnes).toBeGreaterThan(50);
  });

  it("would succeed where a share stood on a small count's complement", () => {
    const counts: Known[] = [
      { id: "2025", count: 33 },
      { id: "2025-T1", count: 20 },
      { id: "2025-T2", count: 10 },
      { id: "2025-T3", count: null },
      { id: "2025-T4", count: 0 },
    ];
    expect(possibleLeft(counts, "2025-T3")).toEqual([3]);
  });

  it("learns of no single step's time: half of five or more took so long, and nine in ten is not the longest", () => {
    let told = 0;
    fc.assert(
      fc.property(fc.array(group, { maxLength: 14 }), (groups) => {
        for (const { id, steps } of published(groups, LAST)) {
          for (const { no, minutes } of steps) {
            if (!minutes) continue;
            const all = stepsIn(groups, id).filter(({ step }) => step === no);
            const least = (value: number): number =>
              all.filter(({ workingMinutes }) => (workingMinutes ?? 0) >= value).length;
            expect(all.length, id).toBeGreaterThanOrEqual(5);
            expect(least(minutes.median), id).toBeGreaterThanOrEqual(3);
            if (minutes.p90 !== null) {
              expect(all.length, id).toBeGreaterThanOrEqual(10);
              expect(least(minutes.p90), id).toBeGreaterThanOrEqual(2);
            }
            told += 1;
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(told).toBeGreaterThan(50);
  });
});

function knownOf(
  groups: readonly Group[],
  periods: readonly PublicPeriod[],
  onTime: boolean,
): Known[] {
  return periods.map(({ id, onTimeShare }) => ({
    id,
    count: onTimeShare === null ? null : countOf(groups, id, onTime),
  }));
}
