import { describe, expect, test } from "vitest";
import { LifeCycleSchema } from "#domain/sop/life-cycle.ts";
import { type LawFacts, lintLaw } from "#domain/sop/lint-laws.ts";
import { lintReviews } from "#domain/sop/lint-reviews.ts";

const LAW: LawFacts = {
  jenis: "Undang-Undang",
  nomor: "27",
  tahun: 2022,
  judulResmi: "Pelindungan Data Pribadi",
  status: "berlaku",
  digantiOleh: null,
  diperiksaPada: "2026-01-31",
};

describe("advice on what stands beside an SOP", () => {
  test("points out a law that nobody checked, and no other", () => {
    const unchecked = { ...LAW, status: "belum_diverifikasi", diperiksaPada: null } as const;
    expect(lintLaw(unchecked).map(({ aturan }) => `${aturan} `)).toEqual([
      "peraturan-belum-diperiksa ",
    ]);
    expect(lintLaw(LAW)).toEqual([]);
  });

  const life = (more: object = {}) =>
    LifeCycleSchema.parse({
      status: "berlaku",
      versi: [{ versi: 1, diterbitkan: "2026-01-01", berlakuSejak: "2025-06-23" }],
      ...more,
    });
  const overdue = (today: string, more: object = {}) =>
    lintReviews(life(more), today).map(({ aturan, pesan }) => `${aturan} ${pesan}`);

  test("points out the reviews that are overdue on a day, by the words of both dates", () => {
    expect(overdue("2025-12-23")).toEqual([]);
    expect(overdue("2025-12-24")).toEqual([
      "pemantauan-lewat Pemantauan yang jatuh tempo 23 Desember 2025 belum tercatat; dihitung sejak 23 Juni 2025.",
    ]);
    expect(overdue("2026-06-24")[1]).toBe(
      "evaluasi-lewat Evaluasi yang jatuh tempo 23 Juni 2026 belum tercatat; dihitung sejak 23 Juni 2025.",
    );
  });

  test("falls silent once the review is written down", () => {
    const pemantauan = [{ tanggal: "2025-12-01", hasil: "berjalan dengan baik" }];
    expect(overdue("2026-05-31", { pemantauan })).toEqual([]);
    expect(overdue("2026-12-01", { status: "draf" })).toEqual([]);
  });
});
