/** Where the off-page pentagons of a break stand, and how the flow reaches them. All lengths in mm. */
import type { Crossing } from "./pages.ts";

/** A pentagon, from the left and the top of its cell. */
export interface ConnectorDrawing {
  readonly letter: string;
  readonly direction: Crossing["direction"];
  /** Middle of the pentagon. */
  readonly x: number;
  /** Its upper edge. */
  readonly top: number;
  /** From the border of the flow's row to the pentagon. */
  readonly path: readonly (readonly [x: number, y: number])[];
  /** The flow ends here, on this page. */
  readonly arrow: boolean;
}

const PENTAGON = 6.2;
/** From the middle of one pentagon to the next. */
const APART = 6.6;
/** From the middle of a pentagon to the outer edge of the role columns; it may stand over the frame. */
const EDGE = 1.9;
/** Between pentagon and the frame of the table. */
const MARGIN = 1.2;
const ARROW = 2.6;
/** Between legs that run side by side to pentagons that had to move. */
const LEG = 1;

interface Placed {
  /** The line that comes over the border. */
  readonly line: number;
  readonly x: number;
  /** Place of its leg; the one nearest to the row is 1, 0 is a straight way. */
  readonly leg: number;
}

type Pass = Pick<Crossing, "x" | "direction">;

/** What a break takes at the foot of one page and again at the head of the next. */
export function stripHeight(passes: readonly Pass[], columns: readonly number[]): number {
  if (passes.length === 0) return 0;
  const legs = Math.max(...[...placed(passes, columns).values()].map(({ leg }) => leg));
  return legs * LEG + ARROW + PENTAGON + MARGIN;
}

/** The pentagons of the break before `row` whose flow crosses it in `column`. */
export function connectorsAt(
  crossings: readonly Crossing[],
  cell: {
    readonly row: number;
    readonly column: number;
    readonly columns: readonly number[];
    readonly side: "head" | "foot";
    /** Border of the flow's row towards the strip. */
    readonly from: number;
  },
): ConnectorDrawing[] {
  const { row, column, columns, side, from } = cell;
  const all = crossings.filter((one) => one.row === row);
  const places = placed(all, columns);
  const strip = stripHeight(all, columns);
  const left = leftOf(column, columns);
  const away = side === "foot" ? 1 : -1;
  const top = side === "foot" ? from + strip - MARGIN - PENTAGON : from - strip + MARGIN;
  const touch = side === "foot" ? top : top + PENTAGON;
  const own = all.filter((one) => Math.floor(one.x) === column);
  return [...new Map(own.map((one) => [keyOf(one), one])).values()].map((one) => {
    const { line, x, leg } = places.get(keyOf(one)) ?? { line: 0, x: 0, leg: 0 };
    const bend = from + away * leg * LEG;
    const path: [number, number][] =
      leg === 0
        ? [
            [line - left, from],
            [x - left, touch],
          ]
        : [
            [line - left, from],
            [line - left, bend],
            [x - left, bend],
            [x - left, touch],
          ];
    return {
      letter: one.letter,
      direction: one.direction,
      x: x - left,
      top,
      path,
      arrow: (side === "foot") === (one.direction === "down"),
    };
  });
}

/**
 * Pentagons stand under their line where there is room, else side by side around the middle of those
 * that crowd. Legs are stepped so that none crosses another.
 */
function placed(passes: readonly Pass[], columns: readonly number[]): Map<string, Placed> {
  const unique = [...new Map(passes.map((pass) => [keyOf(pass), pass])).values()].sort(
    (a, b) => a.x - b.x,
  );
  const lines = unique.map((pass) => millimetres(pass.x, columns));
  const most = leftOf(columns.length, columns) - EDGE;
  const within = (x: number, count: number) =>
    Math.max(EDGE, Math.min(most - (count - 1) * APART, x));
  const wishes = lines.map((x) => within(x, 1));
  const groups: { readonly from: number; readonly count: number; readonly first: number }[] = [];
  wishes.forEach((wish, at) => {
    let group = { from: at, count: 1, first: wish };
    for (;;) {
      const before = groups.at(-1);
      if (!before || before.first + before.count * APART <= group.first) break;
      groups.pop();
      const count = before.count + group.count;
      const own = wishes.slice(before.from, before.from + count);
      const middle = own.reduce((sum, one) => sum + one, 0) / count;
      const first = within(middle - ((count - 1) * APART) / 2, count);
      group = { from: before.from, count, first };
    }
    groups.push(group);
  });
  return new Map(
    groups.flatMap(({ from, count, first }) => {
      const xs = Array.from({ length: count }, (_, at) => first + at * APART);
      const moved = (at: number) => (xs[at] ?? 0) - (lines[from + at] ?? 0);
      const outward = (at: number, sign: number) =>
        xs.filter((_, other) => moved(other) * sign > 0.01 && (other - at) * sign >= 0).length;
      return xs.map((x, at): [string, Placed] => {
        const pass = unique[from + at];
        const shift = moved(at);
        const leg = Math.abs(shift) <= 0.01 ? 0 : outward(at, Math.sign(shift));
        return [pass ? keyOf(pass) : "", { line: lines[from + at] ?? 0, x, leg }];
      });
    }),
  );
}

function keyOf({ x, direction }: Pass): string {
  return `${x.toFixed(4)} ${direction}`;
}

function millimetres(x: number, columns: readonly number[]): number {
  const column = Math.floor(x);
  return leftOf(column, columns) + (x - column) * (columns[column] ?? 0);
}

function leftOf(column: number, columns: readonly number[]): number {
  return columns.slice(0, column).reduce((sum, width) => sum + width, 0);
}
