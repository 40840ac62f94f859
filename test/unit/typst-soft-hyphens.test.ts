import fc from "fast-check";
import { expect, test } from "vitest";
import { partingWords, softHyphens } from "../../src/typst/soft-hyphens.ts";

const shown = (word: string) =>
  softHyphens(word).replaceAll("\u00AD", "-").replaceAll("\u200B", "|");

test("words part between their syllables", () => {
  expect(shown("ADMINISTRATOR")).toBe("AD-MI-NISTRA-TOR");
  expect(shown("pengelola")).toBe("pe-nge-lo-la");
  expect(shown("informasi")).toBe("in-for-ma-si");
});

test("an address parts without a hyphen", () => {
  expect(shown("https://contoh")).toBe("http|s://|cont|oh");
});

test("parting never changes a sign", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (word) => {
      fc.pre(!/[\u00AD\u200B]/.test(word));
      expect(softHyphens(word).replace(/[\u00AD\u200B]/g, "")).toBe(word);
    }),
  );
});

test("only long words are offered", () => {
  expect(Object.keys(partingWords(["surat permohonan dan disposisi"]))).toEqual([
    "permohonan",
    "disposisi",
  ]);
});
