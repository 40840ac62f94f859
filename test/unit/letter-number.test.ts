import { describe, expect, it } from "vitest";
import { letterNumber, type TextItem } from "#functions/signing/letter-number.ts";

/** A line of pieces, each with where it begins; letters are 10 points high and 5 wide. */
function line(y: number, ...pieces: readonly (readonly [x: number, str: string])[]): TextItem[] {
  return pieces.map(([x, str]) => ({ str, x, y, width: 5 * str.length, fontSize: 10 }));
}

describe("the number on a letter", () => {
  it.each<[string, TextItem[], string | null]>([
    ["one piece", line(700, [60, "Nomor : B-1/Dis/2026"]), "B-1/Dis/2026"],
    [
      "three columns",
      line(700, [60, "Nomor"], [120, ":"], [130, "015/800/Bag.Org"]),
      "015/800/Bag.Org",
    ],
    ["colon and value together", line(700, [60, "Nomor"], [120, ": 000.8.3/12"]), "000.8.3/12"],
    [
      "date on the same line",
      line(700, [60, "Nomor"], [120, ":"], [130, "B-1/X"], [400, "Contoh, 3 Juni 2025"]),
      "B-1/X",
    ],
    [
      "pieces of one word",
      line(700, [60, "No"], [70, "mor"], [85, ":"], [91, "B-1/"], [111, "X"]),
      "B-1/X",
    ],
    ["a title's shape", line(700, [200, "NOMOR 045/12/2026"]), "045/12/2026"],
    ["short label", line(700, [60, "No. : 12/A/2026"]), "12/A/2026"],
    ["spaces within", line(700, [60, "Nomor: B - 441 / Dis / 2025"]), "B - 441 / Dis / 2025"],
    ["points only", line(700, [60, "Nomor : 800.1.11.1"]), "800.1.11.1"],
    ["empty in the block", line(700, [60, "Nomor"], [120, ":"]), null],
    ["a dash for none", line(700, [60, "Nomor : -"]), null],
    ["a telephone", line(700, [60, "Nomor HP 0812-0000-0000"]), null],
    ["a word that begins alike", line(700, [60, "Nomenklatur : A/1"]), null],
    ["within a sentence", line(700, [60, "Sesuai surat Nomor 9/B/2026"]), null],
    ["too long to be one", line(700, [60, `Nomor : 1/${"x".repeat(200)}`]), null],
    ["nothing", [], null],
  ])("is found or not: %s", (_, items, number) => {
    expect(letterNumber(items)).toBe(number);
  });

  it("is the first one from the top, whatever the order of the pieces in the file", () => {
    const items = [...line(300, [60, "Nomor : 2/B"]), ...line(700, [60, "Nomor : 1/A"])];
    expect(letterNumber(items)).toBe("1/A");
  });
});
