import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DrillMonth, publishDrills } from "#domain/transparency/drills.ts";
import { publicationsUntil } from "#domain/transparency/periods.ts";

const months = fc.uniqueArray(
  fc.record({ at: fc.integer({ min: 0, max: 23 }), held: fc.nat(9), failed: fc.nat(9) }),
  { selector: ({ at }) => at, maxLength: 24 },
);

function monthAt(at: number): string {
  return new Date(Date.UTC(2025, at, 1)).toISOString().slice(0, 7);
}

function drillsOf(
  generated: readonly { at: number; held: number; failed: number }[],
): DrillMonth[] {
  return generated.map(({ at, held, failed }) => ({
    month: monthAt(at),
    held: held + failed,
    passed: held,
  }));
}

describe("published drills", () => {
  it("are the sums of their months, and stay as they were when more is published", () => {
    fc.assert(
      fc.property(months, (generated) => {
        const all = drillsOf(generated);
        const early = publishDrills(all, publicationsUntil("2025-01", "2026-01-15"), "2026-01");
        const late = publishDrills(all, publicationsUntil("2025-01", "2027-01-15"), "2027-01");
        expect(late.periods.slice(0, early.periods.length)).toEqual(early.periods);
        for (const period of late.periods.filter(({ kind }) => kind !== "month")) {
          const own = all.filter(({ month }) => isIn(month, period.id));
          expect(period.held).toBe(own.reduce((sum, { held }) => sum + held, 0));
          expect(period.passed).toBe(own.reduce((sum, { passed }) => sum + passed, 0));
        }
      }),
    );
  });

  it("tell how long ago one passed only of months that are published", () => {
    const all = drillsOf([
      { at: 0, held: 1, failed: 0 },
      { at: 11, held: 0, failed: 2 },
      { at: 12, held: 1, failed: 0 },
    ]);
    const of = (until: string) =>
      publishDrills(all, publicationsUntil("2025-01", until), until.slice(0, 7));
    expect(of("2025-04-14").lastPassed).toBeNull();
    expect(of("2025-04-15").lastPassed).toEqual({ until: "2025-03", age: "1-to-3" });
    expect(of("2026-01-20").lastPassed).toEqual({ until: "2025-12", age: "above-3" });
    expect(
      publishDrills([], publicationsUntil("2025-01", "2025-04-15"), "2025-04").lastPassed?.age,
    ).toBe("never");
  });
});

function isIn(month: string, period: string): boolean {
  const quarter = `${month.slice(0, 4)}-T${Math.ceil(Number(month.slice(5)) / 3)}`;
  return [month.slice(0, 4), quarter].includes(period);
}
