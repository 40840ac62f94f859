import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Candidate,
  clockIsDoubtful,
  judge,
  type RetentionRule,
  toRemove,
} from "#agent/keep/retention.ts";

const NOW = new Date("2026-11-22T03:00:00.000Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const rule = (over: Partial<RetentionRule> = {}): RetentionRule => ({
  terakhir: 3,
  harian: 7,
  mingguan: 5,
  bulanan: 12,
  tahunan: 2,
  minimalHari: 7,
  zona: "Asia/Makassar",
  ...over,
});

const backup = (id: string, ageMs: number, over: Partial<Candidate> = {}): Candidate => ({
  id,
  finishedAt: new Date(NOW.getTime() - ageMs).toISOString(),
  purpose: "backup",
  isExternal: false,
  isUsable: true,
  keptCopy: "gone",
  ...over,
});

const anyRule = fc.record({
  terakhir: fc.integer({ min: 1, max: 4 }),
  harian: fc.integer({ min: 0, max: 8 }),
  mingguan: fc.integer({ min: 0, max: 6 }),
  bulanan: fc.integer({ min: 0, max: 13 }),
  tahunan: fc.integer({ min: 0, max: 3 }),
  minimalHari: fc.integer({ min: 1, max: 20 }),
  zona: fc.constantFrom("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
}) satisfies fc.Arbitrary<RetentionRule>;

const anyBackups = fc.uniqueArray(
  fc.record({
    id: fc.uuid(),
    // Some lie a little in the future: clocks differ.
    finishedAt: fc
      .integer({ min: -2 * DAY, max: 900 * DAY })
      .map((ageMs) => new Date(NOW.getTime() - ageMs).toISOString()),
    purpose: fc.constantFrom("backup", "safety"),
    isExternal: fc.boolean(),
    isUsable: fc.boolean(),
    keptCopy: fc.constantFrom("there", "gone", "unknown"),
  }) satisfies fc.Arbitrary<Candidate>,
  { maxLength: 40, selector: ({ id }) => id },
);

const newestUsable = (backups: readonly Candidate[]): Candidate | undefined =>
  backups
    .filter(({ isUsable }) => isUsable)
    .toSorted(
      (one, other) =>
        Date.parse(other.finishedAt) - Date.parse(one.finishedAt) || (one.id < other.id ? -1 : 1),
    )[0];

describe("what may go", () => {
  it("is never the newest verified backup", () => {
    fc.assert(
      fc.property(anyBackups, anyRule, (backups, any) => {
        const newest = newestUsable(backups);
        expect(toRemove(backups, any, NOW)).not.toContain(newest?.id);
      }),
    );
  });

  it("is never younger than the operator's floor, nor a safety backup younger than 30 days", () => {
    fc.assert(
      fc.property(anyBackups, anyRule, (backups, any) => {
        const going = new Set(toRemove(backups, any, NOW));
        for (const { finishedAt, purpose } of backups.filter((one) => going.has(one.id))) {
          const ageMs = NOW.getTime() - Date.parse(finishedAt);
          expect(ageMs).toBeGreaterThanOrEqual(any.minimalHari * DAY);
          if (purpose === "safety") expect(ageMs).toBeGreaterThanOrEqual(30 * DAY);
        }
      }),
    );
  });

  it("is no safety backup whose kept copy is there or unknown, nothing external, nothing unusable", () => {
    fc.assert(
      fc.property(anyBackups, anyRule, (backups, any) => {
        const going = new Set(toRemove(backups, any, NOW));
        for (const one of backups.filter(({ id }) => going.has(id))) {
          if (one.purpose === "safety") expect(one.keptCopy).toBe("gone");
          expect([one.isExternal, one.isUsable]).toEqual([false, true]);
        }
      }),
    );
  });

  it("does not grow by backups that cannot be used, however many and whenever dated", () => {
    fc.assert(
      fc.property(anyBackups, anyBackups, anyRule, (real, forged, any) => {
        const useless = forged.map((one) => ({ ...one, id: `f-${one.id}`, isUsable: false }));
        expect(toRemove([...real, ...useless], any, NOW)).toEqual(toRemove(real, any, NOW));
      }),
    );
  });

  it("only shrinks what is left: a second look at the rest removes nothing more", () => {
    fc.assert(
      fc.property(anyBackups, anyRule, (backups, any) => {
        const going = new Set(toRemove(backups, any, NOW));
        const rest = backups.filter(({ id }) => !going.has(id));
        expect(toRemove(rest, any, NOW)).toEqual([]);
      }),
    );
  });

  it("once gone is never missed later: time takes keeping away and never gives it back", () => {
    const routine = anyBackups.map((some) =>
      some.map((one) => ({ ...one, purpose: "backup" as const, isUsable: true })),
    );
    fc.assert(
      fc.property(routine, anyRule, fc.integer({ min: 0, max: 400 }), (backups, any, days) => {
        const later = new Date(NOW.getTime() + days * DAY);
        const goneNow = toRemove(backups, any, NOW);
        expect(toRemove(backups, any, later)).toEqual(expect.arrayContaining([...goneNow]));
      }),
    );
  });

  it("leaves of two years of daily backups the newest of each period", () => {
    const daily = Array.from({ length: 730 }, (_, day) => backup(`b${day}`, day * DAY + HOUR));
    const kept = judge(daily, rule(), NOW).filter(({ stays }) => stays.length > 0);
    const of = (why: string) => kept.filter(({ stays }) => stays.includes(why as never)).length;
    expect([of("last"), of("daily"), of("weekly"), of("monthly"), of("yearly")]).toEqual([
      3, 7, 5, 12, 2,
    ]);
    // Sunday 22 November, local: the week before ended on the 15th, October on the 31st.
    expect(kept.map(({ id }) => id).slice(0, 9)).toEqual([
      ...["b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b14"],
    ]);
    expect(kept.map(({ id }) => id)).toContain("b22");
  });

  it("counts days of the target's own zone", () => {
    // 15.30 UTC is still the 20th in Jakarta, and the 21st an hour later; in Jayapura both are the 21st.
    const evening = backup("malam", NOW.getTime() - Date.parse("2026-10-20T15:30:00Z"));
    const night = backup("dini-hari", NOW.getTime() - Date.parse("2026-10-20T17:30:00Z"));
    const days = { terakhir: 1, harian: 9, mingguan: 0, bulanan: 0, tahunan: 0 };
    const goes = (zona: RetentionRule["zona"]) =>
      toRemove([evening, night], rule({ ...days, zona }), NOW);
    expect(goes("Asia/Jakarta")).toEqual([]);
    expect(goes("Asia/Jayapura")).toEqual(["malam"]);
  });
});

describe("the clock", () => {
  const at = (ms: number) => new Date(NOW.getTime() + ms);

  it("is trusted while it agrees with the portal, though no backup was made for long", () => {
    expect(clockIsDoubtful(NOW, at(-20 * DAY).toISOString(), at(47 * HOUR))).toBe(false);
    expect(clockIsDoubtful(NOW, at(-1 * DAY).toISOString(), at(49 * HOUR))).toBe(true);
    expect(clockIsDoubtful(NOW, at(-1 * DAY).toISOString(), at(-49 * HOUR))).toBe(true);
  });

  it("without a portal must lie within 48 hours of the newest backup", () => {
    expect(clockIsDoubtful(NOW, at(-47 * HOUR).toISOString(), null)).toBe(false);
    expect(clockIsDoubtful(NOW, at(-49 * HOUR).toISOString(), null)).toBe(true);
  });

  it("is doubted where a backup comes from the future, whatever the portal says", () => {
    expect(clockIsDoubtful(NOW, at(49 * HOUR).toISOString(), NOW)).toBe(true);
  });
});
