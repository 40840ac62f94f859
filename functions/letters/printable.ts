import { AppError, isAppError } from "#domain/errors.ts";
import type { Block } from "#domain/letters/sheet.ts";

/** Longer words are parted: a letter has no room for them in one line. A digest stays whole. */
const LONG_WORD = /[^\s]{41,}/gu;
const DIGEST = /^[0-9a-f]{64}$/;
const PART = "\u200B";
/** Fonts may lack several signs of one text; each try tells those of one run. */
const TRIES = 8;

/** Any text with its lines apart and no word wider than a line. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) =>
      line.replace(LONG_WORD, (word) =>
        DIGEST.test(word) ? word : word.replace(/(.{20})(?=.)/gu, `$1${PART}`),
      ),
    );
}

/** A part of a sheet with its lines apart. */
export function linesOfBlock(block: Block): object {
  switch (block.type) {
    case "paragraph":
    case "heading":
      return { ...block, text: linesOf(block.text) };
    case "rows":
      return { ...block, rows: block.rows.map(rowLines) };
    case "list":
      return { ...block, items: block.items.map(linesOf) };
    case "table":
      return {
        ...block,
        head: block.head.map(linesOf),
        rows: block.rows.map((row) => row.map(linesOf)),
      };
    case "ticks":
      return {
        ...block,
        lead: linesOf(block.lead),
        items: block.items.map(({ words, ticked }) => ({ words: linesOf(words), ticked })),
      };
  }
}

export function rowLines({ label, value }: { readonly label: string; readonly value: string }) {
  return { label: linesOf(label), value: linesOf(value) };
}

/**
 * Prints again without the signs that no font has, each told by its code point: a letter must not
 * fail for a picture sign in somebody's words.
 */
export function printed<T extends object>(data: T, print: (data: T) => Uint8Array): Uint8Array {
  let given = data;
  for (let tried = 1; ; tried += 1) {
    try {
      return print(given);
    } catch (error) {
      const signs = missingSigns(error);
      if (signs.length === 0 || tried === TRIES) throw error;
      given = without(given, signs);
    }
  }
}

function missingSigns(error: unknown): readonly string[] {
  if (!isAppError(error) || error.code !== "CONTENT_INVALID") return [];
  const { signs } = error.detail;
  if (!Array.isArray(signs)) throw new AppError("INTERNAL", "signs are not told", { cause: error });
  return signs.flatMap((one) => [...unescaped(String(one))]);
}

/** The compiler tells signs that cannot be seen as `\u{200e}`. */
function unescaped(told: string): string {
  return told.replace(/\\+u\{([0-9a-f]+)\}/g, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}

function without<T>(value: T, signs: readonly string[]): T {
  if (typeof value === "string") {
    const told = [...value].map((sign) => (signs.includes(sign) ? codePoint(sign) : sign));
    return told.join("") as T;
  }
  if (Array.isArray(value)) return value.map((item) => without(item, signs)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, without(item, signs)]),
  ) as T;
}

function codePoint(sign: string): string {
  return `[U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase()}]`;
}
