import { describe, expect, it } from "vitest";
import { fullAt, isFullSoon, type Sample } from "#agent/keep/forecast.ts";
import { dueParts, type Rota } from "#agent/keep/read-rota.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-11-01T00:00:00.000Z");
const GB = 1_000_000_000;
const at = (day: number) => new Date(START + day * DAY);
const samples = (free: readonly number[]): Sample[] =>
  free.map((freeBytes, day) => ({ at: at(day).toISOString(), freeBytes }));

describe("the day a vault is full", () => {
  it("follows from what was used each day", () => {
    const full = fullAt(samples([100, 90, 80, 70].map((gb) => gb * GB)));
    expect(full).toEqual(at(10));
    expect(isFullSoon(full ?? undefined, at(0))).toBe(true);
    expect(isFullSoon(full ?? undefined, at(-5))).toBe(false);
  });

  it("is not bent by one clearing out in between", () => {
    const full = fullAt(samples([50, 48, 46, 94, 92, 90, 88, 86].map((gb) => gb * GB)));
    expect(full).toEqual(at(7 + 43));
  });

  it("is not told where space grows, stands still, or was looked at too seldom", () => {
    expect(fullAt(samples([10, 20, 30, 40]))).toBeNull();
    expect(fullAt(samples([10, 10, 10, 10]))).toBeNull();
    expect(fullAt(samples([100, 1]))).toBeNull();
    expect(fullAt([])).toBeNull();
    expect(isFullSoon(undefined, at(0))).toBe(false);
  });
});

describe("the rota of reading", () => {
  const readOn = (rota: Rota, now: Date, isIntact = true): Rota => {
    const read = { ...rota.read };
    for (const part of dueParts(rota, now)) read[part] = { readAt: now.toISOString(), isIntact };
    return { ...rota, read };
  };
  const fresh = (parts: number): Rota => ({
    v: 1,
    parts,
    since: at(0).toISOString(),
    read: {},
  });

  it("reads one part a day and has read everything after as many days as there are parts", () => {
    let rota = fresh(7);
    for (let day = 0; day < 7; day += 1) {
      expect(dueParts(rota, at(day))).toEqual([day + 1]);
      rota = readOn(rota, at(day));
      expect(dueParts(rota, at(day + 0.1))).toEqual([]);
    }
    expect(dueParts(rota, at(7))).toEqual([1]);
  });

  it("catches up after days off, a few parts a day, until the promise holds again", () => {
    let rota = fresh(10);
    for (let day = 0; day < 10; day += 1) rota = readOn(rota, at(day));
    let day = 16;
    expect(dueParts(rota, at(day))).toHaveLength(3);
    for (; day < 22; day += 1) rota = readOn(rota, at(day));
    const oldest = Math.min(...Object.values(rota.read).map(({ readAt }) => Date.parse(readAt)));
    expect((at(22).getTime() - oldest) / DAY).toBeLessThanOrEqual(10);
    expect(dueParts(rota, at(22))).toHaveLength(1);
  });

  it("looks at a damaged part again every day", () => {
    let rota = fresh(5);
    rota = readOn(rota, at(0), false);
    expect(dueParts(rota, at(1))).toEqual([1, 2]);
  });

  it("goes on after the clock was put back", () => {
    let rota = fresh(5);
    rota = readOn(rota, at(100));
    expect(dueParts(rota, at(3)).length).toBeGreaterThan(0);
  });
});
