/** One entry of the search, and how its text is made. */

/** Results are shown in groups, in this order. */
export const SEARCH_KINDS = ["SOP", "Layanan", "Peraturan", "Istilah", "Panduan", "PPID"] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

export interface SearchEntry {
  readonly href: string;
  readonly kind: SearchKind;
  readonly title: string;
  /** Other names people look for. */
  readonly names: readonly string[];
  /** Short name of the agency, of SOPs and services only. */
  readonly agency: string | null;
  readonly number: string | null;
  /** As a word, of SOPs and laws only. */
  readonly status: string | null;
  readonly body: string;
}

/** One sentence or line after the other; what has no end mark is given one, so that excerpts read well. */
export function lines(parts: readonly (string | null)[]): string {
  return parts
    .filter((part): part is string => part !== null && part !== "")
    .map((part) => (/[.;:!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
}

/** The sentences of a Markdown text: without its marks, and without listings of code. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/^(```|~~~)[\s\S]*?^\1.*$/gm, "")
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^[ \t]*(?:#{1,6}|>|[-*+]|\d+\.)[ \t]+/gm, "")
    .replace(/^[ \t|:-]+$/gm, "")
    .replace(/\||[*`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}
