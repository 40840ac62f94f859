import { describe, expect, it } from "vitest";
import { stepItems } from "#diagram/text.ts";
import { tilesOf } from "#diagram/tiles.ts";
import { procedureOf } from "#support/procedures.ts";
import { letteredGroups, numberedEnds } from "#support/varied-sops.ts";

describe("a procedure in words", () => {
  it("tells the start, the way on, and the end", () => {
    const texts = tilesOf(procedureOf([["opd"], ["kadis"], ["opd"]]))
      .flat()
      .flatMap((tile) => tile.text ?? []);
    expect(texts).toEqual([
      "Mulai. Lanjut ke langkah 2.",
      "Proses. Lanjut ke langkah 3.",
      "Selesai. Prosedur berakhir.",
    ]);
  });

  it("tells both exits of a decision, and which of them goes back", () => {
    const branches = {
      1: [
        { label: "Ya" as const, ke: 3 },
        { label: "Tidak" as const, ke: 1 },
      ],
    };
    const items = stepItems(procedureOf([["a"], ["b"], ["a"]], { branches }));
    expect(items[1]?.symbol).toBe("Keputusan");
    expect(items[1]?.flow.map((link) => link.text)).toEqual([
      "Bila ya, lanjut ke langkah 3",
      "Bila tidak, kembali ke langkah 1",
    ]);
  });

  it("names the other roles of a shared step and tells the way on only where the arrow leaves", () => {
    const [, shared] = tilesOf(procedureOf([["a"], ["b", "a"], ["b"]]));
    expect(shared?.map((tile) => tile.text)).toEqual([
      "Proses. Bersama B.",
      "Proses. Bersama A. Lanjut ke langkah 3.",
    ]);
  });

  it("lists every role of a step in flow order", () => {
    const items = stepItems(procedureOf([["a"], ["b", "a"]]));
    expect(items.map((item) => item.roles)).toEqual([["A"], ["B", "A"]]);
  });

  it("gives numbers as printed, and names the group where they begin anew", () => {
    const items = stepItems(letteredGroups());
    expect(items.map(({ number }) => number)).toEqual(["1", "2", "3", "1", "2", "1"]);
    expect(items.map(({ group }) => group?.slice(0, 2) ?? null)).toEqual([
      "A.",
      null,
      null,
      "B.",
      null,
      "C.",
    ]);
    expect(items[2]?.flow.map((link) => link.text)).toEqual([
      "Bila ya, lanjut ke langkah 1 pada “B. Pelaksanaan”",
      "Bila tidak, kembali ke langkah 2",
    ]);
  });

  it("names a row without printed number by its words", () => {
    const items = stepItems(numberedEnds());
    expect(items[0]?.number).toBe("");
    expect(items[4]?.flow).toEqual([{ text: "Lanjut ke “Selesai”", to: 6 }]);
  });

  it("tells of a page connector at the symbol that the arrow leaves", () => {
    const procedure = procedureOf([["a"], ["b"]], {
      connectors: { 0: { huruf: "A", arah: "keluar" } },
    });
    expect(tilesOf(procedure)[0]?.[0]?.text).toBe(
      "Mulai. Lanjut ke langkah 2. Penghubung halaman A.",
    );
  });
});
