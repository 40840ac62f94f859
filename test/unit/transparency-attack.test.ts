/**
 * Whoever has nothing but the published rows tries every history that fits them: who came, who ended
 * and how, quarter by quarter, with all sums and with the rule that nobody ends who has not come.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CountedRequest, cellsOf, sumOf } from "#domain/transparency/cells.ts";
import type { DataRow } from "#domain/transparency/datasets.ts";
import { publicationsUntil } from "#domain/transparency/periods.ts";
import { publish } from "#domain/transparency/publish.ts";
import { performanceRows } from "#domain/transparency/rows.ts";

const FLOW = ["diterima", "selesai", "ditolak", "dibatalkan"] as const;
const ENDS = FLOW.slice(1);
/** No quarter of a small office holds more; a withheld count may be anything up to it. */
const MOST = 19;

type End = "completed" | "refused" | "cancelled" | "active";
interface Visit {
  readonly quarter: number;
  readonly lasts: number;
  readonly end: End;
  readonly kind: "backup" | "restore";
}

const visit: fc.Arbitrary<Visit> = fc.record({
  quarter: fc.constantFrom(0, 1, 2, 3),
  lasts: fc.constantFrom(0, 0, 0, 1),
  end: fc.constantFrom<End>(
    "completed",
    "completed",
    "completed",
    "refused",
    "cancelled",
    "active",
  ),
  kind: fc.constantFrom("backup" as const, "restore" as const),
});

function requestOf({ quarter, lasts, end, kind }: Visit): CountedRequest {
  const at = (when: number): string => new Date(Date.UTC(2025, when * 3 + 1, 3)).toISOString();
  const closedAt = end === "active" || quarter + lasts > 3 ? null : at(quarter + lasts);
  return {
    slug: "contoh",
    versi: 1,
    kind,
    status: closedAt === null ? "active" : end,
    refusal: end === "refused" ? "kapasitas" : null,
    submittedAt: at(quarter),
    closedAt,
    steps: [],
  };
}

/** The rows of everything published until a day. */
function rowsOf(visits: readonly Visit[], until: string): DataRow[] {
  const cells = sumOf(
    visits.flatMap((one) => cellsOf(requestOf(one), (instant) => instant.slice(0, 7))),
  );
  const periods = publish({ versi: 1, steps: [] }, cells, publicationsUntil("2025-01", until));
  return performanceRows({
    asOf: until,
    nextOn: until,
    sample: false,
    drills: [],
    services: [
      {
        sop: { slug: "contoh", title: "CONTOH", versi: 1 },
        agency: "CONTOH",
        steps: [],
        periods,
        lastRestore: null,
      },
    ],
  });
}

/** Values that a row leaves possible; `with` the others of its period. */
function rangeOf(row: DataRow | undefined, period: readonly DataRow[]): readonly [number, number] {
  if (!row) return [0, Number.POSITIVE_INFINITY];
  if (row["status"] === "tersedia") return [Number(row["nilai"]), Number(row["nilai"])];
  if (row["status"] === "kurang-dari-5") return [1, 4];
  const ends = period.filter(
    (one) => ENDS.some((end) => end === one["ukuran"]) && one["alasan"] === null,
  );
  const all =
    row["ukuran"] !== "diterima" && ends.every((one) => one["status"] === "tidak-ditampilkan");
  return [all ? 0 : 1, MOST];
}

