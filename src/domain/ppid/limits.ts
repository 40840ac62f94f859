/**
 * Time limits of a request for information, in working days of the agency after the day on which the
 * limit begins to run. Sources: notice and extension as Peraturan Badan Pangan Nasional 25/2023
 * Pasal 18 tells them; objection and its answer as the PPID guide of Sumatera Barat (2021) does. The
 * law's own text was not compared.
 */
import { dueAt } from "../calendar/due-at.ts";
import type { WorkCalendar } from "../calendar/types.ts";
import type { PpidState } from "./types.ts";

export const LIMIT_DAYS = { answer: 10, extension: 7, objection: 30, objectionAnswer: 30 } as const;

export interface PpidLimits {
  /** By when the PPID answers. */
  readonly answer: Date;
  /** Until when the requester may object; null while there is nothing to object to. */
  readonly objection: Date | null;
  /** By when the superior answers the objection. */
  readonly objectionAnswer: Date | null;
  /** What runs now; null where nobody is waited for. */
  readonly due: Date | null;
}

/** Limits of a request at the moment `now`: an answer that is overdue opens the way to object. */
export function limitsOf(calendar: WorkCalendar, state: PpidState, now: Date): PpidLimits {
  const after = (at: string | Date, days: number): Date =>
    dueAt(calendar, new Date(at), { value: days, unit: "hari" });
  const days = LIMIT_DAYS.answer + (state.extended ? LIMIT_DAYS.extension : 0);
  const answer = after(state.requestedAt, days);
  const objectFrom = state.answer?.at ?? (now > answer ? answer : null);
  const objection = objectFrom === null ? null : after(objectFrom, LIMIT_DAYS.objection);
  const objectionAnswer = state.objection && after(state.objection.at, LIMIT_DAYS.objectionAnswer);
  const due =
    state.status === "open" ? answer : state.status === "objected" ? objectionAnswer : null;
  return { answer, objection, objectionAnswer, due };
}
