import { describe, expect, it } from "vitest";
import { csvOf } from "#diagram/csv.ts";
import { procedureOf } from "#support/procedures.ts";
import { letteredGroups, upAndDownRanks, wordsAndWeeks } from "#support/varied-sops.ts";

describe("the procedure as a table for spreadsheets", () => {
  it("begins with the mark that tells Excel it is UTF-8, and a row of Indonesian headings", () => {
    const csv = csvOf(wordsAndWeeks());
    expect(csv.startsWith("\uFEFFLangkah,Nomor tercetak,Bagian,Uraian,Pelaksana,")).toBe(true);
  });

  it("has one row a step, ended as RFC 4180 wants", () => {
    const sop = upAndDownRanks();
    const rows = csvOf(sop).split("\r\n");
    expect(rows.length).toBe(sop.langkah.length + 2);
    expect(rows.at(-1)).toBe("");
    expect(rows[5]).toBe("5,5,,Menelaah permohonan,Kepala Bidang,Keputusan,,,,,,,,6,10");
  });

  it("gives words as printed, and value and unit apart where there are any", () => {
    const rows = csvOf(wordsAndWeeks()).split("\r\n");
    expect(rows[1]).toContain(",sesuai jadwal,,,");
    expect(rows[2]).toContain(",2 (dua) Minggu,2,minggu,");
  });

  it("names the group of each row, also of those that do not print it", () => {
    const rows = csvOf(letteredGroups()).split("\r\n");
    expect(rows[3]).toMatch(/^3,3,A\. Perumusan/);
    expect(rows[5]).toMatch(/^5,2,B\. Pelaksanaan,/);
  });

  it("parts several values of a cell by a semicolon and quotes what holds commas", () => {
    const rows = csvOf(letteredGroups()).split("\r\n");
    expect(rows[5]).toContain("FM/02; FM/03");
    expect(csvOf(named('koma, dan "kutip"'))).toContain('"koma, dan ""kutip"""');
  });

  it.each(["=1+1", "+62", "-/+ 60 hari", "@SUM(A1)", "\tx", "＝1"])(
    "%j is never taken for a formula",
    (text) => {
      expect(csvOf(named(text))).toContain(`'${text}`);
    },
  );
});

function named(uraian: string) {
  const procedure = procedureOf([["a"], ["b"]]);
  return { ...procedure, langkah: procedure.langkah.map((step) => ({ ...step, uraian })) };
}
