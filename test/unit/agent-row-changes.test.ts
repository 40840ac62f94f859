import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countChanges } from "#agent/engines/row-changes.ts";
import { copyName, givenName } from "#agent/engines/sql-session.ts";

async function* streamOf(rows: readonly string[]): AsyncGenerator<string> {
  yield* rows.toSorted();
}

describe("rows of two copies", () => {
  it("are counted by key as a table in memory would count them", async () => {
    const table = fc.uniqueArray(fc.tuple(fc.nat(30), fc.nat(2)), { selector: ([key]) => key });
    await fc.assert(
      fc.asyncProperty(table, table, async (live, side) => {
        const [mine, theirs] = [new Map(live), new Map(side)];
        const asRows = (rows: readonly (readonly [number, number])[]) =>
          streamOf(rows.map(([key, row]) => `${String(key).padStart(3, "0")} ${row}`));
        expect(await countChanges(asRows(live), asRows(side))).toEqual({
          added: side.filter(([key]) => !mine.has(key)).length,
          changed: side.filter(([key, row]) => mine.has(key) && mine.get(key) !== row).length,
          lost: live.filter(([key]) => !theirs.has(key)).length,
        });
      }),
    );
  });

  it("pair off one by one where a table has no key", async () => {
    expect(await countChanges(streamOf(["a", "a", "b"]), streamOf(["a", "b", "b", "c"]))).toEqual({
      added: 2,
      changed: 0,
      lost: 1,
    });
    expect(await countChanges(streamOf([]), streamOf([]))).toEqual({
      added: 0,
      changed: 0,
      lost: 0,
    });
  });
});

describe("the name of a copy", () => {
  it("tells what it was made from, to its own database only", () => {
    const copy = copyName("r_0123456789", "arsip");
    expect(givenName(copy, "arsip")).toBe("r_0123456789");
    expect(givenName(copy, "Arsip")).toBeNull();
    expect(givenName("pulih_r_0123456789", "arsip")).toBeNull();
    expect(givenName("arsip", "arsip")).toBeNull();
  });
});
