import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sop } from "#domain/sop/schema.ts";
import { sampleSop } from "#support/sample-sop.ts";
import { alignLists } from "../../src/components/align-lists.ts";
import { compareSops, type Part, partsOf } from "../../src/components/compare-sops.ts";

const words = (parts: readonly Part[], not: Part["kind"]): string =>
  parts
    .filter(({ kind }) => kind !== not)
    .map(({ text }) => text)
    .join("")
    .replace(/\s+/g, "");

const first = sampleSop();
const steps = (sop: Sop) => sop.langkah;
const numbered = (langkah: Sop["langkah"]): Sop["langkah"] =>
  langkah.map((step, at) => ({ ...step, no: at + 1 }));
/** Exits lead on to the step they led to, when one was put in before them. */
const shifted = (langkah: Sop["langkah"]): Sop["langkah"] =>
  langkah.map((step) => ({
    ...step,
    cabang: step.cabang.map((exit) => ({ ...exit, ke: exit.ke + 1 })),
  }));
const kinds = (before: Sop, after: Sop) =>
  compareSops(before, after).steps.map(({ kind, from, to }) => `${kind} ${from}→${to}`);

describe("the comparison of two texts", () => {
  it("gives each text back, letter for letter but for spaces", () => {
    const text = fc
      .array(fc.constantFrom("surat", "disposisi", "restore,", "VPS/VM", "(backup)", "30 Menit"), {
        maxLength: 8,
      })
      .map((all) => all.join(" "));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = partsOf(before, after);
        expect(words(parts, "added")).toBe(before.replace(/\s+/g, ""));
        expect(words(parts, "removed")).toBe(after.replace(/\s+/g, ""));
      }),
    );
  });

  it("marks the words that changed and leaves the others", () => {
    expect(
      partsOf("Waktu 30 Menit", "Waktu 45 Menit").filter(({ kind }) => kind !== "same"),
    ).toEqual([
      { kind: "removed", text: "30" },
      { kind: "added", text: "45" },
    ]);
  });

  it("tells texts with little in common one after the other", () => {
    expect(partsOf("B-441/Diskominfo/2025", "Nomor baru").map(({ kind }) => kind)).toEqual([
      "removed",
      "added",
    ]);
  });
});

describe("two lists side by side", () => {
  it("hold every entry of both exactly once", () => {
    const list = fc.uniqueArray(fc.constantFrom("a b c", "a b d", "x y", "p", "q r s", "z"));
    fc.assert(
      fc.property(list, list, (before, after) => {
        const rows = alignLists(before, after, (text) => text);
        const present = (side: "before" | "after") => rows.flatMap((row) => row[side] ?? []);
        expect(present("after")).toEqual(after);
        expect(present("before").sort()).toEqual(before.sort());
      }),
    );
  });
});

describe("the comparison of two versions of an SOP", () => {
  it("finds nothing between a version and itself", () => {
    const { identity, blocks, head, steps: found } = compareSops(first, first);
    expect([...identity, ...head].filter(({ changed }) => changed)).toEqual([]);
    expect(blocks.flatMap(({ items }) => items).filter(({ kind }) => kind !== "same")).toEqual([]);
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(["same"]));
  });

  it("tells an added and a removed step, and which number the others had", () => {
    const [one, two, ...rest] = steps(first);
    if (!one || !two) throw new Error("the sample has more steps");
    const added = { ...two, uraian: "Menyiapkan perangkat cadangan di ruang server" };
    const longer = { ...first, langkah: numbered([one, added, ...shifted([two, ...rest])]) };
    expect(kinds(first, longer).slice(0, 3)).toEqual(["same 1→1", "added null→2", "same 2→3"]);
    expect(kinds(longer, first).slice(0, 3)).toEqual(["same 1→1", "removed 2→null", "same 3→2"]);
  });

  it("does not call an exit changed whose step only got another number", () => {
    const [one, ...rest] = steps(first);
    if (!one) throw new Error("the sample has steps");
    const added = { ...one, uraian: "Membaca pengumuman layanan lebih dahulu" };
    const langkah = numbered(shifted([added, one, ...rest]));
    expect(kinds(first, { ...first, langkah })).not.toContainEqual(
      expect.stringMatching("changed"),
    );
  });

  it("tells a step that went to another place as moved, once", () => {
    const texts = ["Membuat surat", "Memeriksa berkas", "Menyalin data", "Melapor ke atasan"];
    const langkah = steps(first)
      .slice(0, 4)
      .map((step, at) => ({ ...step, cabang: [], uraian: texts[at] ?? "" }));
    const before = { ...first, langkah: numbered(langkah) };
    const [a, b, c, d] = langkah;
    if (!a || !b || !c || !d) throw new Error("four steps");
    const found = kinds(before, { ...first, langkah: numbered([d, a, b, c]) });
    expect(found).toEqual(["moved 4→1", "same 1→2", "same 2→3", "same 3→4"]);
  });

  it("compares a step cell by cell", () => {
    const langkah = steps(first).map((step) =>
      step.no === 3
        ? { ...step, waktu: { nilai: 45, satuan: "menit" as const, teks: "45 menit" } }
        : step,
    );
    const [step] = compareSops(first, { ...first, langkah }).steps.filter(
      ({ kind }) => kind === "changed",
    );
    expect(step?.cells.filter(({ changed }) => changed).map(({ label }) => label)).toEqual([
      "Waktu",
    ]);
  });
});
