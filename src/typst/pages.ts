/**
 * Which rows of the procedure table stand on which page, and which edges cross from one page to
 * another. Rows never break. A connector takes room of its own at the foot and the head of a page
 * (`strip`); that room depends on the place of the break only, so breaks are found in one pass.
 *
 * A break printed in the source (its connector) is kept, unless a single row would stand alone before
 * it; then its letter is kept too. Elsewhere breaks and letters are ours: a pentagon that stands where
 * no page ends would tell something false.
 */
import type { Edge, Procedure } from "#diagram/route.ts";

/** Heights in mm that rows may take together on the first and on each later page. */
export interface Room {
  readonly first: number;
  readonly later: number;
}

/** An edge that goes over the break before row `row`, at `x` of the diagram's grid. */
export interface Crossing {
  readonly row: number;
  readonly x: number;
  readonly direction: "down" | "up";
  readonly letter: string;
  readonly edge: Edge;
}

/** Rows before which the source breaks the page, with the letter of its connector. */
export function printedBreaks({ langkah }: Pick<Procedure, "langkah">): Map<number, string> {
  const breaks = new Map<number, string>();
  langkah.forEach(({ konektor }, row) => {
    const at = konektor?.arah === "keluar" ? row + 1 : row;
    if (konektor && at > 0 && at < langkah.length) breaks.set(at, konektor.huruf);
  });
  return breaks;
}

/** The first row of each page. A row higher than a page gets one for itself. */
export function pageStarts(
  heights: readonly number[],
  options: {
    readonly room: Room;
    /** Room in mm for connectors on either side of a break before a row. */
    readonly strip: (row: number) => number;
    readonly printed: ReadonlyMap<number, string>;
  },
): number[] {
  const { room, strip, printed } = options;
  const stripAt = (row: number) => (row > 0 && row < heights.length ? strip(row) : 0);
  const taken = (from: number, to: number) =>
    heights.slice(from, to).reduce((sum, height) => sum + height, stripAt(from) + stripAt(to));
  const fits = (from: number, to: number) =>
    taken(from, to) <= (from === 0 ? room.first : room.later);
  const wished = (from: number, to: number) => {
    for (let row = from + 2; row <= Math.min(to, heights.length - 1); row += 1) {
      if (printed.has(row)) return row;
    }
    return to;
  };
  const starts = [0];
  for (let from = 0; ; ) {
    let to = from + 1;
    for (let end = to + 1; end <= heights.length; end += 1) if (fits(from, end)) to = end;
    to = wished(from, to);
    if (to >= heights.length) break;
    starts.push(to);
    from = to;
  }
  return withoutOrphan(starts, heights.length, printed, fits);
}

/** A last page with one row takes a second one from the page before. */
function withoutOrphan(
  starts: readonly number[],
  count: number,
  printed: ReadonlyMap<number, string>,
  fits: (from: number, to: number) => boolean,
): number[] {
  const last = starts.at(-1) ?? 0;
  const before = starts.at(-2) ?? last;
  const lonely = count - last === 1 && last - before > 2 && !printed.has(last);
  if (!lonely || !fits(last - 1, count)) return [...starts];
  return [...starts.slice(0, -1), last - 1];
}

/** Crossings of all breaks, from the top and from the left. An edge has one letter on its whole way. */
export function crossingsOf(
  edges: readonly Edge[],
  starts: readonly number[],
  printed: ReadonlyMap<number, string>,
): Crossing[] {
  const letters = new Map<Edge, string>();
  const reserved = new Set(starts.flatMap((row) => printed.get(row) ?? []));
  const free = lettersWithout(reserved);
  return starts.slice(1).flatMap((row) => {
    const own = edges
      .flatMap((edge) => passes(edge, row).map((pass) => ({ ...pass, edge })))
      .sort((a, b) => a.x - b.x);
    const seen = new Map<string, string>();
    return own.map((one): Crossing => {
      // Edges that lie on one line go through one connector.
      const place = `${one.x.toFixed(4)} ${one.direction}`;
      const letter =
        letters.get(one.edge) ??
        seen.get(place) ??
        (one.edge.from.row + 1 === row && one.edge.to.row === row ? printed.get(row) : undefined) ??
        free();
      letters.set(one.edge, letter);
      seen.set(place, letter);
      return { row, letter, ...one };
    });
  });
}

/** Where an edge goes over the upper border of a row. */
export function passes({ points }: Edge, row: number): Pick<Crossing, "x" | "direction">[] {
  return points.slice(1).flatMap((end, at) => {
    const start = points[at] ?? end;
    const crosses = Math.min(start.y, end.y) < row && Math.max(start.y, end.y) > row;
    return crosses ? [{ x: start.x, direction: end.y > start.y ? "down" : "up" }] : [];
  });
}

/** A, B … Z, AA, AB …, without those that the source printed. */
function lettersWithout(reserved: ReadonlySet<string>): () => string {
  let count = 0;
  const next = (): string => {
    let letter = "";
    for (let rest = count; rest >= 0; rest = Math.floor(rest / 26) - 1) {
      letter = String.fromCharCode(65 + (rest % 26)) + letter;
    }
    count += 1;
    return reserved.has(letter) ? next() : letter;
  };
  return next;
}
