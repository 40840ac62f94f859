/**
 * How the arrows of a procedure run. Every exit takes the cheapest way: short, few bends, few
 * crossings, beside what is there already. The two exits of a decision are chosen together, since
 * each leaves at a side of its own; ways back go before those ahead.
 *
 * Words
 * - edge: an arrow from the symbol of one step to the symbol of another; or, inside a step that
 *   several roles share, the plain line that joins their symbols
 * - way: a possible course of an edge; run: its part up or down; track: where in a strip that lies
 */
import {
  columnsOf,
  type Edge,
  type Exit,
  exitsOf,
  middle,
  type Point,
  type Procedure,
  type Square,
} from "./grid.ts";
import { meets, runsOf, sharesStrip } from "./tracks.ts";
import { pointsOf, type Way, waysTo } from "./ways.ts";

export type { Edge, Point, Procedure, Square } from "./grid.ts";
export { columnsOf } from "./grid.ts";

/** What a way costs beside its length in squares. */
const BEND = 0.4;
const CROSSING = 1.5;
/** Beside another run in the same strip. */
const NEIGHBOUR = 0.8;
/** Below its own row's symbols instead of through their line. */
const DETOUR_BELOW = 1.5;
/** A way back that does not leave at a side. */
const BACK_BELOW = 1;
/** What the two exits of a decision can cost each other: two crossings and a strip shared. */
const SLACK = 4;

