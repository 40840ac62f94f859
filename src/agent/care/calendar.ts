import { createHash } from "node:crypto";
import { Cron } from "croner";
import { fromLocal, MS_PER_MINUTE, toLocal, ZONES } from "#domain/calendar/local-time.ts";
import type { DrillConfig, ScheduleConfig } from "../config/care.ts";

/** What backups and drills share of their rules. */
export type Calendar = Pick<
  ScheduleConfig | DrillConfig,
  "cron" | "zona" | "acakMenit" | "jendela"
>;

const MINUTES_OF_DAY = 1_440;

/**
 * When a calendar wants work done. A slot is an instant that the cron expression names. Its start is
 * up to `acakMenit` later, by an amount that a target always has in the same slot, so that agents
 * with one calendar do not all start at once and a restart changes nothing.
 */
export interface Slots {
  /** The newest slot whose start is not after `at`; null where there is none after `after`. */
  newestStarted(after: Date, at: Date): Date | null;
  /** The first start after `at` of a slot after `after`, moved to the opening of the window. */
  nextStart(after: Date, at: Date): Date | null;
  isOpen(at: Date): boolean;
  /** `at` itself where the window is open then. */
  opening(at: Date): Date;
}

export function slotsOf(calendar: Calendar, salt: string): Slots {
  const cron = new Cron(calendar.cron, { mode: "5-part", timezone: calendar.zona });
  const window = windowOf(calendar);
  const startOf = (slot: Date): Date => {
    const spanMs = calendar.acakMenit * MS_PER_MINUTE;
    return new Date(slot.getTime() + Math.floor(shareOf(salt, slot) * (spanMs + 1)));
  };
  return {
    ...window,
    newestStarted(after, at) {
      let reference = new Date(at.getTime() + 1);
      for (;;) {
        const [slot] = cron.previousRuns(1, reference);
        if (!slot || slot <= after) return null;
        if (startOf(slot) <= at) return slot;
        reference = slot;
      }
    },
    nextStart(after, at) {
      // A slot whose start is yet to come may itself lie before `at`.
      const before = at.getTime() - calendar.acakMenit * MS_PER_MINUTE - 1;
      let slot = cron.nextRun(new Date(Math.max(after.getTime(), before)));
      while (slot && startOf(slot) <= at) slot = cron.nextRun(slot);
      return slot && window.opening(startOf(slot));
    },
  };
}

function windowOf({ jendela, zona }: Calendar): Pick<Slots, "isOpen" | "opening"> {
  if (jendela === null) return { isOpen: () => true, opening: (at) => at };
  const [from = 0, until = 0] = jendela.split("-").map(minuteOfDay);
  const { offsetMinutes } = ZONES[zona];
  const isOpen = (at: Date): boolean => {
    const minute = Math.floor(toLocal(at, offsetMinutes).msOfDay / MS_PER_MINUTE);
    if (from === until) return true;
    return from < until ? from <= minute && minute < until : minute >= from || minute < until;
  };
  return {
    isOpen,
    opening(at) {
      if (isOpen(at)) return at;
      const { day, msOfDay } = toLocal(at, offsetMinutes);
      const isLaterToday = msOfDay < from * MS_PER_MINUTE;
      const opens = { day: isLaterToday ? day : day + 1, msOfDay: from * MS_PER_MINUTE };
      return fromLocal(opens, offsetMinutes);
    },
  };
}

function minuteOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return (hours * 60 + minutes) % MINUTES_OF_DAY;
}

/** 0 ≤ x < 1, spread evenly over targets and slots. */
function shareOf(salt: string, slot: Date): number {
  const digest = createHash("sha256").update(`${salt}\n${slot.toISOString()}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}
