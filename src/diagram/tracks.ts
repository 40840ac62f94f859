import { entersAt, leavesAt, middleOf, type Way } from "./ways.ts";

/** How much of a column's width the tracks beside its symbols may take, on each side. */
const STRIP = 0.2;

/** Where the run of each way lies: no two that pass the same rows of a strip share a track. */
export function runsOf(ways: readonly Way[]): number[] {
  const tracks = new Map<Way, number>();
  // Long runs lie outside, so that short ones do not cross them on their way in and out.
  const order = ways.filter(({ run }) => run.at !== "middle").toSorted((a, b) => size(b) - size(a));
  for (const way of order) {
    const taken = new Set(
      order
        .filter((other) => sharesStrip(way, other) && meets(way, other))
        .flatMap((other) => tracks.get(other) ?? []),
    );
    let track = 0;
    while (taken.has(track)) track += 1;
    tracks.set(way, track);
  }
  return ways.map((way) => {
    const track = tracks.get(way);
    if (track === undefined) return middleOf(way.run);
    const used = order
      .filter((other) => sharesStrip(way, other))
      .map((one) => tracks.get(one) ?? 0);
    const offset = (STRIP * (track + 1)) / (Math.max(...used) + 2);
    return way.run.at === "left" ? way.run.column + offset : way.run.column + 1 - offset;
  });
}

export function sharesStrip(one: Way, other: Way): boolean {
  return one.run.column === other.run.column && one.run.at === other.run.at;
}

/** The runs pass a common height. */
export function meets(one: Way, other: Way): boolean {
  const [top, bottom] = heights(one);
  const [otherTop, otherBottom] = heights(other);
  return top <= otherBottom && otherTop <= bottom;
}

function size(way: Way): number {
  const [top, bottom] = heights(way);
  return bottom - top;
}

function heights({ from, to, port }: Way): [top: number, bottom: number] {
  const [leaves, enters] = [leavesAt(from.row, port), entersAt(to.row)];
  return [Math.min(leaves, enters), Math.max(leaves, enters)];
}
