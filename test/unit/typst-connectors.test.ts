import fc from "fast-check";
import { expect, test } from "vitest";
import { connectorsAt, stripHeight } from "../../src/typst/connectors.ts";
import type { Crossing } from "../../src/typst/pages.ts";

const columns = [20, 20, 20];

function crossing(x: number, direction: Crossing["direction"] = "down"): Crossing {
  const at = { row: 0, column: 0 };
  const edge = { kind: "next", from: at, to: at, label: null, points: [] } as const;
  return { row: 1, x, direction, letter: "A", edge };
}

const all = (crossings: readonly Crossing[], side: "head" | "foot") =>
  columns.flatMap((_, column) => {
    const from = side === "foot" ? 16 : stripHeight(crossings, columns);
    const own = connectorsAt(crossings, { row: 1, column, columns, side, from });
    return own.map((one) => ({ ...one, x: one.x + column * 20 }));
  });

test("a break that nothing crosses takes no room", () => {
  expect(stripHeight([], columns)).toBe(0);
});

test("a pentagon stands straight under its line, and again straight over it", () => {
  const down = [crossing(1.5)];
  const [foot] = all(down, "foot");
  const [head] = all(down, "head");
  expect(foot).toMatchObject({ x: 30, arrow: true });
  expect(foot?.path).toEqual([
    [10, 16],
    [10, foot?.top],
  ]);
  expect(head).toMatchObject({ x: 30, arrow: false });
});

test("of a way back the arrow goes into the pentagon at the head", () => {
  const up = [crossing(1.5, "up")];
  expect(all(up, "head")[0]?.arrow).toBe(true);
  expect(all(up, "foot")[0]?.arrow).toBe(false);
});

test("pentagons never lie on each other, however near their lines are, and no two ways cross", () => {
  const lines = fc.uniqueArray(fc.integer({ min: 1, max: 59 }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(lines, (found) => {
      const crossings = found.map((x) => crossing(x / 20));
      const drawn = all(crossings, "foot").sort((a, b) => a.x - b.x);
      expect(drawn).toHaveLength(found.length);
      drawn.slice(1).forEach((one, at) => {
        expect(one.x - (drawn[at]?.x ?? 0)).toBeGreaterThan(6);
      });
      const strip = stripHeight(crossings, columns);
      for (const one of drawn) {
        expect(one.top).toBeGreaterThan(16);
        expect(one.top + 6.2).toBeLessThan(16 + strip);
      }
    }),
  );
});
