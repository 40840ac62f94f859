import { describe, expect, test } from "vitest";
import {
  addMonths,
  endOf,
  type LifeCycle,
  LifeCycleSchema,
  lastChange,
  reviewsDue,
  startOf,
  versionOn,
} from "#domain/sop/life-cycle.ts";

const VERSIONS = [
  { versi: 1, diterbitkan: "2025-01-10", berlakuSejak: "2024-06-01" },
  { versi: 2, diterbitkan: "2025-07-01", berlakuSejak: null },
  { versi: 3, diterbitkan: "2025-12-01", berlakuSejak: "2026-01-01" },
];

function lifeOf(more: Readonly<Record<string, unknown>> = {}): LifeCycle {
  return LifeCycleSchema.parse({ status: "berlaku", versi: VERSIONS, ...more });
}
const withdrawn = {
  status: "dicabut",
  pencabutan: { sejak: "2026-03-01", dasar: null, alasan: "CONTOH" },
};
const replaced = { status: "diganti", digantiOleh: "sop-baru", digantiSejak: "2026-03-01" };

/** Paths and sentences of what the schema refuses. */
function refusals(more: Readonly<Record<string, unknown>>): string[] {
  const parsed = LifeCycleSchema.safeParse({ status: "berlaku", versi: VERSIONS, ...more });
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("the version in force on a day", () => {
  test.each([
    ["2024-05-31", null],
    ["2024-06-01", 1],
    ["2025-06-30", 1],
    ["2025-07-01", 2],
    ["2025-12-31", 2],
    ["2026-01-01", 3],
    ["2030-01-01", 3],
  ])("is on %s version %s", (day, versi) => {
    expect(versionOn(lifeOf(), day)?.versi ?? null).toBe(versi);
  });

  test("counts from the day of force, else from the day the portal took it in", () => {
    expect(VERSIONS.map(startOf)).toEqual(["2024-06-01", "2025-07-01", "2026-01-01"]);
  });

  test("is none from the day of a withdrawal on, and none of a draft", () => {
    const life = lifeOf(withdrawn);
    expect(versionOn(life, "2026-02-28")?.versi).toBe(3);
    expect(versionOn(life, "2026-03-01")).toBeNull();
    expect(versionOn(lifeOf({ status: "draf" }), "2026-02-28")).toBeNull();
  });

  test("is none from the day of a replacement on", () => {
    expect(versionOn(lifeOf(replaced), "2026-02-28")?.versi).toBe(3);
    expect(versionOn(lifeOf(replaced), "2026-03-01")).toBeNull();
  });
});

describe("the days on which something changed", () => {
  test("end a version where the next one starts, or with the withdrawal", () => {
    expect([1, 2, 3].map((versi) => endOf(lifeOf(), versi))).toEqual([
      "2025-07-01",
      "2026-01-01",
      null,
    ]);
    expect(endOf(lifeOf(withdrawn), 3)).toBe("2026-03-01");
  });

  test("are versions, reviews and the withdrawal; the newest one counts", () => {
    expect(lastChange(lifeOf())).toBe("2025-12-01");
    expect(lastChange(lifeOf({ evaluasi: [{ tanggal: "2026-02-01", hasil: "baik" }] }))).toBe(
      "2026-02-01",
    );
    expect(lastChange(lifeOf(withdrawn))).toBe("2026-03-01");
  });
});

describe("the reviews that are due", () => {
  const dueOf = (life: LifeCycle) =>
    reviewsDue(life).map(({ kind, since, due }) => [kind, since, due]);

  test("are counted from the start of the current version", () => {
    expect(dueOf(lifeOf())).toEqual([
      ["pemantauan", "2026-01-01", "2026-07-01"],
      ["evaluasi", "2026-01-01", "2027-01-01"],
    ]);
  });

  test("are counted from the last one held, each kind by itself, in whatever order they stand", () => {
    const pemantauan = ["2026-08-31", "2026-02-02"].map((tanggal) => ({ tanggal, hasil: "baik" }));
    expect(dueOf(lifeOf({ pemantauan }))).toEqual([
      ["pemantauan", "2026-08-31", "2027-02-28"],
      ["evaluasi", "2026-01-01", "2027-01-01"],
    ]);
  });

  test("start anew with a version that came after the last one held", () => {
    const evaluasi = [{ tanggal: "2025-12-31", hasil: "direvisi" }];
    expect(dueOf(lifeOf({ evaluasi }))[1]).toEqual(["evaluasi", "2026-01-01", "2027-01-01"]);
  });

  test("are none where the SOP is not in force", () => {
    for (const more of [{ status: "draf" }, withdrawn, replaced]) {
      expect(reviewsDue(lifeOf(more))).toEqual([]);
    }
  });
});

describe("months later", () => {
  test.each([
    ["2026-01-15", 6, "2026-07-15"],
    ["2025-08-31", 6, "2026-02-28"],
    ["2027-08-31", 6, "2028-02-29"],
    ["2026-12-31", 6, "2027-06-30"],
    ["2026-10-31", 1, "2026-11-30"],
    ["2028-02-29", 12, "2029-02-28"],
    ["2026-07-01", 12, "2027-07-01"],
    ["2026-12-01", 1, "2027-01-01"],
    ["2026-05-20", 0, "2026-05-20"],
  ])("than %s by %i it is %s", (day, months, expected) => {
    expect(addMonths(day, months)).toBe(expected);
  });
});

describe("a life cycle", () => {
  test("of each status is accepted with what belongs to it", () => {
    for (const more of [{}, { status: "draf" }, withdrawn, replaced]) {
      expect(refusals(more)).toEqual([]);
    }
    expect(refusals({ ...withdrawn, digantiOleh: "sop-baru" })).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["without a version", { versi: [] }, "versi: "],
    [
      "whose versions are not numbered in order",
      { versi: [VERSIONS[0], { ...VERSIONS[1], versi: 3 }] },
      "versi.1.versi: versi harus urut; tulis 2",
    ],
    [
      "whose version begins no later than the one before",
      { versi: [VERSIONS[0], { versi: 2, diterbitkan: "2026-01-01", berlakuSejak: "2024-06-01" }] },
      "versi.1.diterbitkan: versi ini harus mulai sesudah versi sebelumnya",
    ],
    [
      "that is withdrawn without saying since when",
      { status: "dicabut" },
      "pencabutan: pencabutan diisi bila dan hanya bila status dicabut",
    ],
    [
      "that is in force and withdrawn",
      { pencabutan: withdrawn.pencabutan },
      "pencabutan: pencabutan diisi bila dan hanya bila status dicabut",
    ],
    [
      "that is replaced by nothing",
      { status: "diganti", digantiSejak: "2026-03-01" },
      "digantiOleh: tulis SOP penggantinya",
    ],
    [
      "that was replaced on no day",
      { status: "diganti", digantiOleh: "sop-baru" },
      "digantiSejak: digantiSejak diisi bila dan hanya bila status diganti",
    ],
    [
      "that is in force and replaced",
      { digantiOleh: "sop-baru" },
      "digantiOleh: tulis null; SOP ini tidak diganti",
    ],
    [
      "with a day that does not exist",
      { pemantauan: [{ tanggal: "2026-02-30", hasil: "baik" }] },
      "pemantauan.0.tanggal: tulis tanggal sebagai TTTT-BB-HH, mis. 2025-06-23",
    ],
    ["with an unknown status", { status: "terbit" }, "status: "],
    ["with an unknown key", { catatan: "x" }, ": "],
  ])("%s is refused", (_, more, expected) => {
    const found = refusals(more);
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(expected)).toBe(true);
  });
});
