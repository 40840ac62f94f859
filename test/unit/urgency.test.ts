import { beforeAll, describe, expect, it } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { dueText, URGENCIES, urgencyOf } from "#domain/workflow/urgency.ts";
import { inboxText } from "../../src/components/inbox-text.ts";

let calendar: WorkCalendar;
beforeAll(async () => {
  const { agencies } = await loadCatalog(`${import.meta.dirname}/../../content`);
  const agency = agencies.get("kaltim");
  if (!agency) throw new Error("no agency");
  calendar = agency.calendar;
});

/** A Monday in WITA. */
const at = (time: string, date = "2026-11-23"): Date => new Date(`${date}T${time}:00+08:00`);

describe("urgencyOf", () => {
  const of = (dueAt: Date | null, awaitsAnswer = false, barred = false) =>
    urgencyOf(
      { dueAt: dueAt?.toISOString() ?? null, awaitsAnswer, barred },
      at("09:00"),
      calendar.offsetMinutes,
    );

  it("tells late, today, later and without limit apart by the agency's own day", () => {
    expect(of(at("08:59"))).toBe("overdue");
    expect(of(at("09:00"))).toBe("today");
    expect(of(at("23:59"))).toBe("today");
    expect(of(at("00:00", "2026-11-24"))).toBe("later");
    expect(of(null)).toBe("no_limit");
  });

  it("puts what waits for the pemohon apart, late or not", () => {
    expect(of(at("08:00"), true)).toBe("waiting");
  });

  it("puts last what another person must do, whatever else is true of it", () => {
    expect(of(at("08:00"), true, true)).toBe("barred");
    expect(URGENCIES.slice(-2)).toEqual(["waiting", "barred"]);
  });
});

describe("dueText", () => {
  const text = (due: Date, now: Date) => dueText(calendar, due.toISOString(), now);

  it("counts working time only, rounded down", () => {
    expect(text(at("09:40"), at("09:00"))).toBe("40 menit kerja lagi");
    expect(text(at("11:10"), at("09:00"))).toBe("2 jam 10 menit kerja lagi");
    expect(text(at("09:00"), at("11:10"))).toBe("lewat 2 jam 10 menit kerja");
    expect(text(at("09:00", "2026-11-30"), at("09:00"))).toBe("5 hari kerja lagi");
    expect(text(at("09:00"), at("09:00", "2026-11-30"))).toBe("lewat 5 hari kerja");
  });

  it("lets nights, weekends and days off pass without counting them", () => {
    const fridayEvening = at("20:00", "2026-11-27");
    const saturday = at("10:00", "2026-11-28");
    expect(text(fridayEvening, saturday)).toBe("baru saja lewat");
    const mondayEarly = at("00:10", "2026-11-30");
    expect(text(mondayEarly, saturday)).toBe("kurang dari 1 menit lagi");
  });

  it("leaves minutes out where hours are many", () => {
    expect(text(at("15:55"), at("09:00"))).toMatch(/^\d jam kerja lagi$/);
  });
});

describe("inboxText", () => {
  const none = { overdue: 0, today: 0, later: 0, no_limit: 0, waiting: 0, barred: 0 };

  it("says how many wait, the pressing ones by name", () => {
    expect(inboxText({ ...none, overdue: 2, today: 1, later: 4 })).toBe(
      "7 tindakan menunggu Anda: 2 lewat batas dan 1 hari ini.",
    );
    expect(inboxText({ ...none, no_limit: 3 })).toBe("3 tindakan menunggu Anda.");
  });

  it("tells apart what waits here for another person", () => {
    expect(inboxText({ ...none, later: 1, waiting: 1, barred: 2 })).toBe(
      "1 tindakan menunggu Anda. 1 lagi menunggu jawaban pemohon. 2 lagi harus oleh orang lain.",
    );
  });

  it("says that nothing waits, and what waits for the pemohon apart", () => {
    expect(inboxText(none)).toBe("Tidak ada tindakan yang menunggu Anda.");
    expect(inboxText({ ...none, waiting: 2 })).toBe(
      "Tidak ada tindakan yang menunggu Anda. 2 lagi menunggu jawaban pemohon.",
    );
  });
});
