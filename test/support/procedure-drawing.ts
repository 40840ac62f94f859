import type { Page } from "playwright-core";
import { edgesOf } from "#diagram/route.ts";
import type { Sop } from "#domain/sop/schema.ts";

/** Lines of neighbouring cells overlap by a pixel over the border between them. */
const TOLERANCE = 1.5;

/** What is wrong with the arrows of the procedure table on an SOP's page; empty where all is well. */
export function brokenArrows(page: Page, sop: Sop): Promise<string[]> {
  const no = (row: number) => sop.langkah[row]?.no ?? 0;
  const edges = edgesOf(sop).map(({ from, to, points }) => ({
    from: [no(from.row), from.column] as const,
    to: [no(to.row), to.column] as const,
    points,
  }));
  const steps = sop.langkah.map((step) => step.no);
  return page.evaluate(breaks, { edges, steps, tolerance: TOLERANCE });
}

/** Sets the size of all text, as a reader does; `size` in percent, e.g. "200%". */
export async function enlarge(page: Page, size: string): Promise<void> {
  await page.evaluate((fontSize) => {
    document.documentElement.style.fontSize = fontSize;
  }, size);
}

interface Drawing {
  readonly edges: readonly {
    readonly from: readonly [step: number, column: number];
    readonly to: readonly [step: number, column: number];
    readonly points: readonly { readonly x: number; readonly y: number }[];
  }[];
  readonly steps: readonly number[];
  readonly tolerance: number;
}

/**
 * Runs in the page. Walks each edge along the lines that are really drawn, a pixel at a time, from
 * the middle of one symbol to the middle of the other; answers the places where nothing is drawn.
 */
function breaks({ edges, steps, tolerance }: Drawing): string[] {
  const cellsOf = (no: number) =>
    [...document.querySelectorAll(`#langkah-${no} > .flow`)].map((cell) =>
      cell.getBoundingClientRect(),
    );
  const grid = steps.map(cellsOf);
  const lines = [...document.querySelectorAll(".procedure .tile > line")].map((line) =>
    line.getBoundingClientRect(),
  );
  const symbols = (no: number, column: number) => {
    const cell = document.querySelectorAll(`#langkah-${no} > .flow`)[column];
    return cell?.querySelector(".tile > svg:last-of-type > *")?.getBoundingClientRect();
  };
  const place = ({ x, y }: { readonly x: number; readonly y: number }) => {
    const cell = grid[Math.floor(y)]?.[Math.floor(x)];
    if (!cell) throw new Error(`no cell at ${x}, ${y}`);
    return {
      x: cell.left + cell.width * (x % 1),
      y: cell.top + cell.height * (y % 1),
    };
  };
  const drawn = (x: number, y: number) =>
    lines.some(
      (line) =>
        x >= line.left - tolerance &&
        x <= line.right + tolerance &&
        y >= line.top - tolerance &&
        y <= line.bottom + tolerance,
    );
  const within = (box: DOMRect | undefined, x: number, y: number) =>
    box !== undefined && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  return edges.flatMap(({ from, to, points }) => {
    const name = `${from.join("/")} → ${to.join("/")}`;
    const corners = points.map(place);
    const [first, last] = [corners[0], corners.at(-1)];
    const ends = [symbols(...from), symbols(...to)];
    if (!first || !last || !within(ends[0], first.x, first.y) || !within(ends[1], last.x, last.y)) {
      return [`${name}: does not begin and end in its symbols`];
    }
    return corners.slice(1).flatMap((end, at) => {
      const start = corners[at] ?? end;
      const count = Math.ceil(Math.hypot(end.x - start.x, end.y - start.y));
      for (let step = 0; step <= count; step += 1) {
        const x = start.x + ((end.x - start.x) * step) / count;
        const y = start.y + ((end.y - start.y) * step) / count;
        if (!drawn(x, y)) return [`${name}: nothing at ${Math.round(x)}, ${Math.round(y)}`];
      }
      return [];
    });
  });
}
