import { stemOf } from "./words.ts";

/** A piece of text; `found` where it is what was asked for. */
export interface Segment {
  readonly text: string;
  readonly found: boolean;
}

/** Words shown, and how many of them before the first one that was found. */
const LENGTH = 30;
const BEFORE = 8;

/** The place of `body` that holds most of what was found. `terms` are words or stems. */
export function excerptOf(body: string, terms: ReadonlySet<string>): Segment[] {
  const pieces = body.split(/(?<=\s)/u);
  const hits = pieces.map((piece) => isFound(piece, terms));
  const from = Math.max(0, richest(hits) - BEFORE);
  const to = Math.min(pieces.length, from + LENGTH);
  const segments: Segment[] = from > 0 ? [{ text: "… ", found: false }] : [];
  for (let at = from; at < to; at += 1) {
    const piece = pieces[at] ?? "";
    const [, lead = "", word = "", tail = ""] = hits[at]
      ? (/^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su.exec(piece) ?? [])
      : ["", piece];
    push(segments, lead, false);
    push(segments, word, true);
    push(segments, tail, false);
  }
  if (to < pieces.length) push(segments, "…", false);
  return segments;
}

function isFound(piece: string, terms: ReadonlySet<string>): boolean {
  const words = piece.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.some((word) => terms.has(word) || terms.has(stemOf(word)));
}

/** Where the window with most hits begins; the first one of several. */
function richest(hits: readonly boolean[]): number {
  let best = { at: 0, count: 0 };
  hits.forEach((hit, at) => {
    if (!hit) return;
    const count = hits.slice(at, at + LENGTH - BEFORE).filter(Boolean).length;
    if (count > best.count) best = { at, count };
  });
  return best.at;
}

function push(segments: Segment[], text: string, found: boolean): void {
  if (text === "") return;
  const last = segments.at(-1);
  if (last && last.found === found)
    segments[segments.length - 1] = { text: last.text + text, found };
  else segments.push({ text, found });
}
