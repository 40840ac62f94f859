/** A piece of text where it stands on a page; lengths in points, y upwards. */
export interface TextItem {
  readonly str: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly fontSize: number;
}

const NUMBER_MAX = 80;
/** Blank space wider than this part of the letters' height parts two columns. */
const GAP = 1.2;
/** Pieces whose base lines differ by less than this part of the letters' height share a line. */
const LEVEL = 0.4;

/**
 * The number a letter gives itself on its first page: "Nomor : …", "NOMOR …", "No. …". Null where none
 * is found; what is found is offered to people and never takes the place of what they typed.
 */
export function letterNumber(items: readonly TextItem[]): string | null {
  for (const cells of linesOf(items)) {
    for (const [at, cell] of cells.entries()) {
      const found = numberIn(cell, cells.slice(at + 1));
      if (found !== null) return found;
    }
  }
  return null;
}

/** Lines from the top, each as its columns from the left. */
function linesOf(items: readonly TextItem[]): string[][] {
  const shown = items.filter(({ str }) => str.trim() !== "");
  const lines: TextItem[][] = [];
  for (const item of shown.toSorted((a, b) => b.y - a.y)) {
    const line = lines.at(-1);
    const level = line?.[0]?.y ?? Number.POSITIVE_INFINITY;
    if (line && level - item.y < item.fontSize * LEVEL) line.push(item);
    else lines.push([item]);
  }
  return lines.map(cellsOf);
}

function cellsOf(line: readonly TextItem[]): string[] {
  const cells: string[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const { str, x, width, fontSize } of line.toSorted((a, b) => a.x - b.x)) {
    const gap = x - end;
    const last = cells.length - 1;
    if (gap > fontSize * GAP || last < 0) cells.push(str);
    else cells[last] = `${cells[last]}${gap > fontSize * 0.15 ? " " : ""}${str}`;
    end = x + width;
  }
  return cells.map((cell) => cell.replace(/\s+/g, " ").trim());
}

function numberIn(cell: string, following: readonly string[]): string | null {
  const label = /^(?:nomor|nomer|no)\b\.? ?/i.exec(cell)?.[0];
  if (label === undefined) return null;
  const rest = cell.slice(label.length);
  if (rest === "" || rest === ":") {
    const value = following.find((one) => one !== ":") ?? "";
    return asNumber(value.replace(/^: ?/, ""));
  }
  return asNumber(rest.replace(/^: ?/, ""));
}

/** A register number has a digit and a stroke, a point or a hyphen; a telephone number has no stroke. */
function asNumber(text: string): string | null {
  // Some programs end the cell with what stands beside it on the same line.
  const value = (text.split(/ {2,}|\t/)[0] ?? "").trim();
  if (value.length > NUMBER_MAX || !/\d/.test(value) || !/[/.-]/.test(value)) return null;
  const slashed = value.includes("/");
  return slashed || /^[A-Z0-9][A-Z0-9.-]*$/i.test(value) ? value : null;
}
