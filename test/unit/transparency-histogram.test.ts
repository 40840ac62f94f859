import fc from "fast-check";
import { expect, it } from "vitest";
import { bucketOf, minutesOf, quantile, sizeOf } from "#domain/transparency/histogram.ts";

const durations = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 200 });

function histogramOf(minutes: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const one of minutes) counts.set(bucketOf(one), (counts.get(bucketOf(one)) ?? 0) + 1);
  return counts;
}

it("reads every quantile from its buckets, at most 1 % too long and never too short", () => {
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.9, 1), (minutes, q) => {
      const sorted = [...minutes].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(q * sorted.length) - 1] ?? 0;
      const read = quantile(histogramOf(minutes), q) ?? Number.NaN;
      expect(read).toBeGreaterThanOrEqual(exact);
      expect(read).toBeLessThanOrEqual(exact * 1.01);
    }),
  );
});

it("is exact up to 100 minutes", () => {
  for (let minutes = 0; minutes <= 100; minutes += 1) {
    expect(minutesOf(bucketOf(minutes))).toBe(minutes);
  }
});

it("needs no more buckets for a million durations than for the range they lie in", () => {
  expect(bucketOf(60 * 24 * 365)).toBeLessThan(1_000);
});

it("has no quantile of nothing", () => {
  expect(quantile(new Map(), 0.5)).toBeNull();
  expect(sizeOf(new Map())).toBe(0);
});
