/**
 * The attack on all that is published of the requests. The attacker knows:
 * - every count of months, quarters and years, of kinds and of reasons of refusal, in every
 *   publication so far, and whether each is shown, small (1–4), or withheld;
 * - that parts add up to their sums, and that nobody ends who has not come;
 * - the rules: months stand apart from twenty received on, times from five completed on and nine in
 *   ten from ten on, so that a step without times tells of requests that were under way before;
 * - nothing of the office itself, and not why one count rather than another was withheld.
 *
 * How long ago a restore was carried through is not among it (`transparency-restore-age.test.ts`).
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PublicPeriod } from "#domain/transparency/publish.ts";
import { shownOf, type Target, targetsOf, valuesLeft } from "#support/figures-attacker.ts";
import { type Group, group, LAST, published, requestOf } from "#support/grouped-history.ts";

function truthOf(groups: readonly Group[], { period, flow, part }: Target): number {
  const counted = groups.filter((one) => {
    const { submittedAt, closedAt, status, refusal, kind } = requestOf(one);
    const at = flow === "received" ? submittedAt : status === flow ? closedAt : null;
    if (at === null || (part !== null && part !== kind && part !== refusal)) return false;
    const quarter = `${at.slice(0, 4)}-T${Math.ceil(Number(at.slice(5, 7)) / 3)}`;
    return [at.slice(0, 4), quarter, at.slice(0, 7)].includes(period);
  });
  return counted.reduce((sum, { times }) => sum + times, 0);
}

function expectCovered(groups: readonly Group[], periods: readonly PublicPeriod[]): void {
  for (const target of targetsOf(periods)) {
    const truth = truthOf(groups, target);
    const id = Object.values(target).join(" ");
    const shown = shownOf(periods, target);
    if (shown?.kind === "count") expect(shown.value, id).toBe(truth);
    if (truth < 1 || truth > 4) continue;
    expect(shown?.kind, id).not.toBe("count");
    const left = valuesLeft(periods, target);
    expect(left, id).toContain(truth);
    expect(left.length, id).toBeGreaterThanOrEqual(3);
  }
}

const one: Group = {
  times: 1,
  month: 0,
  stepAfter: 0,
  lasts: 0,
  kind: "backup",
  end: "completed",
  reason: "kapasitas",
  late: false,
  minutes: 30,
};

describe("whoever adds up all that was published", () => {
  it("cannot tell a small count of a month, quarter, year, kind or reason at any publication", () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 14 }), (groups) => {
        for (const until of ["2025-04-15", "2025-10-15", "2026-01-15", LAST]) {
          expectCovered(groups, published(groups, until));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("does not learn the one restore of a year from the backups, nor a reason from the others", () => {
    const groups: Group[] = [
      { ...one, times: 30 },
      { ...one, kind: "restore" },
      { ...one, times: 7, end: "refused", reason: "kapasitas", month: 4 },
      { ...one, times: 2, end: "refused", reason: "lainnya", month: 4 },
    ];
    const periods = published(groups, "2026-01-15");
    expectCovered(groups, periods);
    const year = periods.find(({ kind }) => kind === "year");
    expect(year?.byKind).toMatchObject({ restore: { kind: "small" } });
    expect([year?.byKind?.backup.kind, year?.flow.received.kind]).toContain("withheld");
  });

  it("would succeed where only the small counts themselves were hidden", () => {
    const groups: Group[] = [
      { ...one, times: 30 },
      { ...one, kind: "restore" },
    ];
    const bare = published(groups, "2026-01-15").map((period) => ({
      ...period,
      flow: { ...period.flow, received: { kind: "count", value: 31 } as const },
      byKind: period.byKind && {
        restore: { kind: "small" } as const,
        backup: { kind: "count", value: 30 } as const,
      },
    }));
    const target = { period: "2025", flow: "received", part: "restore" } as const;
    const quarters = bare.filter(({ kind }) => kind === "year" || kind === "quarter");
    const whole = quarters.map((period) =>
      period.id === "2025-T1" || period.kind === "year"
        ? period
        : { ...period, flow: { ...period.flow, received: { kind: "count", value: 0 } as const } },
    );
    const months = published(groups, "2026-01-15").filter(({ kind }) => kind === "month");
    expect(valuesLeft([...months, ...whole], target)).toEqual([1]);
  });
});
