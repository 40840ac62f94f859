/**
 * The procedure table as it is drawn: the page's own diagram (`#diagram/tiles.ts`) in mm, on rows
 * whose heights were measured, with connectors where a page really ends.
 */
import { edgesOf, type Procedure } from "#diagram/route.ts";
import { type Tile, tilesOf } from "#diagram/tiles.ts";
import { type ConnectorDrawing, connectorsAt, stripHeight } from "./connectors.ts";
import {
  type Crossing,
  crossingsOf,
  pageStarts,
  passes,
  printedBreaks,
  type Room,
} from "./pages.ts";

/** Lengths in mm, as measure.typ answers them. */
export interface Measures {
  readonly widths: readonly number[];
  /** The two rows of the header. */
  readonly head: readonly [number, number];
  /** What the words of each row ask for. */
  readonly heights: readonly number[];
  /** Heading of a group above the row; 0 where there is none. */
  readonly bands: readonly number[];
  /** Heading above the table. */
  readonly title: number;
}

type Line = readonly [x1: number, y1: number, x2: number, y2: number];

/** Lengths in mm from the left and the top of the cell. */
export interface FlowCell {
  readonly symbol: Tile["symbol"];
  /** Middle of the symbol. */
  readonly middle: number;
  readonly lines: readonly Line[];
  readonly arrow: boolean;
  readonly labels: Tile["labels"];
  readonly connectors: readonly ConnectorDrawing[];
  readonly text: string | null;
}

export interface SheetRow {
  readonly band: number;
  /** Height as it is framed, connectors included. */
  readonly height: number;
  /** Height as it is laid out: the last row of a page takes all that is left, so the page ends there. */
  readonly track: number;
  readonly cells: readonly FlowCell[];
}

export interface Sheet {
  readonly widths: readonly number[];
  readonly head: readonly [number, number];
  readonly title: number;
  readonly rows: readonly SheetRow[];
  /** Free height on the last page. */
  readonly left: number;
  /** Rows that are higher than a page. */
  readonly tooHigh: readonly number[];
}

/** Height in mm of a page between its margins. */
const PAGE = 181;
const TITLE_GAP = 3;
/** Rounding of lengths on the way must not push a row to the next page. */
const SLACK = 0.5;
const ROW = 16;
const DECISION_ROW = 19;
/** Columns before those of the roles. */
const BEFORE = 2;

export function sheetOf(procedure: Procedure, measures: Measures): Sheet {
  const { widths, head, bands } = measures;
  const heights = measures.heights.map((height, row) =>
    Math.max(height, procedure.langkah[row]?.simbol === "keputusan" ? DECISION_ROW : ROW),
  );
  const edges = edgesOf(procedure);
  const columns = widths.slice(BEFORE, BEFORE + procedure.pelaksana.length);
  const title = measures.title + TITLE_GAP;
  const later = PAGE - head[0] - head[1] - SLACK;
  const room: Room = { first: later - title, later };
  const printed = printedBreaks(procedure);
  const strip = (row: number) =>
    stripHeight(
      edges.flatMap((edge) => passes(edge, row)),
      columns,
    );
  const whole = heights.map((height, row) => height + (bands[row] ?? 0));
  const starts = pageStarts(whole, { room, strip, printed });
  const crossings = crossingsOf(edges, starts, printed);
  const strips = new Map(starts.slice(1).map((row) => [row, strip(row)]));

  // The source's own connectors are told by where our pages end.
  const tiles = tilesOf({
    ...procedure,
    langkah: procedure.langkah.map((step) => ({ ...step, konektor: null })),
  });
  const framed = heights.map((height, row) => ({
    above: strips.get(row) ?? 0,
    height,
    below: strips.get(row + 1) ?? 0,
  }));
  const rows = framed.map(({ above, height, below }, row): SheetRow => {
    const total = above + height + below;
    return {
      band: bands[row] ?? 0,
      height: total,
      track: total,
      cells: (tiles[row] ?? []).map((tile, column) => ({
        symbol: tile.symbol,
        middle: above + height / 2,
        lines: linesOf(tile, {
          width: columns[column] ?? 0,
          above,
          height,
          lift: above > 0 ? 0 : (bands[row] ?? 0),
        }),
        arrow: tile.arrow,
        labels: tile.labels,
        connectors: [
          ...connectorsAt(crossings, { row, column, columns, side: "head", from: above }),
          ...connectorsAt(crossings, {
            row: row + 1,
            column,
            columns,
            side: "foot",
            from: above + height,
          }),
        ],
        text: tile.text === null ? null : withConnectors(tile.text, crossings, { row, column }),
      })),
    };
  });
  return stretched(rows, starts, room, { widths, head, title });
}

function linesOf(
  tile: Tile,
  cell: {
    readonly width: number;
    readonly above: number;
    readonly height: number;
    readonly lift: number;
  },
): Line[] {
  const { width, above, height, lift } = cell;
  return tile.lines.map(({ x1, y1, x2, y2 }) => {
    // A line that comes in from the row above goes through the heading of a group.
    const top = x1 === x2 && Math.min(y1, y2) === 0 ? lift : 0;
    const [from, to] = [Math.min(y1, y2), Math.max(y1, y2)];
    return [
      (x1 * width) / 100,
      above + (from * height) / 100 - top,
      (x2 * width) / 100,
      above + (to * height) / 100,
    ];
  });
}

function withConnectors(
  text: string,
  crossings: readonly Crossing[],
  cell: { readonly row: number; readonly column: number },
): string {
  const own = crossings.filter(({ edge }) =>
    [edge.from, edge.to].some((end) => end.row === cell.row && end.column === cell.column),
  );
  const letters = [...new Set(own.map(({ letter }) => letter))];
  return letters.length === 0 ? text : `${text} Penghubung halaman ${letters.join(", ")}.`;
}

function stretched(
  rows: readonly SheetRow[],
  starts: readonly number[],
  room: Room,
  rest: Pick<Sheet, "widths" | "head" | "title">,
): Sheet {
  const ends = [...starts.slice(1), rows.length];
  const left = starts.map((start, page) => {
    const own = rows.slice(start, ends[page]);
    const taken = own.reduce((sum, { band, height }) => sum + band + height, 0);
    return (page === 0 ? room.first : room.later) - taken;
  });
  return {
    ...rest,
    tooHigh: starts.filter((_, page) => (left[page] ?? 0) < 0),
    left: left.at(-1) ?? 0,
    rows: rows.map((row, at) => {
      const page = ends.indexOf(at + 1);
      const last = page < 0 || at + 1 === rows.length;
      return last ? row : { ...row, track: row.track + (left[page] ?? 0) };
    }),
  };
}
