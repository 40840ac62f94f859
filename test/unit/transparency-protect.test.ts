import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { protect, type Shown, type Sum, workOut } from "#domain/transparency/protect.ts";

const kinds = (shown: ReadonlyMap<string, Shown>): Record<string, string | number> =>
  Object.fromEntries([...shown].map(([id, one]) => [id, "value" in one ? one.value : one.kind]));

const year = (quarters: readonly number[]) => ({
  figures: new Map<string, number>([
    ...quarters.map((value, at): [string, number] => [`q${at + 1}`, value]),
    ["year", quarters.reduce((sum, value) => sum + value, 0)],
  ]),
  sums: [{ total: "year", parts: quarters.map((_, at) => `q${at + 1}`) }] satisfies Sum[],
});

describe("protecting small counts", () => {
  it("shows zero and five, hides one to four", () => {
    const { figures } = year([0, 5, 1, 4]);
    expect(kinds(protect(figures, []))).toMatchObject({ q1: 0, q2: 5, q3: "small", q4: "small" });
  });

  it("withholds the smallest other part where the sum would tell a small one", () => {
    const { figures, sums } = year([3, 20, 30, 40]);
    expect(kinds(protect(figures, sums))).toEqual({
      q1: "small",
      q2: "withheld",
      q3: 30,
      q4: 40,
      year: 93,
    });
  });

  it("leaves a sum of two small ones alone that could be anything from 1 to 4", () => {
    const { figures, sums } = year([3, 2, 30, 40]);
    expect(kinds(protect(figures, sums))).toMatchObject({ q3: 30, q4: 40, year: 75 });
  });

  it("withholds the sum of small ones that leaves each only one value", () => {
    const { figures, sums } = year([1, 1, 1, 1]);
    expect(kinds(protect(figures, sums))).toMatchObject({ q1: "small", year: "withheld" });
  });

  it("withholds more where two small ones can only be 4", () => {
    const { figures, sums } = year([4, 4, 30, 40]);
    expect(kinds(protect(figures, sums))).toMatchObject({ q3: "withheld", q4: 40, year: 78 });
  });

  it("withholds a small sum too whose three parts are each at least 1", () => {
    const figures = new Map(Object.entries({ jan: 1, feb: 1, mar: 1, q1: 3 }));
    const sums = [{ total: "q1", parts: ["jan", "feb", "mar"] }];
    const shown = protect(figures, sums);
    expect(kinds(shown)).toMatchObject({ jan: "small", q1: "withheld" });
    for (const { low, high } of workOut(shown, sums).values()) {
      expect(high - low).toBeGreaterThanOrEqual(2);
    }
  });

  it("withholds the new sum where the parts were published before", () => {
    const { figures, sums } = year([3, 20, 30, 40]);
    const before = new Map(figures);
    before.delete("year");
    const published = protect(before, []);
    const after = protect(figures, sums, published);
    expect(kinds(after)).toEqual({ q1: "small", q2: 20, q3: 30, q4: 40, year: "withheld" });
    for (const [id, one] of published) expect(after.get(id)).toEqual(one);
  });
});

/** Months in quarters in a year, and classes that add up to the year too. */
const forest = fc
  .record({
    months: fc.array(fc.nat({ max: 9 }), { minLength: 4, maxLength: 4 }),
    split: fc.nat({ max: 100 }),
  })
  .map(({ months, split }) => {
    const [a = 0, b = 0, c = 0, d = 0] = months;
    const total = a + b + c + d;
    const one = Math.round((total * split) / 100);
    const figures = new Map<string, number>([
      ["a", a],
      ["b", b],
      ["c", c],
      ["d", d],
      ["ab", a + b],
      ["cd", c + d],
      ["year", total],
      ["one", one],
      ["other", total - one],
    ]);
    const sums: Sum[] = [
      { total: "ab", parts: ["a", "b"] },
      { total: "cd", parts: ["c", "d"] },
      { total: "year", parts: ["ab", "cd"] },
      { total: "year", parts: ["one", "other"] },
    ];
    return { figures, sums };
  });

/** Every history that a reader must hold possible, tried one by one. */
function possible(shown: ReadonlyMap<string, Shown>): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  const fits = (id: string, value: number): boolean => {
    const one = shown.get(id);
    if (one?.kind === "count") return one.value === value;
    if (one?.kind === "small") return value >= 1 && value <= 4;
    return value >= 1;
  };
  const MOST = 24;
  const upTo = (id: string): number[] =>
    Array.from({ length: MOST + 1 }, (_, value) => value).filter((value) => fits(id, value));
  for (const a of upTo("a"))
    for (const b of upTo("b")) {
      if (!fits("ab", a + b)) continue;
      for (const c of upTo("c"))
        for (const d of upTo("d")) {
          const total = a + b + c + d;
          if (!fits("cd", c + d) || !fits("year", total)) continue;
          for (let one = 0; one <= total; one += 1) {
            if (!fits("one", one) || !fits("other", total - one)) continue;
            const all = { a, b, c, d, ab: a + b, cd: c + d, year: total, one, other: total - one };
            for (const [id, value] of Object.entries(all)) {
              found.set(id, (found.get(id) ?? new Set()).add(value));
            }
          }
        }
    }
  return found;
}

describe("whoever tries every history that fits the publication", () => {
  it("still holds three values of each small count possible", () => {
    fc.assert(
      fc.property(forest, ({ figures, sums }) => {
        const shown = protect(figures, sums);
        const histories = possible(shown);
        for (const [id, one] of shown) {
          if (one.kind !== "small") continue;
          expect(histories.get(id)?.size, id).toBeGreaterThanOrEqual(3);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("finds the same bounds as the check does", () => {
    fc.assert(
      fc.property(forest, ({ figures, sums }) => {
        const shown = protect(figures, sums);
        const bounds = workOut(shown, sums);
        for (const [id, values] of possible(shown)) {
          expect(Math.min(...values), id).toBe(bounds.get(id)?.low);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("would succeed without complementary suppression", () => {
    const { figures, sums } = year([3, 20, 30, 40]);
    expect(workOut(protect(figures, []), sums).get("q1")).toEqual({ low: 3, high: 3 });
  });
});
