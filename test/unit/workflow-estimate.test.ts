import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { workingMinutes } from "#domain/calendar/working-minutes.ts";
import {
  estimateOf,
  estimateText,
  MEASURED_MIN,
  type RemainingStep,
  workingSpanText,
} from "#domain/workflow/estimate.ts";

const NOW = new Date("2026-11-23T01:00:00.000Z");

const step = (given: Partial<RemainingStep>): RemainingStep => ({
  no: 1,
  measured: new Map(),
  standardMinutes: null,
  spent: 0,
  ...given,
});

describe("when a request is usually done", () => {
  let calendar: WorkCalendar;
  beforeAll(async () => {
    const catalog: Catalog = await loadCatalog("content");
    const agency = catalog.agencies.get("kaltim");
    if (!agency) throw new Error("no agency");
    ({ calendar } = agency);
  });

  it("goes by what was measured where there is enough of it, else by the standard time", () => {
    const few = new Map([[10, MEASURED_MIN - 1]]);
    const enough = new Map([[10, MEASURED_MIN]]);
    const of = (...steps: RemainingStep[]) => estimateOf(calendar, NOW, steps);
    expect(of(step({ measured: few, standardMinutes: 60 }))).toMatchObject({
      basis: "standard",
      minutesFrom: 60,
    });
    expect(of(step({ measured: enough, standardMinutes: 60 }))).toMatchObject({
      basis: "measured",
      minutesFrom: 10,
    });
    expect(of(step({ measured: enough }), step({ standardMinutes: 60 }))).toMatchObject({
      basis: "both",
      minutesFrom: 70,
    });
  });

  it("says nothing where a step has neither figure, or nothing is left", () => {
    expect(estimateOf(calendar, NOW, [step({ standardMinutes: 60 }), step({})])).toBeNull();
    expect(estimateOf(calendar, NOW, [])).toBeNull();
  });

  it("is never in the past, never ends before it begins, and counts working time only", () => {
    const some = fc.record({
      standardMinutes: fc.integer({ min: 1, max: 2_000 }),
      spent: fc.integer({ min: 0, max: 3_000 }),
      measured: fc
        .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 9 })), {
          selector: ([bucket]) => bucket,
          maxLength: 6,
        })
        .map((pairs) => new Map(pairs)),
    });
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 8 }), (steps) => {
        const found = estimateOf(calendar, NOW, steps.map(step));
        if (!found) throw new Error("every step has a standard time");
        expect(found.from.getTime()).toBeGreaterThanOrEqual(NOW.getTime());
        expect(found.to.getTime()).toBeGreaterThanOrEqual(found.from.getTime());
        expect(workingMinutes(calendar, NOW, found.to)).toBeCloseTo(
          Math.max(1, found.minutesTo),
          3,
        );
      }),
      { numRuns: 200 },
    );
  });

  it("tells spans in the unit people plan with, as one where both ends are the same", () => {
    expect([3, 12, 60, 130, 450, 1_000].map((one) => workingSpanText(one, 450))).toEqual([
      "5 menit kerja",
      "15 menit kerja",
      "1 jam kerja",
      "3 jam kerja",
      "1 hari kerja",
      "3 hari kerja",
    ]);
    expect(estimateText({ minutesFrom: 61, minutesTo: 119 }, 450)).toBe("sekitar 2 jam kerja");
    expect(estimateText({ minutesFrom: 60, minutesTo: 900 }, 450)).toBe(
      "1 jam kerja sampai 2 hari kerja",
    );
  });
});