/** Values of each small count of a quarter or of the year that some history leaves possible. */
function possible(rows: readonly DataRow[], most: number): Map<string, Set<number>> {
  const plain = rows.filter((row) => row["jenis_permohonan"] === null && row["alasan"] === null);
  const quarters = [...new Set(plain.map((row) => String(row["periode"])))].filter((id) =>
    id.includes("T"),
  );
  const ofPeriod = Map.groupBy(plain, (row) => String(row["periode"]));
  const range = (id: string, name: string) => {
    const period = ofPeriod.get(id) ?? [];
    return rangeOf(
      period.find((row) => row["ukuran"] === name),
      period,
    );
  };
  const found = new Map<string, Set<number>>();
  /** Vectors of one measure over the quarters that fit their rows and the year's. */
  const vectors = (name: string): number[][] => {
    let all: number[][] = [[]];
    for (const id of quarters) {
      const [low, high] = range(id, name);
      all = all.flatMap((one) =>
        Array.from({ length: Math.min(high, most) - low + 1 }, (_, at) => [...one, low + at]),
      );
    }
    const [low, high] = quarters.length === 4 ? range("2025", name) : [0, Number.POSITIVE_INFINITY];
    return all.filter((one) => low <= sum(one) && sum(one) <= high);
  };
  const running = (one: readonly number[]): number[] =>
    one.map((_, at) => sum(one.slice(0, at + 1)));
  const sets = FLOW.map((name) => {
    const own = vectors(name);
    return { name, vectors: own, best: extreme(own, name === "diterima" ? 1 : -1) };
  });
  /** A vector is possible if the others can be chosen so that at each end enough had come. */
  for (const { name, vectors: own } of sets) {
    for (const vector of own) {
      const fits = (at: number, left: readonly number[]): boolean => {
        const next = sets[at];
        if (!next) return left.every((value) => value >= 0);
        const sign = next.name === "diterima" ? 1 : -1;
        const choices = next.name === name ? [vector] : next.best;
        return choices.some((choice) =>
          fits(
            at + 1,
            left.map((value, index) => value + sign * (running(choice)[index] ?? 0)),
          ),
        );
      };
      if (
        !fits(
          0,
          quarters.map(() => 0),
        )
      )
        continue;
      for (const [at, id] of [...quarters.entries(), [-1, "2025"] as const]) {
        const key = `${id} ${name}`;
        const value = at === -1 ? sum(vector) : (vector[at] ?? 0);
        found.set(key, (found.get(key) ?? new Set()).add(value));
      }
    }
  }
  return found;

  /** Those that no other one beats at every end. */
  function extreme(all: readonly number[][], sign: number): readonly number[][] {
    const sums = all.map((one) => ({ one, at: running(one).map((value) => value * sign) }));
    return sums
      .filter(
        ({ at }) =>
          !sums.some(
            (other) =>
              other.at.every((value, index) => value >= (at[index] ?? 0)) &&
              other.at.some((value, index) => value > (at[index] ?? 0)),
          ),
      )
      .slice(0, 8)
      .map(({ one }) => one);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const repeat = (count: number, one: Visit): Visit[] => Array.from({ length: count }, () => one);
const first = { quarter: 0, lasts: 0, kind: "restore" } as const;

/** What really happened: of each quarter and of the year. */
function truthOf(visits: readonly Visit[], row: DataRow): number {
  const names = {
    diterima: null,
    selesai: "completed",
    ditolak: "refused",
    dibatalkan: "cancelled",
  };
  const end = names[row["ukuran"] as keyof typeof names];
  return visits.map(requestOf).filter(({ submittedAt, closedAt, status }) => {
    const at = end === null ? submittedAt : closedAt;
    if (at === null || (end !== null && status !== end)) return false;
    const quarter = `${at.slice(0, 4)}-T${Math.ceil(Number(at.slice(5, 7)) / 3)}`;
    return row["periode"] === at.slice(0, 4) || row["periode"] === quarter;
  }).length;
}

/** Small ones count whether they are shown as small or withheld. */
function expectCovered(visits: readonly Visit[], rows: readonly DataRow[], most = MOST): void {
  const values = possible(rows, most);
  for (const row of rows) {
    if (row["satuan"] !== "permohonan") continue;
    if (row["jenis_permohonan"] !== null || row["alasan"] !== null) continue;
    const truth = truthOf(visits, row);
    if (truth < 1 || truth > 4) continue;
    const id = `${row["periode"]} ${row["ukuran"]}`;
    expect(row["status"], id).not.toBe("tersedia");
    expect(values.get(id)?.has(truth), id).toBe(true);
    expect(values.get(id)?.size, id).toBeGreaterThanOrEqual(3);
  }
}

describe("whoever follows requests through the published rows", () => {
  it("does not learn that one was refused from six received and five completed", () => {
    const visits = [
      ...repeat(5, { ...first, end: "completed" }),
      { ...first, end: "refused" } as const,
    ];
    const rows = rowsOf(visits, "2025-05-01");
    expectCovered(visits, rows);
    const status = Object.fromEntries(rows.map((row) => [row["ukuran"], row["status"]]));
    expect(status).toMatchObject({
      diterima: "tersedia",
      selesai: "tidak-ditampilkan",
      ditolak: "kurang-dari-5",
    });
  });

  it("does not learn how few came from three ways in which some of them ended", () => {
    const visits = (["completed", "refused", "cancelled"] as const).map((end) => ({
      ...first,
      end,
    }));
    expectCovered(visits, rowsOf(visits, "2025-05-01"));
  });

  it("holds three values of each small count possible, at every publication", () => {
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 24 }), (visits) => {
        for (const until of ["2025-05-01", "2025-08-01"]) {
          const known = visits.filter(({ quarter }) => quarter < (until < "2025-07" ? 1 : 2));
          expectCovered(known, rowsOf(known, until));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("holds them possible too when the year is added up", () => {
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 14 }), (visits) => {
        // Who tries fewer histories finds fewer values: the bound only makes the attack stronger.
        expectCovered(visits, rowsOf(visits, "2026-02-01"), 9);
      }),
      { numRuns: 25 },
    );
  });
});
