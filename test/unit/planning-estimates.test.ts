import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reviewDueAfter } from "#domain/assets/review-due.ts";
import { boardSpan } from "#domain/planning/board-days.ts";
import { estimateOf, median, sumOfMinutes } from "#domain/planning/estimate.ts";
import { vaultGrowth } from "#domain/planning/vault-growth.ts";

describe("an estimate", () => {
  const measured = (seconds: number, bytes = 1_000) => ({ seconds, bytes });

  it("is the median of the target's own ten newest measurements, whatever stands further back", () => {
    const own = [...Array.from({ length: 10 }, (_, at) => measured(60 * (at + 1))), measured(1e9)];
    expect(estimateOf({ own, engine: [measured(1)], bytes: 500 })).toEqual({
      bytes: 500,
      minutes: 6,
      basis: "sasaran",
      count: 10,
    });
  });

  it("is the size at the speed of the engine where the target was never measured", () => {
    const engine = [measured(10, 1_000_000), measured(30, 1_000_000)];
    expect(estimateOf({ own: [], engine, bytes: 60_000_000 })).toMatchObject({
      minutes: 20,
      basis: "mesin",
      count: 2,
    });
  });

  it("is not made up where nothing is known", () => {
    for (const given of [
      { own: [], engine: [], bytes: 5 },
      { own: [], engine: [measured(10)], bytes: null },
      { own: [], engine: [measured(0, 0)], bytes: 5 },
    ]) {
      expect(estimateOf(given)).toMatchObject({
        minutes: null,
        basis: "belum-ada",
        bytes: given.bytes,
      });
    }
    const known = estimateOf({ own: [measured(60)], engine: [], bytes: null });
    expect(sumOfMinutes([known, known])).toBe(2);
    expect(sumOfMinutes([known, estimateOf({ own: [], engine: [], bytes: 1 })])).toBeNull();
    expect(sumOfMinutes([])).toBeNull();
  });

  it("has as many measurements below its median as above it", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1 }), (values) => {
        const middle = median(values);
        const below = values.filter((one) => one < middle).length;
        const above = values.filter((one) => one > middle).length;
        expect(below).toBeLessThanOrEqual(values.length / 2);
        expect(above).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});

describe("the growth of a vault", () => {
  const days = (free: readonly number[]) =>
    free.map((freeBytes, at) => ({ day: `2026-11-${String(at + 1).padStart(2, "0")}`, freeBytes }));

  it("is not told from two days, and is a band where days are few", () => {
    expect(vaultGrowth(days([100, 90]))).toEqual({ kind: "belum-ada" });
    expect(vaultGrowth(days([100, 90, 70]))).toEqual({ kind: "penuh", least: 3, most: 7 });
  });

  it("is one figure after a fortnight, and one cleared day does not turn it round", () => {
    const even = Array.from({ length: 20 }, (_, at) => 1_000 - 10 * at);
    expect(vaultGrowth(days(even))).toEqual({ kind: "penuh", least: 81, most: 81 });
    const cleared = even.map((free, at) => (at === 19 ? free + 300 : free));
    expect(vaultGrowth(days(cleared))).toMatchObject({ kind: "penuh" });
  });

  it("says that a vault does not fill which does not", () => {
    expect(vaultGrowth(days([100, 100, 120]))).toEqual({ kind: "tetap" });
  });
});

describe("days", () => {
  it("are reviewed by the same date of the next year, which 29 February has not", () => {
    expect(reviewDueAfter("2026-11-22")).toBe("2027-11-22");
    expect(reviewDueAfter("2028-02-29")).toBe("2029-02-28");
  });

  it("are seven from a Monday on, or a whole month, and lead to the spans beside them", () => {
    expect(boardSpan("minggu", "2026-11-29")).toMatchObject({
      before: "2026-11-16",
      after: "2026-11-30",
    });
    expect(boardSpan("minggu", "2026-11-29").dates[0]).toBe("2026-11-23");
    const february = boardSpan("bulan", "2028-02-10");
    expect(february.dates).toHaveLength(29);
    expect(february).toMatchObject({ before: "2028-01-01", after: "2028-03-01" });
  });
});
