import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { submissionForm } from "#domain/workflow/form.ts";
import {
  assetCodesIn,
  readSubmission,
  stepOfField,
  submissionFields,
  submissionSteps,
} from "#domain/workflow/submission-form.ts";
import {
  isBlank,
  problemsOfRows,
  rowsOf,
  SYSTEM_ROWS_MAX,
  specificationOf,
  valuesOfRows,
} from "#domain/workflow/system-rows.ts";

const BOTH = { jenisPermohonan: ["backup", "restore"] } as const;
const RESTORE = { jenisPermohonan: ["restore"] } as const;
const WHOLE = {
  jenis: "restore",
  opd: "CONTOH",
  nama: "CONTOH",
  surel: "a@contoh.go.id",
  alasan: "CONTOH",
};
type Asked = Parameters<typeof submissionSteps>[0];
const both = BOTH as unknown as Asked;
const only = RESTORE as unknown as Asked;

describe("the whole request form", () => {
  it("holds every field of the form at once, each asked in exactly one step", () => {
    for (const [sop, kind] of [
      [both, "backup"],
      [both, "restore"],
      [only, "restore"],
    ] as const) {
      const names = submissionFields(sop, kind).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const { name } of submissionForm(sop)) expect(names).toContain(name);
      const asked = submissionSteps(sop, kind).flatMap(({ fields }) =>
        fields.map((one) => one.name),
      );
      expect(new Set(asked).size).toBe(asked.length);
      for (const name of asked) expect(stepOfField(sop, kind, name)).not.toBeNull();
    }
    expect(stepOfField(both, "backup", "sistem-3-jenis")).toBe("sistem");
  });

  it("asks what happened for a restore only, and no choice of one", () => {
    const ids = (sop: Asked, kind: string) => submissionSteps(sop, kind).map(({ id }) => id);
    expect(ids(both, "restore")).toContain("kejadian");
    expect(ids(both, "backup")).not.toContain("kejadian");
    expect(ids(only, "restore")).not.toContain("layanan");
    const { values } = readSubmission(both, {
      ...WHOLE,
      jenis: "backup",
      spesifikasi: "x",
      kejadian: "y",
    });
    expect(values).not.toHaveProperty("kejadian");
  });

  it("takes the list as one text or as rows, and asks for one of them", () => {
    const text = readSubmission(both, { ...WHOLE, spesifikasi: "satu\ndua", sistemNama: ["tiga"] });
    expect([text.values["spesifikasi"], text.problems]).toEqual(["satu\ndua", []]);
    const rows = readSubmission(both, { ...WHOLE, sistemNama: ["satu"], sistemJenis: ["server"] });
    expect([rows.values["spesifikasi"], rows.problems]).toEqual(["satu (Server)", []]);
    const neither = readSubmission(both, { ...WHOLE, sistemNama: ["", ""] });
    expect(neither.problems.map(({ field }) => field)).toEqual(["spesifikasi"]);
    const half = readSubmission(both, { ...WHOLE, sistemNama: ["satu"] });
    expect(half.problems.map(({ field }) => field)).toEqual(["sistem-0-jenis"]);
  });

  it("gives rows back as they were sent, whatever was typed into them", () => {
    const row = fc.record({ name: fc.string(), kind: fc.string(), note: fc.string() });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 25 }), (given) => {
        const trimmed = given.map(({ name, kind, note }) => ({
          name: name.trim(),
          kind: kind.trim(),
          note: note.trim(),
        }));
        expect(rowsOf(valuesOfRows(given))).toEqual(trimmed);
        const lines = specificationOf(trimmed)
          .split("\n")
          .filter((line) => line !== "");
        expect(lines.length).toBeLessThanOrEqual(trimmed.filter((one) => !isBlank(one)).length);
        if (trimmed.filter((one) => !isBlank(one)).length > SYSTEM_ROWS_MAX) {
          expect(problemsOfRows(trimmed)).toHaveLength(1);
        }
      }),
    );
  });

  it("never makes a list that is longer than the letter's field takes", () => {
    const row = { name: "n".repeat(120), kind: "server-virtual", note: "k".repeat(240) };
    const rows = Array.from({ length: SYSTEM_ROWS_MAX }, () => row);
    expect(problemsOfRows(rows)).toEqual([]);
    expect(readSubmission(both, { ...WHOLE, ...valuesOfRows(rows) }).problems).toEqual([]);
  });

  it("reads asset codes however they are set apart, each once", () => {
    expect(assetCodesIn(" ast-ab2cd, AST-AB2CD;ast-xy3zz\n")).toEqual(["AST-AB2CD", "AST-XY3ZZ"]);
    expect(assetCodesIn(" , ")).toEqual([]);
  });
});
