import { describe, expect, test } from "vitest";
import { excerptOf } from "#functions/services/search/excerpt.ts";

const shown = (body: string, terms: readonly string[]): string =>
  excerptOf(body, new Set(terms))
    .map(({ text, found }) => (found ? `[${text}]` : text))
    .join("");
const filler = (count: number): string =>
  Array.from({ length: count }, (_, n) => `k${n}`).join(" ");

describe("an excerpt", () => {
  test("marks what was found by word or stem, without the signs around it", () => {
    expect(shown('Lakukan "pencadangan", lalu cek.', ["cadang"])).toBe(
      'Lakukan "[pencadangan]", lalu cek.',
    );
    expect(shown("Back-up / Restore.", ["restore"])).toBe("Back-up / [Restore].");
  });

  test("begins a few words before the place that holds most of it", () => {
    const text = `${filler(40)} server ${filler(40)} server cadangan ${filler(40)}`;
    const excerpt = shown(text, ["server", "cadang"]);
    expect(excerpt).toContain("… k32 k33 k34 k35 k36 k37 k38 k39 [server] [cadangan] k0");
    expect(excerpt.endsWith("…")).toBe(true);
  });

  test("is the beginning where only the title was found, and whole where the text is short", () => {
    expect(shown(filler(50), ["lain"])).toBe(`${filler(30)} …`);
    expect(shown("Pendek saja.", ["lain"])).toBe("Pendek saja.");
    expect(excerptOf("", new Set(["lain"]))).toEqual([]);
  });
});
