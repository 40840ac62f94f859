import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gapsOf } from "#domain/authority/gaps.ts";
import { judgeHolding } from "#domain/authority/judge-holding.ts";
import { judgeMandate, MANDATE_DAYS_MAX } from "#domain/authority/judge-mandate.ts";
import {
  type Authority,
  daysAfter,
  HELD_CAPACITIES,
  type Holding,
  type Mandate,
  overlaps,
  positionsOn,
} from "#domain/authority/positions-on.ts";

const PEOPLE = ["ani", "budi", "citra"];
const POSTS = ["kadis", "kabid"];
const AGENCIES = ["utara", "selatan"];
const DAYS = 12;
const day = (n: number): string => daysAfter("2026-12-25", n);

const span = fc
  .tuple(fc.integer({ min: 0, max: DAYS }), fc.integer({ min: -1, max: DAYS }))
  .map(([from, length]) => ({ from, to: from + length }));
const holdingArb = fc
  .record({
    person: fc.constantFrom(...PEOPLE),
    agency: fc.constantFrom(...AGENCIES),
    jabatan: fc.constantFrom(...POSTS),
    capacity: fc.constantFrom(...HELD_CAPACITIES),
    span,
    open: fc.boolean(),
  })
  .map(({ span: { from, to }, open, ...rest }) => ({
    holding: { ...rest, since: day(from), until: open ? null : day(to) } satisfies Holding,
    on: new Set(daysFrom(from, open ? DAYS * 3 : to)),
  }));
const mandateArb = fc
  .record({
    giver: fc.constantFrom(...PEOPLE),
    receiver: fc.constantFrom(...PEOPLE),
    agency: fc.constantFrom(...AGENCIES),
    jabatan: fc.constantFrom(...POSTS),
    span,
    takenBack: fc.boolean(),
  })
  .map(({ span: { from, to }, ...rest }) => ({
    mandate: { ...rest, since: day(from), until: day(to) } satisfies Mandate,
    on: new Set(rest.takenBack ? [] : daysFrom(from, to)),
  }));