/** A course with the box around it: most are far from each other, and that is cheap to know. */
interface Course {
  readonly points: readonly Point[];
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Routed {
  readonly way: Way;
  readonly exit: Exit;
  readonly course: Course;
}

/** All edges of a procedure, joints first, then row by row. */
export function edgesOf(procedure: Procedure): Edge[] {
  const columns = procedure.langkah.map((step) => columnsOf(procedure, step));
  const joints = columns.flatMap((own, row) => jointsOf(own, row));
  const routed = route(
    procedure,
    columns,
    joints.map(({ points }) => courseOf(points)),
  );
  const runs = runsOf(routed.map(({ way }) => way));
  const arrows = routed.map(({ way, exit }, at): Edge => {
    const kind = exit.row === way.from.row + 1 && way.run.at === "middle" ? "next" : "branch";
    return { kind, from: way.from, to: way.to, label: exit.label, points: pointsOf(way, runs[at]) };
  });
  return [...joints, ...arrows.toSorted((a, b) => a.from.row - b.from.row)];
}

/** Symbols of one step are joined from left to right, whatever their order in the flow. */
function jointsOf(own: readonly number[], row: number): Edge[] {
  const sorted = own.toSorted((a, b) => a - b);
  return sorted.slice(1).map((column, at): Edge => {
    const [from, to] = [
      { row, column: sorted[at] ?? column },
      { row, column },
    ];
    return { kind: "joint", from, to, label: null, points: [middle(from), middle(to)] };
  });
}

function route(
  procedure: Procedure,
  columns: readonly (readonly number[])[],
  joints: readonly Course[],
): Routed[] {
  const drawn = ({ row, column }: Square) => columns[row]?.includes(column) ?? false;
  const placed: Routed[] = [];
  const choose = (row: number, exits: readonly Exit[]) => {
    const offers = exits.map((exit) => {
      const to = { row: exit.row, column: columns[exit.row]?.[0] ?? 0 };
      const ways = waysTo(to, row, columns[row] ?? [], procedure.pelaksana.length, drawn);
      return offersOf(exit, ways, placed, joints);
    });
    placed.push(...cheapest(offers));
  };
  const exits = procedure.langkah.map((_, row) => exitsOf(procedure, row));
  // What only leads on has one good way; decisions then find their ways among those lines.
  exits.forEach((own, row) => {
    if (own.length === 1) choose(row, own);
  });
  exits.forEach((own, row) => {
    if (own.length > 1)
      choose(
        row,
        own.toSorted((a, b) => a.row - b.row),
      );
  });
  return placed;
}

interface Offer extends Routed {
  readonly cost: number;
}

/** One offer for each exit, no two by the same port, at the lowest cost together. */
function cheapest(offers: readonly (readonly Offer[])[]): Routed[] {
  const [first = [], second] = offers;
  if (!second) return first.slice(0, 1);
  let best: readonly Offer[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  for (const one of first) {
    for (const other of second) {
      const sum = one.cost + other.cost;
      if (sum >= lowest) break;
      if (one.way.port === other.way.port) continue;
      const cost = sum + costBeside(one, other);
      if (cost < lowest) [best, lowest] = [[one, other], cost];
    }
  }
  return [...best];
}

/** The ways that may be chosen, the cheapest first: those left out cost more than one by each port. */
function offersOf(
  exit: Exit,
  ways: readonly Way[],
  placed: readonly Routed[],
  joints: readonly Course[],
): Offer[] {
  const alone = ways
    .map((way): Offer => {
      const course = courseOf(pointsOf(way));
      return { way, exit, course, cost: costAlone(way, course.points) };
    })
    .toSorted((a, b) => a.cost - b.cost);
  const best = new Map(alone.map(({ way }) => [way.port, Number.POSITIVE_INFINITY]));
  const offers: Offer[] = [];
  for (const offer of alone) {
    if (offer.cost > Math.max(...best.values()) + SLACK) break;
    let { cost } = offer;
    for (const other of placed) cost += costBeside(offer, other);
    for (const joint of joints) cost += CROSSING * crossings(offer.course, joint);
    best.set(offer.way.port, Math.min(best.get(offer.way.port) ?? cost, cost));
    offers.push({ ...offer, cost });
  }
  return offers.toSorted((a, b) => a.cost - b.cost);
}

function costAlone(way: Way, points: readonly Point[]): number {
  const below = way.port === "down" && points.length > 2;
  const back = way.port === "down" && way.to.row <= way.from.row;
  return (
    length(points) +
    BEND * (points.length - 2) +
    (below ? DETOUR_BELOW : 0) +
    (back ? BACK_BELOW : 0)
  );
}

/** What two ways cost each other. Arrows into the same symbol may meet. */
function costBeside(one: Routed, other: Routed): number {
  const together = one.way.to.row === other.way.to.row;
  const crossing = together ? 0 : CROSSING * crossings(one.course, other.course);
  const shared = one.way.run.at !== "middle" && sharesStrip(one.way, other.way);
  return crossing + (shared && meets(one.way, other.way) ? NEIGHBOUR : 0);
}

function courseOf(points: readonly Point[]): Course {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return {
    points,
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}

function length(points: readonly Point[]): number {
  return sumOfLegs(points, (a, b) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y));
}

/** How often a leg across of one meets a leg up or down of the other; not where both begin or end. */
function crossings(one: Course, other: Course): number {
  if (one.bottom < other.top || other.bottom < one.top) return 0;
  if (one.right < other.left || other.right < one.left) return 0;
  return sumOfLegs(one.points, (a, b) =>
    sumOfLegs(other.points, (c, d) => Number(a.y === b.y ? meet(a, b, c, d) : meet(c, d, a, b))),
  );
}

/** The leg across from a to b and the leg down from c to d. */
function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  if (a.y !== b.y || c.x !== d.x || !within(c.x, a.x, b.x) || !within(a.y, c.y, d.y)) return false;
  return !((c.x === a.x || c.x === b.x) && (a.y === c.y || a.y === d.y));
}

function sumOfLegs(points: readonly Point[], measure: (a: Point, b: Point) => number): number {
  let sum = 0;
  for (let at = 1; at < points.length; at += 1) {
    const [a, b] = [points[at - 1], points[at]];
    if (a && b) sum += measure(a, b);
  }
  return sum;
}

function within(value: number, one: number, other: number): boolean {
  return value >= Math.min(one, other) && value <= Math.max(one, other);
}
