import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateInWords, terbilang } from "#domain/terbilang.ts";

const DIGITS = [
  "nol",
  "satu",
  "dua",
  "tiga",
  "empat",
  "lima",
  "enam",
  "tujuh",
  "delapan",
  "sembilan",
];
const SCALES: Readonly<Record<string, number>> = {
  ribu: 1e3,
  juta: 1e6,
  miliar: 1e9,
  triliun: 1e12,
};

/** Reads the words back, by rules of its own. */
function numberOf(words: string): number {
  let total = 0;
  let group = 0;
  let last = 0;
  for (const word of words.split(" ")) {
    const scale = SCALES[word];
    if (word === "belas") last += 10;
    else if (word === "puluh") last *= 10;
    else if (word === "ratus") last *= 100;
    else if (scale !== undefined) {
      total += (group + last) * scale;
      [group, last] = [0, 0];
    } else {
      group += last;
      last =
        { sepuluh: 10, sebelas: 11, seratus: 100, seribu: 1_000 }[word] ?? DIGITS.indexOf(word);
    }
  }
  return total + group + last;
}

describe("numbers in words", () => {
  it("are those of the language", () => {
    const known = {
      0: "nol",
      10: "sepuluh",
      11: "sebelas",
      15: "lima belas",
      21: "dua puluh satu",
      100: "seratus",
      119: "seratus sembilan belas",
      1000: "seribu",
      2026: "dua ribu dua puluh enam",
      101000: "seratus satu ribu",
      1000000: "satu juta",
      1001000000: "satu miliar satu juta",
    };
    for (const [value, words] of Object.entries(known)) {
      expect(terbilang(Number(value))).toBe(words);
    }
  });

  it("lead back to the number, whatever it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), (value) => {
        expect(numberOf(terbilang(value))).toBe(value);
      }),
    );
  });

  it("refuse what is no whole number from nought", () => {
    for (const value of [-1, 1.5, Number.NaN, 1e15]) expect(() => terbilang(value)).toThrow();
  });

  it("tell a date with the day of its week", () => {
    expect(dateInWords("2026-11-23")).toBe(
      "Senin, tanggal dua puluh tiga, bulan November, tahun dua ribu dua puluh enam",
    );
    expect(dateInWords("2024-02-29")).toMatch(/^Kamis, tanggal dua puluh sembilan, bulan Februari/);
  });
});