/** Numbers of the days a span covers: calendars by counting, not by comparing dates. */
function daysFrom(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

describe("the positions of a person on a day", () => {
  it("are those of a walk day by day, for any holdings and mandates", () => {
    fc.assert(
      fc.property(
        fc.array(holdingArb, { maxLength: 8 }),
        fc.array(mandateArb, { maxLength: 6 }),
        (holdings, mandates) => {
          const authority: Authority = {
            holdings: holdings.map(({ holding }) => holding),
            mandates: mandates.map(({ mandate }) => mandate),
          };
          for (let n = -1; n <= DAYS * 2 + 1; n += 1) {
            for (const person of PEOPLE) {
              const found = positionsOn(day(n), person, authority);
              for (const agency of AGENCIES) {
                for (const jabatan of POSTS) {
                  const held = holdings
                    .filter(({ holding: h, on }) => on.has(n) && h.person === person)
                    .filter(({ holding: h }) => h.agency === agency && h.jabatan === jabatan)
                    .map(({ holding }) => holding.capacity);
                  const holds = (who: string, post: string | null) =>
                    holdings.some(
                      ({ holding: h, on }) =>
                        on.has(n) &&
                        h.person === who &&
                        h.agency === agency &&
                        (post === null || h.jabatan === post),
                    );
                  const lent = mandates.some(
                    ({ mandate: m, on }) =>
                      on.has(n) &&
                      m.receiver === person &&
                      m.giver !== person &&
                      m.agency === agency &&
                      m.jabatan === jabatan &&
                      holds(m.giver, jabatan) &&
                      holds(person, null),
                  );
                  const strongest = HELD_CAPACITIES.find((one) => held.includes(one));
                  const expected = strongest ?? (lent ? "mandat" : undefined);
                  const own = found.filter(
                    (one) => one.agency === agency && one.jabatan === jabatan,
                  );
                  expect(own.map(({ capacity }) => capacity)).toEqual(expected ? [expected] : []);
                }
              }
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("are told with the strongest capacity first", () => {
    const base = { person: "ani", agency: "utara", since: day(0), until: null };
    const holdings: Holding[] = [
      { ...base, jabatan: "kadis", capacity: "plh" },
      { ...base, jabatan: "kabid", capacity: "definitif" },
    ];
    const found = positionsOn(day(0), "ani", { holdings, mandates: [] });
    expect(found.map(({ jabatan }) => jabatan)).toEqual(["kabid", "kadis"]);
  });
});

describe("two spans", () => {
  it("overlap exactly where a day lies in both", () => {
    fc.assert(
      fc.property(holdingArb, holdingArb, (one, other) => {
        const shared = [...one.on].some((n) => other.on.has(n));
        expect(overlaps(one.holding, other.holding)).toBe(shared);
      }),
    );
  });
});

describe("the gaps of a position", () => {
  it("are the days after its first holder on which nobody holds it", () => {
    fc.assert(
      fc.property(fc.array(holdingArb, { maxLength: 6 }), (holdings) => {
        const gaps = gapsOf(holdings.map(({ holding }) => holding));
        const held = (n: number) => holdings.some(({ on }) => on.has(n));
        const first = daysFrom(0, DAYS * 2).find(held);
        for (const n of daysFrom(0, DAYS * 2 + 1)) {
          const inGap = gaps.some(
            ({ since, until }) => since <= day(n) && (until === null || day(n) <= until),
          );
          expect(inGap).toBe(first !== undefined && n > first && !held(n));
        }
      }),
    );
  });
});

describe("a new holding", () => {
  const ani: Holding = {
    person: "ani",
    agency: "utara",
    jabatan: "kadis",
    capacity: "definitif",
    since: "2026-01-01",
    until: "2026-06-30",
  };
  const fields = (holding: Holding, tunggal = true) =>
    judgeHolding(holding, [ani], { tunggal }).map(({ field }) => field);
  const budi = { ...ani, person: "budi" };

  it("is refused where a single position has another definitif holder on one of its days", () => {
    expect(fields({ ...budi, since: "2026-06-30", until: null })).toEqual(["sejak"]);
    expect(fields({ ...budi, since: "2025-12-01", until: "2026-01-01" })).toEqual(["sejak"]);
    expect(fields({ ...budi, since: "2026-07-01", until: null })).toEqual([]);
    expect(fields({ ...budi, since: "2025-12-01", until: "2025-12-31" })).toEqual([]);
    expect(fields({ ...budi, since: "2026-06-30" }, false)).toEqual([]);
  });

  it("may be Plt. or Plh. beside a definitif one, but not twice of one person", () => {
    for (const capacity of ["plt", "plh"] as const) {
      expect(fields({ ...budi, capacity })).toEqual([]);
      expect(fields({ ...ani, capacity })).toEqual(["sejak"]);
    }
  });

  it("may end on the day before it began, which is never, and not earlier", () => {
    expect(fields({ ...budi, since: "2026-03-01", until: "2026-02-28" })).toEqual([]);
    expect(fields({ ...budi, since: "2026-03-01", until: "2026-02-27" })).toEqual(["sampai"]);
  });
});

describe("a new mandate", () => {
  const held = { agency: "utara", capacity: "definitif" as const, since: "2026-01-01" };
  const authority: Authority = {
    holdings: [
      { ...held, person: "ani", jabatan: "kadis", until: "2026-12-31" },
      { ...held, person: "budi", jabatan: "kabid", until: null },
      { ...held, person: "citra", jabatan: "kabid", agency: "selatan", until: null },
    ],
    mandates: [
      {
        giver: "ani",
        receiver: "budi",
        agency: "utara",
        jabatan: "kadis",
        since: "2026-08-01",
        until: "2026-08-05",
        takenBack: false,
      },
    ],
  };
  const mandate: Mandate = {
    giver: "ani",
    receiver: "budi",
    agency: "utara",
    jabatan: "kadis",
    since: "2026-07-01",
    until: "2026-07-10",
    takenBack: false,
  };
  const fields = (change: Partial<Mandate>, today = "2026-07-01") =>
    judgeMandate({ ...mandate, ...change }, today, authority).map(({ field }) => field);

  it("is given by a holder to another official of the agency, from today on", () => {
    expect(fields({})).toEqual([]);
    expect(fields({}, "2026-07-02")).toEqual(["sejak"]);
    expect(fields({ until: "2026-06-30" })).toEqual(["sampai"]);
  });

  it("is never for oneself, for another agency's official or for somebody without a position", () => {
    expect(fields({ receiver: "ani" })).toEqual(["penerima"]);
    expect(fields({ receiver: "citra" })).toEqual(["penerima"]);
    expect(fields({ receiver: "dewi" })).toEqual(["penerima"]);
  });

  it("is never of a position that the giver does not hold, even if it was lent to them", () => {
    expect(fields({ giver: "budi", receiver: "ani" })).toEqual(["jabatan"]);
    const onward = { giver: "budi", receiver: "ani", since: "2026-08-02", until: "2026-08-03" };
    expect(fields(onward)).toEqual(["jabatan"]);
  });

  it("lasts ninety days at most and no longer than the giver holds the position", () => {
    expect(fields({ until: daysAfter(mandate.since, MANDATE_DAYS_MAX - 1) })).toEqual(["sejak"]);
    expect(fields({ since: "2026-09-01", until: "2026-11-29" })).toEqual([]);
    expect(fields({ since: "2026-09-01", until: "2026-11-30" })).toEqual(["sampai"]);
    expect(fields({ since: "2026-12-01", until: "2027-01-01" })).toEqual(["sampai"]);
  });

  it("is not given twice for the same days", () => {
    expect(fields({ since: "2026-08-05", until: "2026-08-07" })).toEqual(["sejak"]);
    expect(fields({ since: "2026-08-06", until: "2026-08-07" })).toEqual([]);
  });
});
