import { describe, expect, it } from "vitest";
import type { Cell } from "#domain/transparency/cells.ts";
import { publicationsUntil } from "#domain/transparency/periods.ts";
import { publish } from "#domain/transparency/publish.ts";
import { lastRestore } from "#domain/transparency/restore-age.ts";

const cell = (
  month: string,
  measure: Cell["measure"],
  kind: Cell["kind"],
  count: number,
): Cell => ({
  slug: "contoh",
  versi: 1,
  month,
  kind,
  step: 0,
  measure,
  bucket: 0,
  count,
});

/** Requests that came and were completed in these months. */
const done = (kind: Cell["kind"], ...months: readonly string[]): Cell[] =>
  months.flatMap((month) => [cell(month, "received", kind, 6), cell(month, "completed", kind, 6)]);

function ageOf(cells: readonly Cell[], thisMonth = "2026-11") {
  const publications = publicationsUntil("2026-01", "2026-11-20");
  const periods = publish({ versi: 1, steps: [] }, cells, publications);
  return lastRestore(cells, publications, periods, thisMonth);
}

describe("how long ago a restore was carried through", () => {
  it("is told as a band that counts back from the last month that is public", () => {
    expect(ageOf(done("restore", "2026-02", "2026-09"))).toEqual({
      until: "2026-09",
      age: "below-1",
    });
    expect(ageOf(done("restore", "2026-06"))?.age).toBe("1-to-3");
    expect(ageOf(done("restore", "2026-02"))?.age).toBe("above-3");
    expect(ageOf(done("backup", "2026-02", "2026-09"))?.age).toBe("never");
  });

  it("does not know of months that are not public yet", () => {
    expect(ageOf(done("restore", "2026-02", "2026-10"))?.age).toBe("above-3");
  });

  it("is not told where what ended is withheld, whatever that was", () => {
    const followed = (kind: Cell["kind"]) => [
      ...[6, 5].map((count, at) =>
        cell("2026-08", at === 0 ? "received" : "completed", kind, count),
      ),
      cell("2026-08", "refused", kind, 1),
    ];
    expect(ageOf(followed("restore"))?.age).toBeNull();
    expect(ageOf(followed("backup"))?.age).toBeNull();
  });

  it("is not told where one request is left that may be the only restore of its year", () => {
    const left = (kind: Cell["kind"], count: number) => [
      ...done("backup", "2026-02"),
      cell("2026-02", "received", kind, count),
      ...done("restore", "2026-09"),
    ];
    expect(ageOf(left("restore", 1))?.age).toBeNull();
    expect(ageOf(left("backup", 1))?.age).toBeNull();
    expect(ageOf(left("backup", 2))?.age).toBeNull();
    expect(ageOf(left("restore", 3))?.age).toBe("below-1");
  });

  it("is nothing before the first publication", () => {
    expect(lastRestore([], [], [], "2026-11")).toBeNull();
  });
});

describe("the share of steps in time", () => {
  it("does not tell the few late ones of one quarter by the others and the year", () => {
    const cells = ["2025-02", "2025-05", "2025-08", "2025-11"].flatMap((month) => [
      ...done("backup", month),
      cell(month, "on-time", "backup", 50),
      cell(month, "late", "backup", month === "2025-11" ? 2 : 10),
    ]);
    const publications = publicationsUntil("2025-01", "2026-02-01");
    const shares = publish({ versi: 1, steps: [] }, cells, publications)
      .filter(({ kind }) => kind !== "month")
      .map(({ id, onTimeShare }) => [id, onTimeShare]);
    expect(shares).toEqual([
      ["2025-T1", 0.83],
      ["2025-T2", 0.83],
      ["2025-T3", 0.83],
      ["2025-T4", null],
      ["2025", null],
    ]);
  });
});
