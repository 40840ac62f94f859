import { describe, expect, it } from "vitest";
import { countedBy, objectWord, previewSentence } from "#domain/workflow/preview-words.ts";

const total = (added: number, changed: number, lost: number) => ({ added, changed, lost });

describe("what a preview says in one sentence", () => {
  it.each([
    [
      total(14_220, 3, 512),
      "Pemulihan ini akan menambah 14.220 baris, mengubah 3, dan menghilangkan 512 baris yang ditulis sesudah cadangan.",
    ],
    [total(0, 3, 0), "Pemulihan ini akan mengubah 3 baris."],
    [
      total(0, 3, 1),
      "Pemulihan ini akan mengubah 3 baris dan menghilangkan 1 baris yang ditulis sesudah cadangan.",
    ],
    [total(7, 0, 0), "Pemulihan ini akan menambah 7 baris."],
    [
      total(0, 0, 0),
      "Isi yang sekarang sama dengan cadangan: pemulihan ini tidak mengubah satu baris pun.",
    ],
  ])("leaves out what does not happen: %o", (counts, sentence) => {
    expect(previewSentence("postgres", "present", counts)).toBe(sentence);
  });

  it("says where nothing is there to lose, and where what is there cannot be read", () => {
    expect(previewSentence("mariadb", "absent", total(9, 0, 0))).toBe(
      "Sasaran ini sekarang tidak berisi data, jadi tidak ada yang hilang. Pemulihan akan mengisinya dengan 9 baris.",
    );
    const unreadable = previewSentence("mariadb", "unreadable", total(0, 0, 0));
    expect(unreadable).toContain("tidak dapat dicadangkan lebih dulu");
    expect(unreadable).not.toMatch(/\d/);
  });

  it("counts what the engine has: rows, files, blocks", () => {
    expect(
      ["sqlite", "directory", "vm", "postgres-cluster"].map((one) => countedBy(one).one),
    ).toEqual(["baris", "berkas", "blok", "baris"]);
    expect(previewSentence("vm", "present", total(0, 2, 0))).toBe(
      "Pemulihan ini akan mengubah 2 blok.",
    );
  });

  it.each([
    ...["schemas", "tables", "foreignTables", "virtualTables", "columns", "constraints", "indexes"],
    ...["foreignKeys", "checks", "statistics", "policies", "types", "sequences", "extensions"],
    ...["accounts", "grants", "defaultGrants", "eventTriggers", "rules", "materializedViews"],
  ])("has a word for %s, which engines compare", (kind) => {
    expect(objectWord(kind)).not.toBe(kind);
  });

  it("calls objects by an Indonesian word, and one that it does not know as the agent does", () => {
    expect(["views", "routines", "events", "sda"].map(objectWord)).toEqual([
      ...["View", "Fungsi dan prosedur", "Event terjadwal", "sda"],
    ]);
  });
});
