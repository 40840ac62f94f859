import { describe, expect, test } from "vitest";
import { stemOf } from "#functions/services/search/words.ts";

describe("Indonesian affixes", () => {
  test.each([
    ["cadang", ["cadangan", "pencadangan", "mencadangkan", "dicadangkan", "pencadangannya"]],
    ["pulih", ["pemulihan", "memulihkan", "dipulihkan", "pulihkanlah"]],
    ["laksana", ["pelaksanaan", "melaksanakan", "dilaksanakan"]],
    ["verifikasi", ["verifikasi", "memverifikasi", "diverifikasi", "verifikasinya"]],
    ["salin", ["menyalin", "penyalinan", "disalin", "salinan"]],
    ["mohon", ["permohonan"]],
    ["perintah", ["pemerintahan"]],
    ["ajar", ["belajar", "pelajaran"]],
  ])("fold to %s", (root, words) => {
    expect(words.map(stemOf)).toEqual(words.map(() => root));
  });

  test("stay where too little of the word would be left", () => {
    expect(["data", "makan", "kena", "surat", "sop", ""].map(stemOf)).toEqual([
      ...["data", "makan", "kena", "surat", "sop", ""],
    ]);
  });

  test("are taken off in an order that prefixes decide: pe- forbids -kan, di- forbids -an", () => {
    // As the published algorithm has it: the reference answers of Snowball.
    expect(["perbaikan", "diisian", "keberlakuan", "statusnya", "kondisi"].map(stemOf)).toEqual([
      ...["baik", "isian", "laku", "status", "kondisi"],
    ]);
  });
});
